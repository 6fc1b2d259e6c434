"""A deployed stack as an operator's commands see it, in memory."""

import time
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from lambdas.core.import_entries import KEY, KEY_INDEX, OPEN, OPEN_INDEX, STARTED_AT
from lambdas.core.mail import Mail
from lambdas.core.mail_entries import DUE, DUE_INDEX, OUTBOX, Entry, MailState, entries_in
from lambdas.core.mail_writes import Change, Owing
from operations.mails import StackMails
from operations.records import Records
from operations.stack import Stack

from .fakes import Item
from .fakes_dynamodb import FakeDynamoDB
from .fakes_queue import FakeQueues
from .fakes_tables import Later

IMPORT, OTHER_IMPORT = "0123456789abcdef0123", "abcdef01234567890123"
USERS, IMPORTS, MAILS = "users", "imports", "mails"
EXPIRE_DAYS = 400
OUTPUTS: Mapping[str, Any] = {
    "functions": {"insert_records": "insert-records"},
    "import_ledger": IMPORTS,
    "key": "email",
    "key_type": "S",
    "ledgers_expire_days": EXPIRE_DAYS,
    "mail_columns": ["email", "name"],
    "mail_ledger": MAILS,
    "table": USERS,
}


class FakeStack:
    """Its services, and what a test puts in there.

    `on_conflict` is the writer's setting; `later` is what an index follows its table by.
    """

    def __init__(self, on_conflict: str = "skip", later: Later = lambda move: move()) -> None:
        keys = {USERS: ("email",), IMPORTS: ("import_id", "part"), MAILS: ("mail_id",)}
        of_imports = {KEY_INDEX: {KEY: "S", STARTED_AT: "S"}, OPEN_INDEX: {OPEN: "S", STARTED_AT: "S"}}
        indexes = {IMPORTS: of_imports, MAILS: {DUE_INDEX: {OUTBOX: "S", DUE: "N"}}}
        self.dynamodb = FakeDynamoDB(keys, indexes=indexes, later=later)
        self.sqs = FakeQueues()
        self.on_conflict = on_conflict
        self.stack = Stack("stack dev", " --stack dev", OUTPUTS, self.client)
        self.mails, self.records = StackMails.of(self.stack), Records.of(self.stack)

    def client(self, service: str) -> Any:
        return {"dynamodb": self.dynamodb, "sqs": self.sqs, "lambda": self}[service]

    def get_function_configuration(self, FunctionName: str) -> Any:
        assert FunctionName == "insert-records"
        return {"Environment": {"Variables": {"ON_CONFLICT": self.on_conflict}}}

    def put_record(self, line: int | None = 2, *, hours: float = 2, import_id: str = IMPORT) -> Mail:
        """Insert a record that many hours ago; returns its mail."""
        created_at = datetime.fromtimestamp(time.time() - hours * 3600, UTC).isoformat()
        record: Item = {"email": {"S": f"p{line}@example.com"}, "name": {"S": "Ann"}}
        if line is not None:
            record |= {"import_id": {"S": import_id}, "import_line": {"N": str(line)}}
            record |= {"created_at": {"S": created_at}}
        self.dynamodb.put_item(TableName=USERS, Item=record)
        return self.records.mail(record)

    def put_import(self, import_id: str = IMPORT, **counts: int) -> None:
        """Enter an import with so many rows created and so on, in its books."""
        texts = {"key": f"uploads/{import_id}.csv", "status": "done", "started_at": "2026-01-01T00:00:00Z"}
        created = counts.pop("created", 0)
        numbers = {"read": created, "accepted": created, "rejected": 0, **counts}
        entry = {name: {"S": text} for name, text in texts.items()}
        entry |= {name: {"N": str(number)} for name, number in numbers.items()}
        self._put_part(import_id, "import", entry)
        if created:
            lines = {"NS": [str(line) for line in range(2, created + 2)]}
            self._put_part(import_id, "chunk#00000001", {"created": lines})

    def owe(self, *mails: Mail, reason: str = "SES said so", due_in: float = 0) -> None:
        """Enter mails as owed."""
        imports = [mail.import_id for mail in mails]
        self.mails.gate.register(imports, self.mails.gate.read(imports))
        owing = Owing(reason, time.time() + due_in, time.time())
        assert self.mails.ledger.owe(mails, uuid.uuid4().hex, owing) == {}

    def claim(self, *mails: Mail) -> str:
        """Claim mails as the stream does; returns the claim."""
        claim = uuid.uuid4().hex
        assert self.mails.ledger.claim(mails, claim) == {}
        return claim

    def end(self, state: MailState, *mails: Mail, reason: str = "because") -> None:
        """Let mails end so."""
        claim = self.claim(*mails)
        self.mails.ledger.record(
            [Change(mail, MailState.CLAIMED, claim, claim, state, reason) for mail in mails]
        )

    def entry(self, mail: Mail) -> Entry:
        """What the ledger has of a mail."""
        return self.mails.ledger.entries([mail.mail_id])[mail.mail_id]

    def states(self) -> dict[str, str]:
        """Each mail's state."""
        return {mail_id: entry.state for mail_id, entry in entries_in(self.dynamodb.items(MAILS)).items()}

    def counted(self, import_id: str = IMPORT) -> dict[str, int]:
        """An import's counters of ended mails, those that are not zero."""
        counts: dict[str, int] = {}
        for item in self.dynamodb.items(IMPORTS):
            if item["import_id"]["S"] == import_id and item["part"]["S"].startswith("mail#"):
                for name, value in item.items():
                    if "N" in value and name != "expires_at":
                        counts[name] = counts.get(name, 0) + int(value["N"])
        return {name: number for name, number in counts.items() if number}

    def _put_part(self, import_id: str, part: str, values: Item) -> None:
        item = {"import_id": {"S": import_id}, "part": {"S": part}, **values}
        self.dynamodb.put_item(TableName=IMPORTS, Item=item)
