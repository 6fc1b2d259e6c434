"""ImportLedger: what is known of each import, in a table that several pipelines share."""

from dataclasses import dataclass
from typing import NotRequired, Optional, TypedDict

import pulumi

from . import tables
from .arguments import Arguments
from .keys import read_key, usable_key
from .outputs import outputs_of
from .references import TableReference


class ImportLedgerArgs(TypedDict):
    """What ImportLedger may be told; it needs nothing."""

    kms_key_arn: NotRequired[Optional[pulumi.Input[str]]]
    """The ARN of a customer-managed KMS key of this region, not of its alias, for the table. The components
    that share it need the same `kms_key_arn`. The key's policy stays its owner's. Leaving the argument out
    later does not take the key away: the table keeps it (docs/reuse.md has the way).
    Default: a key of AWS's."""
    protect_data: NotRequired[Optional[bool]]
    """Whether the table refuses deletion, and is kept when the stack goes. Default: false."""


@dataclass(frozen=True)
class ImportLedgerPlan:
    """The arguments, checked, with every default filled in."""

    kms_key_arn: pulumi.Input[str] | None
    protect_data: bool


def plan_import_ledger(name: str, args: ImportLedgerArgs) -> ImportLedgerPlan:
    """Check the arguments.

    Raises:
        ArgumentsError: with everything that is wrong with them.
    """
    arguments = Arguments("ImportLedger", name, args, ImportLedgerArgs)
    plan = ImportLedgerPlan(
        kms_key_arn=read_key(arguments, "kms_key_arn"), protect_data=arguments.flag("protect_data")
    )
    arguments.finish()
    return plan


class ImportLedger(pulumi.ComponentResource):
    """A ledger of imports of its own, for the argument `import_ledger` of the components that share it.

    How long it keeps an import is told to those, as `ledgers_expire_days`.

    Children of a component `x`: x-imports.

    Raises ArgumentsError with everything that is wrong with the arguments, before anything is created.
    """

    import_ledger: TableReference
    """The ledger of imports."""

    def __init__(
        self, name: str, args: ImportLedgerArgs, opts: Optional[pulumi.ResourceOptions] = None
    ) -> None:
        plan = plan_import_ledger(name, args)
        super().__init__("rowrelay:index:ImportLedger", name, None, opts)
        kms_key = usable_key(plan.kms_key_arn, self)
        table = tables.create_import_ledger(f"{name}-imports", plan.protect_data, self, kms_key)
        self.import_ledger = tables.reference(table)
        self.register_outputs(outputs_of(self))
