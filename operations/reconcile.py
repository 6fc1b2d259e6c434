"""The table held against the mail ledger: which imported records have no mail on its way, and why."""

import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from lambdas.aws.dynamodb.outcomes import Item
from lambdas.aws.limits import DYNAMODB_BATCH_GET_ITEMS
from lambdas.core.environment import OnConflict, Variable
from lambdas.core.mail import Mail
from lambdas.core.mail_entries import Entry, MailState
from lambdas.core.mail_writes import Owing
from lambdas.core.reserved_columns import RECORD_CREATED_AT, RECORD_IMPORT_ID

from .errors import OperationError
from .mails import StackMails
from .records import Records
from .stack import Stack

HOUR = 60 * 60
DAY = 24 * HOUR
# What a function was at for so long, it is at no more.
NOBODY_AT_IT_SECONDS = HOUR
_NEVER_BEGUN, _NOT_FINISHED = "its mail was never begun", "its mail was begun and not finished"


@dataclass(frozen=True)
class Missing:
    """A record whose mail is not on its way; `entry` is what the ledger has of it, if it has any."""

    mail: Mail
    entry: Entry | None

    @property
    def why(self) -> str:
        """Why it is not."""
        return _NOT_FINISHED if self.entry else _NEVER_BEGUN

    def as_json(self) -> dict[str, Any]:
        """Returns the entry in the output of `--json`."""
        return {
            "mail": self.mail.mail_id,
            "import": self.mail.import_id,
            "line": self.mail.line,
            "why": self.why,
        }


@dataclass
class Reconciliation:
    """The table held against the mail ledger.

    Attributes:
        missing: The records without a mail on its way.
        records: How many records were read.
        young: How many imported ones were left out, since a function may be at them yet.
    """

    missing: list[Missing] = field(default_factory=list)
    records: int = 0
    young: int = 0

    def as_json(self) -> dict[str, Any]:
        """Returns what `--json` prints of it."""
        missing = [one.as_json() for one in self.missing]
        return {"missing": missing, "records": self.records, "young": self.young}


def reconcile(stack: Stack, progress: Callable[[int], None]) -> Reconciliation:
    """Find the imported records without a mail in the mail ledger, or with one that nobody is at any more.

    Args:
        stack: Where to look.
        progress: Called with how many records were read since the last call.

    Raises:
        OperationError: the table replaces records, which then cannot be told.
    """
    _refuse_replace(stack)
    mails, records, now = StackMails.of(stack), Records.of(stack), time.time()
    # Of an older record the ledger may have forgotten that it was mailed; a day for what is written late.
    oldest = (mails.expire_days - 1) * DAY
    found = Reconciliation()
    for page in records.pages():
        ages = [(each, _age_of_imported(each, now)) for each in page]
        due = [records.mail(each) for each, age in ages if age and NOBODY_AT_IT_SECONDS <= age < oldest]
        entries = mails.ledger.entries(mail.mail_id for mail in due)
        looked_at = (Missing(mail, entries.get(mail.mail_id)) for mail in due)
        found.missing += [one for one in looked_at if one.entry is None or _is_left(one.entry, now)]
        found.records += len(page)
        found.young += sum(age is not None and age < NOBODY_AT_IT_SECONDS for _, age in ages)
        progress(len(page))
    return found


def owe_mails(stack: Stack, missing: Sequence[Missing], progress: Callable[[int], None]) -> None:
    """Enter the mails as owed; what was begun a round looks at, and holds if nobody knows whether it left.

    Args:
        stack: Where they are.
        missing: The records without a mail.
        progress: Called with how many were entered since the last call.
    """
    mails, claim = StackMails.of(stack), uuid.uuid4().hex
    for start in range(0, len(missing), DYNAMODB_BATCH_GET_ITEMS):
        batch = missing[start : start + DYNAMODB_BATCH_GET_ITEMS]
        imports = [each.mail.import_id for each in batch]
        mails.gate.register(imports, mails.gate.read(imports))
        now = time.time()
        unknown = [each.mail for each in batch if each.entry is None]
        mails.ledger.owe(unknown, claim, Owing(_NEVER_BEGUN, due=now, since=now))
        mails.ledger.look_again([(each.mail, each.entry, now) for each in batch if each.entry])
        progress(len(batch))


def age_of(record: Item, now: float) -> float | None:
    """Returns for how many seconds a record has been in the table, if it says so."""
    created_at = record.get(RECORD_CREATED_AT, {}).get("S")
    return now - datetime.fromisoformat(created_at).timestamp() if created_at else None


def _age_of_imported(record: Item, now: float) -> float | None:
    """Returns for how many seconds an imported record has been in the table, if it is one and says so."""
    return age_of(record, now) if RECORD_IMPORT_ID in record else None


def _is_left(entry: Entry, now: float) -> bool:
    """Whether a mail was begun, and nobody is at it or will look at it."""
    begun = entry.state == MailState.CLAIMED and not entry.outbox
    return begun and now - entry.changed_at >= NOBODY_AT_IT_SECONDS


def _refuse_replace(stack: Stack) -> None:
    name = stack.outputs["functions"]["insert_records"]
    configuration = stack.client("lambda").get_function_configuration(FunctionName=name)
    if configuration["Environment"]["Variables"][Variable.ON_CONFLICT] == OnConflict.REPLACE:
        raise OperationError(
            "The table cannot be reconciled: expected on_conflict skip, got replace. A record that was"
            " replaced bears the import that wrote it last, its mail the first one: nobody can tell"
            " that it was mailed."
        )
