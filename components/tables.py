"""Tables: billed by request, encrypted, recoverable to any second of the last 35 days.

The ledgers' attributes are described in lambdas/core/import_entries.py and mail_entries.py; DynamoDB is told
the keys only, and when an item may go.
"""

from collections.abc import Mapping

import pulumi
from pulumi_aws.dynamodb import Table
from pulumi_aws.dynamodb import TableGlobalSecondaryIndexArgs as Index
from pulumi_aws.dynamodb import TableGlobalSecondaryIndexKeySchemaArgs as KeySchema

from .contracts import (
    DUE,
    DUE_INDEX,
    EXPIRES_AT,
    IMPORT_ID,
    KEY,
    KEY_INDEX,
    MAIL_ID,
    OPEN,
    OPEN_INDEX,
    OUTBOX,
    PART,
    STARTED_AT,
)
from .references import TableReference


def create_records_table(
    name: str,
    key: str,
    key_type: str,
    protect: bool,
    parent: pulumi.Resource,
    kms_key: pulumi.Input[str] | None,
) -> Table:
    """Create the table of the records, keyed by one column, with a stream of what becomes of them."""
    return _create(name, {key: key_type}, protect, parent, kms_key, hash_key=key, streamed=True)


def create_import_ledger(
    name: str, protect: bool, parent: pulumi.Resource, kms_key: pulumi.Input[str] | None
) -> Table:
    """Create an import ledger.

    It has an item for the import itself, one a chunk, and shards of mail counters. Its indexes find the
    imports of an object, and those that are open: only the import's own item has the attribute `key`, and
    `open` only while it is. The latter's readers read the items themselves, so it needs no more than keys.
    """
    attributes = dict.fromkeys((IMPORT_ID, PART, KEY, OPEN, STARTED_AT), "S")
    by_key = _index(KEY_INDEX, KEY, STARTED_AT, "ALL")
    by_open = _index(OPEN_INDEX, OPEN, STARTED_AT, "KEYS_ONLY")
    return _create(
        name,
        attributes,
        protect,
        parent,
        kms_key,
        hash_key=IMPORT_ID,
        range_key=PART,
        indexes=[by_key, by_open],
        expires=True,
    )


def create_mail_ledger(
    name: str, protect: bool, parent: pulumi.Resource, kms_key: pulumi.Input[str] | None
) -> Table:
    """Create the ledger of mails: an item for each mail that was ever claimed or owed, and one a claim.

    Only what is to be looked at again has the attributes of its index, so it holds nothing else; the round
    reads the items themselves, so it needs no more than their keys.
    """
    attributes = {MAIL_ID: "S", OUTBOX: "S", DUE: "N"}
    by_due = _index(DUE_INDEX, OUTBOX, DUE, "KEYS_ONLY")
    return _create(
        name, attributes, protect, parent, kms_key, hash_key=MAIL_ID, indexes=[by_due], expires=True
    )


def reference(table: Table) -> TableReference:
    """The table as other components take it."""
    return {"name": table.name, "arn": table.arn}


def _index(name: str, hash_key: str, range_key: str, projection: str) -> Index:
    keys = [
        KeySchema(attribute_name=hash_key, key_type="HASH"),
        KeySchema(attribute_name=range_key, key_type="RANGE"),
    ]
    return Index(name=name, key_schemas=keys, projection_type=projection)


def _create(
    name: str,
    attributes: Mapping[str, str],
    protect: bool,
    parent: pulumi.Resource,
    kms_key: pulumi.Input[str] | None,
    *,
    hash_key: str,
    range_key: str | None = None,
    indexes: list[Index] | None = None,
    streamed: bool = False,
    expires: bool = False,
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
        ttl={"attribute_name": EXPIRES_AT, "enabled": True} if expires else None,
        point_in_time_recovery={"enabled": True},
        # Without a key, by the one that AWS manages for DynamoDB in the account.
        server_side_encryption={"enabled": True, "kms_key_arn": kms_key},
        deletion_protection_enabled=protect,
        # Pulumi refuses what would delete or replace it; should its state be lost, AWS refuses, too.
        opts=pulumi.ResourceOptions(parent=parent, protect=protect, retain_on_delete=protect),
    )
