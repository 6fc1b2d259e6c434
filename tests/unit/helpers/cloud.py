"""The deployed pipeline as the handlers see it, in memory: its tables and queues by name, and their books."""

import itertools
import json
from collections.abc import Callable, Mapping
from typing import Any

from lambdas.core.import_entries import OPEN, OPEN_INDEX, STARTED_AT
from lambdas.core.import_ledger import ImportLedger
from lambdas.core.mail import Mail, from_stream
from lambdas.core.mail_entries import DUE, DUE_INDEX, ENDS, MAIL_ID, OUTBOX, Entry, entries_in
from lambdas.core.mail_gate import MailGate
from lambdas.core.mail_ledger import MailLedger
from lambdas.core.mail_template import MailTemplate
from lambdas.core.outbox import Outbox
from lambdas.insert_records.inserter import Inserter
from lambdas.insert_records.writer import find_written, put_always, put_if_absent
from lambdas.send_email.delivery import Delivery
from lambdas.send_email.lease import Lease
from lambdas.send_email.mail_round import MailRound
from lambdas.send_email.ses_sender import SesSender

from .fakes import Calls, FakeSqs, Item
from .fakes_dynamodb import FakeDynamoDB
from .fakes_ses import FakeSes
from .fakes_tables import IndexKeys

IMPORT = "0123456789abcdef0123"
USERS, IMPORTS, MAILS = "users", "imports", "mails"
KEYS: Mapping[str, tuple[str, ...]] = {
    USERS: ("email",),
    IMPORTS: ("import_id", "part"),
    MAILS: (MAIL_ID,),
}
INDEXES: Mapping[str, Mapping[str, IndexKeys]] = {
    IMPORTS: {OPEN_INDEX: {OPEN: "S", STARTED_AT: "S"}},
    MAILS: {DUE_INDEX: {OUTBOX: "S", DUE: "N"}},
}
DEAD_LETTERS = "https://sqs/dead-letters"
FUNCTION_TIMEOUT = 180
ROUND_TIMEOUT = 300
EXPIRE_DAYS = 400
COLUMNS = ("email", "name")  # that the mail uses
TEMPLATE = MailTemplate.parse("Welcome, {{name}}!", "Hello {{name}}", "<p>Hello {{name}}</p>")


class Cloud:
    """Services that share one list of calls, and what the handlers make of them.

    With another client of DynamoDB the handlers use that, and the tables here stay empty.
    """

    def __init__(self, dynamodb: Any = None) -> None:
        self.calls = Calls()
        self.dynamodb = FakeDynamoDB(KEYS, self.calls, indexes=INDEXES)
        self.sqs = FakeSqs(self.calls)
        self.ses = FakeSes(self.calls)
        dynamodb = dynamodb or self.dynamodb
        sqs: Any = self.sqs
        ses: Any = self.ses
        self._clients = dynamodb, sqs
        self.imports = ImportLedger(dynamodb, IMPORTS, EXPIRE_DAYS)
        self.mails = MailLedger(dynamodb, MAILS, self.imports, EXPIRE_DAYS)
        self.gate = MailGate(dynamodb, MAILS)
        self.outbox = Outbox(dynamodb, MAILS)
        self.ses_sender = SesSender(ses, TEMPLATE, "Rowrelay <hello@example.com>", "set", "email")
        self.delivery = Delivery(self.ses_sender, self.mails, self.gate, ROUND_TIMEOUT)
        self._rounds = itertools.count(1)

    def inserter(self, *, replace: bool = False) -> Inserter:
        """What handles the queue's chunks."""
        dynamodb, sqs = self._clients
        write = put_always(dynamodb, USERS) if replace else put_if_absent(dynamodb, USERS, "email")
        find = find_written(dynamodb, USERS, "email")
        return Inserter(sqs, self.imports, write, find, "email", DEAD_LETTERS, replace)

    def mail_round(self, seconds_left: Callable[[], float] = lambda: ROUND_TIMEOUT) -> MailRound:
        """The next round, with a lease of its own."""
        lease = Lease(self._clients[0], MAILS, f"round-{next(self._rounds)}")
        return MailRound(self.delivery, self.outbox, lease, seconds_left, EXPIRE_DAYS)

    def client(self, service: str, **_: Any) -> Any:
        """In place of boto3.client."""
        return {"dynamodb": self.dynamodb, "sqs": self.sqs, "sesv2": self.ses}[service]

    def lines(self, part: str = "chunk#00000001") -> dict[str, list[int]]:
        """A chunk's entry in the import ledger: the lines of each set."""
        item = self.dynamodb.tables[IMPORTS].get((IMPORT, part), {})
        return {name: sorted(map(int, of["NS"])) for name, of in item.items() if "NS" in of}

    def ended(self) -> dict[str, int]:
        """The import's mails that have ended, by how, over all counters."""
        counts: dict[str, int] = {}
        for item in self.dynamodb.items(IMPORTS):
            for name in ENDS:
                if name in item:
                    counts[name] = counts.get(name, 0) + int(item[name]["N"])
        return counts

    def entries(self) -> dict[str, Entry]:
        """The mail ledger: each mail's entry."""
        return entries_in(self.dynamodb.items(MAILS))

    def states(self) -> dict[str, str]:
        """The mail ledger: each mail's state."""
        return {mail_id: entry.state for mail_id, entry in self.entries().items()}

    def messages(self, queue_url: str) -> list[Any]:
        """The messages in a queue, as JSON."""
        return list(map(json.loads, self.sqs.bodies(queue_url)))


def image(email: str | None, line: int | None = None, *, import_id: str = IMPORT, name: str = "Ann") -> Item:
    """A record as the stream has it; without a line it is of no import."""
    item: Item = {"name": {"S": name}}
    if email is not None:
        item["email"] = {"S": email}
    if line is not None:
        item |= {"import_id": {"S": import_id}, "import_line": {"N": str(line)}}
    return item


def stream_record(record: Item, event: str = "INSERT") -> dict[str, Any]:
    """What Lambda gets for a record that was inserted."""
    keys = {"email": record.get("email", {"S": "nobody"})}
    return {
        "eventName": event,
        "eventSource": "aws:dynamodb",
        "dynamodb": {"Keys": keys, "NewImage": record, "SequenceNumber": "1"},
    }


def mail(email: str | None, line: int | None = None, **of: Any) -> Mail:
    """The mail that a record brings."""
    a_mail = from_stream(stream_record(image(email, line, **of)), COLUMNS)
    assert a_mail
    return a_mail


def mails(count: int) -> list[Mail]:
    """Mails to p1@example.com and so on."""
    return [mail(f"p{n}@example.com", n) for n in range(1, count + 1)]


def chunk(*rows: tuple[int, Mapping[str, Any]], number: int = 1) -> str:
    """A queue message's body."""
    return json.dumps({"v": 1, "import": IMPORT, "chunk": number, "rows": rows})


class Context:
    """Lambda's context: an invocation with time left."""

    function_name = "function"
    memory_limit_in_mb = 1024
    invoked_function_arn = "arn:aws:lambda:us-east-1:123456789012:function:function"
    aws_request_id = "request"

    def __init__(self, seconds_left: Callable[[], float] = lambda: FUNCTION_TIMEOUT) -> None:
        self._seconds_left = seconds_left

    def get_remaining_time_in_millis(self) -> int:
        return int(self._seconds_left() * 1000)


def queue_message(
    body: str, message_id: str = "m1", receives: int = 1, sent_at: float = 1_800_000_000
) -> dict[str, Any]:
    """What Lambda gets for a message in a queue, sent at this Unix time."""
    sent = str(int(sent_at * 1000))
    return {
        "messageId": message_id,
        "receiptHandle": f"handle of {message_id}",
        "body": body,
        "attributes": {"ApproximateReceiveCount": str(receives), "SentTimestamp": sent},
        "eventSource": "aws:sqs",
    }


def failed_messages(answer: Any) -> list[str]:
    """The ids of the messages that are to come again."""
    return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]
