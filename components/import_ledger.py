"""ImportLedger: what is known of each import, and who settles it; several pipelines may share one."""

from typing import Optional

import pulumi

from .alarms import create_alarms
from .bookkeeper import create_import_ledger
from .import_ledger_args import ImportLedgerArgs, plan_import_ledger
from .keys import usable_key
from .outputs import outputs_of
from .references import ImportLedgerReference

__all__ = ["ImportLedger", "ImportLedgerArgs"]


class ImportLedger(pulumi.ComponentResource):
    """An import ledger, for the argument `import_ledger` of the components that share it; its bookkeeper.

    The bookkeeper is a function that looks each minute at the imports that are open. It settles those whose
    rows have all ended, and whose mails have, where a StreamNotifier shares the ledger (unless a
    BufferedWriter that replaces records does, too): the final counts go into the report `summary.json`, and
    an event `Import Settled` to EventBridge. Those that make no progress it counts in an alarm's metric.

    How long the ledger keeps an import is told to the components, as `ledgers_expire_days`.

    Children of a component `x`:
    x-imports; x-bookkeeper, x-bookkeeper-logs, x-bookkeeper-role, x-bookkeeper-policy, x-bookkeeper-errors,
    x-bookkeeper-throttles, x-bookkeeper-stopped, x-bookkeeper-async, x-bookkeeper-schedule,
    x-bookkeeper-schedule-permission, x-bookkeeper-schedule-target; x-imports-stuck.

    Raises ArgumentsError with everything that is wrong with the arguments, before anything is created.
    """

    import_ledger: ImportLedgerReference
    """The import ledger."""
    function_name: pulumi.Output[str]
    """The bookkeeper's name."""
    function_arn: pulumi.Output[str]
    """The bookkeeper's ARN."""
    role_name: pulumi.Output[str]
    """The name of the bookkeeper's role."""
    role_arn: pulumi.Output[str]
    """The ARN of the bookkeeper's role."""
    log_group_name: pulumi.Output[str]
    """The name of the bookkeeper's log group."""
    alarm_arns: pulumi.Output[dict[str, str]]
    """The ARNs of the alarms, by their names without the component's."""

    def __init__(
        self, name: str, args: ImportLedgerArgs, opts: Optional[pulumi.ResourceOptions] = None
    ) -> None:
        plan = plan_import_ledger(name, args)
        super().__init__("rowrelay:index:ImportLedger", name, None, opts)
        kms_key = usable_key(plan.kms_key_arn, self)
        self.import_ledger, bookkeeper = create_import_ledger(name, plan, self, kms_key)
        self.function_name, self.function_arn = bookkeeper.function.name, bookkeeper.function.arn
        self.role_name, self.role_arn = bookkeeper.role.name, bookkeeper.role.arn
        self.log_group_name = bookkeeper.logs.name
        self.alarm_arns = create_alarms(name, plan.alarms, {"bookkeeper": self.function_name}, self)
        self.register_outputs(outputs_of(self))
