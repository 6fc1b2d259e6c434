import time
from datetime import UTC, datetime
from typing import Any

import pytest

from lambdas.core.mail_entries import MailState
from lambdas.core.mail_writes import Change
from operations.errors import OperationError
from operations.reconcile import find_missing, queue_mails
from operations.stack import Stack

from ..helpers.clock import Clock
from ..helpers.cloud import IMPORTS, MAILS, RETRIES, USERS, Cloud, image, mail
from ..helpers.fakes_queue import FakeQueues

HOUR = 3600
OUTPUTS = {
    "functions": {"insert_records": "insert-records"},
    "import_ledger": IMPORTS,
    "mail_ledger": MAILS,
    "retry_queue_url": RETRIES,
    "table": USERS,
}


class Aws:
    """A stack whose table has these records, and whose writer has this setting."""

    def __init__(self, *records: Any, on_conflict: str = "skip") -> None:
        self.cloud, self.sqs = Cloud(), FakeQueues()
        self.records, self.on_conflict = records, on_conflict

    @property
    def stack(self) -> Stack:
        return Stack("stack dev", " --stack dev", OUTPUTS, self.client)

    def client(self, service: str) -> Any:
        return self.sqs if service == "sqs" else self

    def __getattr__(self, name: str) -> Any:
        return getattr(self.cloud.dynamodb, name)

    def describe_table(self, TableName: str) -> Any:
        assert TableName == USERS
        return {"Table": {"KeySchema": [{"AttributeName": "email", "KeyType": "HASH"}]}}

    def get_paginator(self, name: str) -> Any:
        assert name == "scan"
        return self

    def paginate(self, TableName: str, ConsistentRead: bool) -> Any:
        assert (TableName, ConsistentRead) == (USERS, True)
        return [{"Items": [record]} for record in self.records]

    def get_function_configuration(self, FunctionName: str) -> Any:
        assert FunctionName == "insert-records"
        return {"Environment": {"Variables": {"ON_CONFLICT": self.on_conflict}}}


def record(line: int | None, hours: float = 2) -> Any:
    """A record that was written so many hours ago."""
    created_at = datetime.fromtimestamp(time.time() - hours * HOUR, UTC).isoformat()
    return {**image("a@example.com", line), "created_at": {"S": created_at}}


def why(aws: Aws) -> list[str]:
    return [missing.why for missing in find_missing(aws.stack)]


@pytest.mark.usefixtures("clock")
def test_a_record_without_a_mail_is_missing_once_it_is_an_hour_old() -> None:
    assert why(Aws(record(2))) == ["its mail was never begun"]
    assert why(Aws(record(2, hours=0.9))) == []
    assert why(Aws(record(None))) == []


def entered(state: MailState) -> Aws:
    """A record whose mail was claimed, and then got this state, if it is another."""
    aws = Aws(record(2))
    a_mail = mail("a@example.com", 2)
    [missing] = find_missing(aws.stack)
    assert missing.mail.mail_id == a_mail.mail_id  # as send_email knows it
    assert aws.cloud.mails.claim([a_mail], "claim") == {}
    if state != MailState.CLAIMED:
        aws.cloud.mails.change([Change(a_mail, "claim", state, "because")])
    return aws


@pytest.mark.parametrize(
    ("state", "hours", "told"),
    [
        ("claimed", 0.9, []),
        ("claimed", 1.1, ["its mail was begun (claimed) and not finished"]),
        (MailState.HELD, 1.1, ["its mail was begun (held) and not finished"]),
        (MailState.DEFERRED, 3.9, []),
        (MailState.DEFERRED, 4.1, ["its mail was put off, and not tried again"]),
        (MailState.MAILED, 100, []),
    ],
)
def test_a_mail_is_missing_once_nobody_is_at_it(
    clock: Clock, state: MailState, hours: float, told: list[str]
) -> None:
    aws = entered(state)
    clock.sleep(hours * HOUR)
    assert why(aws) == told


@pytest.mark.usefixtures("clock")
def test_a_table_whose_records_are_replaced_cannot_be_reconciled() -> None:
    with pytest.raises(OperationError, match="expected on_conflict skip, got replace"):
        why(Aws(record(2), on_conflict="replace"))


@pytest.mark.usefixtures("clock")
def test_missing_mails_are_queued_in_batches() -> None:
    aws = Aws(*(record(line) for line in range(1, 13)))
    seen: list[int] = []
    found = [missing.mail for missing in find_missing(aws.stack)]
    queue_mails(aws.stack, found, seen.append)
    assert seen == [10, 2]
    assert aws.sqs.bodies(RETRIES) == [each.body() for each in found]
