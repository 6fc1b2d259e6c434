"""The arguments of the components that count rows in a ledger, besides `function` (function_args.py)."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

from . import defaults
from .alarm_args import AlarmsPlan, read_alarms
from .alarm_kinds import Alarm
from .alarm_list import IMPORT_LEDGER_ALARMS
from .arguments import Arguments
from .keys import read_key
from .references import ImportLedgerReference


@dataclass(frozen=True)
class CommonPlan:
    """Those arguments, checked, with every default filled in."""

    import_ledger: ImportLedgerReference | None
    ledgers_expire_days: int
    alarms: AlarmsPlan
    kms_key_arn: pulumi.Input[str] | None
    protect_data: bool


def read_common(arguments: Arguments, alarms: Sequence[Alarm]) -> CommonPlan:
    """Read them; `alarms` are the component's, besides those of a ledger of its own."""
    own_ledger = () if arguments.given("import_ledger") else IMPORT_LEDGER_ALARMS
    return CommonPlan(
        import_ledger=arguments.reference("import_ledger", ImportLedgerReference),
        ledgers_expire_days=arguments.whole_number(
            "ledgers_expire_days",
            defaults.LEDGERS_EXPIRE_DAYS,
            defaults.LEDGERS_EXPIRE_DAYS_MIN,
            defaults.LEDGERS_EXPIRE_DAYS_MAX,
            "longer than any queue keeps a message, ten years",
        ),
        alarms=read_alarms(arguments, [*alarms, *own_ledger]),
        kms_key_arn=read_key(arguments, "kms_key_arn"),
        protect_data=arguments.flag("protect_data"),
    )
