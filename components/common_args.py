"""The arguments that all three components have."""

from dataclasses import dataclass

import pulumi

from . import defaults
from .references import TableReference
from .validation import Arguments


@dataclass(frozen=True)
class CommonPlan:
    """Those arguments, checked, with every default filled in; `timeout` is in seconds, `memory` in MB."""

    import_ledger: TableReference | None
    timeout: int
    memory: int
    log_retention_days: int
    alarm_topic_arn: pulumi.Input[str] | None
    protect_data: bool


def read_common(read: Arguments, timeout: int, memory: int, timeout_min: int) -> CommonPlan:
    """Read them; `timeout` and `memory` are the function's defaults.

    `timeout_min`: less, and a call that takes until its time-outs outlasts the function.
    """
    return CommonPlan(
        import_ledger=read.reference("import_ledger", TableReference),
        timeout=read.whole_number(
            "timeout_seconds",
            timeout,
            timeout_min,
            defaults.FUNCTION_TIMEOUT_MAX,
            "what its calls may take, Lambda's limit",
        ),
        memory=read.whole_number(
            "memory_mb",
            memory,
            defaults.FUNCTION_MEMORY_MIN_MB,
            defaults.FUNCTION_MEMORY_MAX_MB,
            "Lambda's limits",
        ),
        log_retention_days=read.one_of(
            "log_retention_days", defaults.KEEP_LOGS_DAYS, defaults.LOG_RETENTION_DAYS, "CloudWatch's choices"
        ),
        alarm_topic_arn=read.resource("alarm_topic_arn"),
        protect_data=read.flag("protect_data"),
    )
