"""The arguments that all three components have."""

import re
from dataclasses import dataclass

import pulumi

from . import defaults
from .arguments import Arguments
from .references import TableReference

_TOPIC_ARN = re.compile(r"arn:[a-z-]+:sns:[a-z0-9-]+:[0-9]{12}:\S+")


@dataclass(frozen=True)
class CommonPlan:
    """Those arguments, checked, with every default filled in; `timeout` is in seconds, `memory` in MB."""

    import_ledger: TableReference | None
    timeout: int
    memory: int
    log_retention_days: int
    alarm_topic_arn: pulumi.Input[str] | None
    protect_data: bool


def read_common(arguments: Arguments, timeout: int, memory: int, timeout_min: int) -> CommonPlan:
    """Read them; `timeout` and `memory` are the function's defaults.

    `timeout_min`: less, and a call that takes until its time-outs outlasts the function.
    """
    return CommonPlan(
        import_ledger=arguments.reference("import_ledger", TableReference),
        timeout=arguments.whole_number(
            "timeout_seconds",
            timeout,
            timeout_min,
            defaults.FUNCTION_TIMEOUT_MAX,
            "what its calls may take, Lambda's limit",
        ),
        memory=arguments.whole_number(
            "memory_mb",
            memory,
            defaults.FUNCTION_MEMORY_MIN_MB,
            defaults.FUNCTION_MEMORY_MAX_MB,
            "Lambda's limits",
        ),
        log_retention_days=arguments.one_of(
            "log_retention_days", defaults.KEEP_LOGS_DAYS, defaults.LOG_RETENTION_DAYS, "CloudWatch's choices"
        ),
        alarm_topic_arn=arguments.resource(
            "alarm_topic_arn",
            _TOPIC_ARN,
            "an SNS topic's ARN",
            example="arn:aws:sns:us-east-1:123456789012:alarms",
        ),
        protect_data=arguments.flag("protect_data"),
    )
