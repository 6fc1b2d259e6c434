"""Tables: billed by request, encrypted, recoverable to any second of the last 35 days.

The ledgers' attributes are described in lambdas/core/import_entries.py and mail_entries.py; DynamoDB is told
the keys only.
"""

from collections.abc import Mapping

import pulumi
from pulumi_aws.dynamodb import Table
from pulumi_aws.dynamodb import TableGlobalSecondaryIndexArgs as Index
from pulumi_aws.dynamodb import TableGlobalSecondaryIndexKeySchemaArgs as KeySchema

from .common_args import CommonPlan
from .contracts import IMPORT_ID, KEY, KEY_INDEX, MAIL_ID, PART, STARTED_AT
from .references import TableReference


def create_records_table(name: str, key: str, key_type: str, protect: bool, parent: pulumi.Resource) -> Table:
    """Create the table of the records, keyed by one column, with a stream of what becomes of them."""
    return _create(name, {key: key_type}, protect, parent, hash_key=key, streamed=True)


def use_import_ledger(name: str, plan: CommonPlan, parent: pulumi.Resource) -> TableReference:
    """Return the ledger of imports that the arguments name, or create one.

    It has an item for the import itself, one a chunk, and shards of mail counters.
    Its index finds the imports of an object; only the import's own item has the attribute `key`.
    """
    if plan.import_ledger is not None:
        return plan.import_ledger
    attributes = dict.fromkeys((IMPORT_ID, PART, KEY, STARTED_AT), "S")
    by_key = Index(
        name=KEY_INDEX,
        key_schemas=[
            KeySchema(attribute_name=KEY, key_type="HASH"),
            KeySchema(attribute_name=STARTED_AT, key_type="RANGE"),
        ],
        projection_type="ALL",
    )
    protect = plan.protect_data
    ledger = _create(name, attributes, protect, parent, hash_key=IMPORT_ID, range_key=PART, indexes=[by_key])
    return reference(ledger)


def create_mail_ledger(name: str, protect: bool, parent: pulumi.Resource) -> Table:
    """Create the ledger of mails: an item for each mail that was ever claimed, and one a claim."""
    return _create(name, {MAIL_ID: "S"}, protect, parent, hash_key=MAIL_ID)


def reference(table: Table) -> TableReference:
    """The table as other components take it."""
    return {"name": table.name, "arn": table.arn}


def _create(
    name: str,
    attributes: Mapping[str, str],
    protect: bool,
    parent: pulumi.Resource,
    *,
    hash_key: str,
    range_key: str | None = None,
    indexes: list[Index] | None = None,
    streamed: bool = False,
) -> Table:
    return Table(
        name,
        billing_mode="PAY_PER_REQUEST",
        attributes=[{"name": key, "type": kind} for key, kind in attributes.items()],
        hash_key=hash_key,
        range_key=range_key,
        global_secondary_indexes=indexes,
        stream_enabled=True if streamed else None,
        stream_view_type="NEW_IMAGE" if streamed else None,
        point_in_time_recovery={"enabled": True},
        server_side_encryption={"enabled": True},
        deletion_protection_enabled=protect,
        # Pulumi refuses what would delete or replace it; should its state be lost, AWS refuses, too.
        opts=pulumi.ResourceOptions(parent=parent, protect=protect, retain_on_delete=protect),
    )
