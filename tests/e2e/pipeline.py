"""The whole pipeline in the embedded AWS, as the end-to-end tests use it."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from boto3.dynamodb.types import TypeDeserializer

from lambdas.core.mail import Mail, mail_of_record
from lambdas.core.mail_entries import UNDECIDED
from local.embedded import Deployment
from operations.imports import Import
from operations.stack import Stack
from operations.watching import Watch, watch_of

HEADER = b"email,first_name,last_name,company,plan,joined_on\n"
_deserialize = TypeDeserializer().deserialize


@dataclass
class Pipeline:
    """A deployed pipeline: files in, and what became of them out."""

    deployment: Deployment
    _uploads: int = field(default=0)

    @cached_property
    def watch(self) -> Watch:
        return watch_of(Stack("of the test", "", self.outputs, self.deployment.client))

    @property
    def outputs(self) -> dict[str, Any]:
        return self.deployment.outputs

    def upload(self, name: str, data: bytes) -> Import:
        """Put the file under a key of its own."""
        self._uploads += 1
        key = f"{self.outputs['upload_prefix']}{self._uploads}/{name}"
        self.deployment.client("s3").put_object(Bucket=self.outputs["bucket"], Key=key, Body=data)
        return Import(name, key)

    def run(self, files: Mapping[str, bytes]) -> dict[str, Import]:
        """Upload the files and wait until all their rows have ended, by file name."""
        imports = [self.upload(name, data) for name, data in files.items()]
        return {one.file: one for one in self.watch.until_settled(imports, lambda _: None)}

    def run_one(self, data: bytes, name: str = "users.csv") -> Import:
        """The same for one file."""
        return self.run({name: data})[name]

    def records(self) -> dict[str, dict[str, Any]]:
        """All records of the table by their e-mail address."""
        return {item["email"]: item for item in self.items("table")}

    def items(self, table: str) -> list[dict[str, Any]]:
        """All items of the table that this output names."""
        pages = (
            self.deployment.client("dynamodb").get_paginator("scan").paginate(TableName=self.outputs[table])
        )
        return [
            {name: _deserialize(value) for name, value in item.items()}
            for page in pages
            for item in page["Items"]
        ]

    def mails(self) -> list[dict[str, Any]]:
        """All mails that SES took, in order."""
        return self.deployment.mails()

    def mails_to(self, address: str) -> list[dict[str, Any]]:
        """The mails that SES took for this address."""
        return [mail for mail in self.mails() if mail["To"] == [address]]

    def report(self, one: Import, name: str) -> bytes:
        """A report of an import: `summary` or `rejects`."""
        key = getattr(one, name)
        body = self.deployment.client("s3").get_object(Bucket=self.outputs["bucket"], Key=key)["Body"].read()
        assert isinstance(body, bytes)
        return body

    def messages(self, queue: str) -> list[dict[str, Any]]:
        """The messages in the queue that this output names, with their attributes; they stay there."""
        answer = self.deployment.client("sqs").receive_message(
            QueueUrl=self.outputs[queue],
            MaxNumberOfMessages=10,
            MessageAttributeNames=["All"],
            VisibilityTimeout=0,
        )
        messages: list[dict[str, Any]] = answer.get("Messages", [])
        return messages

    def set_apart(self, import_id: str) -> list[dict[str, Any]]:
        """The entries of an import's mails that wait for an operator's decision."""
        return [
            item
            for item in self.items("mail_ledger")
            if item.get("import_id") == import_id and item.get("outbox") in UNDECIDED
        ]

    def owed(self) -> list[dict[str, Any]]:
        """The entries of all mails that a round is to see to."""
        return [item for item in self.items("mail_ledger") if str(item.get("outbox", "")).startswith("owed#")]

    def put_claimed_record(self, address: str) -> str:
        """Insert a record whose mail another invocation is sending just now, as far as the ledger knows.

        Returns:
            The mail's id.
        """
        image = {"email": {"S": address}}
        mail = mail_to(address)
        claim: dict[str, Any] = {"claim": {"S": "another"}, "changed_at": {"N": str(time.time())}}
        claim |= {"mail_id": {"S": mail.mail_id}, "state": {"S": "claimed"}}
        dynamodb = self.deployment.client("dynamodb")
        dynamodb.put_item(TableName=self.outputs["mail_ledger"], Item=claim)
        dynamodb.put_item(TableName=self.outputs["table"], Item=image)
        return mail.mail_id

    def round(self) -> None:
        """Run a round at once, which the schedule would within a minute."""
        assert self.try_round(), "the round failed"

    def keep_books(self) -> None:
        """Have the bookkeeper look at once, which the schedule would within a minute."""
        answer = self.deployment.client("lambda").invoke(FunctionName=self.outputs["functions"]["bookkeeper"])
        assert "FunctionError" not in answer, answer["Payload"].read()

    def try_round(self) -> bool:
        """The same; returns whether it ended as it should."""
        answer = self.deployment.client("lambda").invoke(FunctionName=self.outputs["functions"]["mail_round"])
        return "FunctionError" not in answer


def mail_to(address: str) -> Mail:
    """The mail that a record of this address and nothing else brings."""
    image: dict[str, Any] = {"email": {"S": address}}
    return mail_of_record(image, image, list(image))


def until(holds: Callable[[], bool], seconds: float = 60, every: float = 0.1) -> None:
    """Wait for something to hold, which is looked at every so many seconds; fails if it does not in time."""
    assert comes_true(holds, seconds, every), "what was waited for did not come"


def comes_true(holds: Callable[[], bool], seconds: float, every: float = 0.1) -> bool:
    """Whether something holds within so many seconds."""
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(every)
    return True
