"""The promises of docs/reliability.md, checked after a run against an independent count of the uploads."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_plus

from lambdas.core.books import Books, books_of
from lambdas.core.mail import mail_of_record
from lambdas.core.mail_entries import ENDS, UNDECIDED, Entry, MailState, entries_in
from lambdas.core.upload import Upload
from tests.unit.helpers.fakes_s3 import FakeS3

from .faults import MESSAGE_TWICE
from .objects import INTRUDER
from .pipeline import (
    BUCKET,
    DEAD_LETTERS,
    FAILURES,
    IMPORTS,
    INGEST_FAILURES,
    USERS,
    WORK,
    Pipeline,
    parsed,
)
from .queues import Stored
from .settlements import faults_of_settlements
from .tables import MAILS
from .uploads import File


@dataclass
class Account:
    """What the ledgers say of an import."""

    import_id: str
    entry: dict[str, Any]
    lines: dict[str, set[int]]
    mails: Counter[str]
    shown: Books  # as the command reads them


def faults_of(pipeline: Pipeline, files: list[File], *, mended: bool) -> list[str]:
    """Every promise that does not hold; in words.

    Until what failed is `mended`, that is sent again with nothing in the way, a chunk that could not even be
    given up waits in the dead-letter queue as SQS put it there, what it came to unrecorded. So may one that
    was given up, if a second delivery beside that one wrote rows of it afterwards, and was killed.
    """
    found = [f"in flight: {n} messages in {url}" for url in (WORK,) if (n := _waiting(pipeline, url))]
    found += [f"{address} has {n} mails" for address, n in pipeline.mail.sent.items() if n > 1]
    if pipeline.stream.lost or any(queue.expired for queue in pipeline.queues.by_url.values()):
        found.append("a record outlived its stream, or a message its queue")
    for file in files:
        account = account_of(pipeline, file)
        found += [f"{file.key}: {what}" for what in _of_import(pipeline, file, account, mended)]
    return [*found, *_of_mails(pipeline), *_of_strangers(pipeline)]


def lost_of(pipeline: Pipeline, files: list[File]) -> int:
    """Accepted rows of which nobody knows where they are."""
    lost = 0
    for file in files:
        if file.key not in pipeline.objects.disturbed:
            known = set[int]().union(*account_of(pipeline, file).lines.values())
            lost += len({row.line for row in file.accepted} - known)
    return lost


def import_id_of(file: File) -> str:
    """The id of a file's import."""
    return Upload(BUCKET, file.key, FakeS3.etag(file.data), len(file.data), "0055AED6DCD90281E5").import_id


def account_of(pipeline: Pipeline, file: File) -> Account:
    """The import's entries in the import ledger."""
    import_id = import_id_of(file)
    lines: dict[str, set[int]] = {"created": set(), "duplicates": set(), "failed": set()}
    items = [i for i in pipeline.tables.items(IMPORTS) if i["import_id"]["S"] == import_id]
    account = Account(import_id, {}, lines, Counter(), books_of(items))
    for item in items:
        if item["part"]["S"] == "import":
            account.entry = {name: next(iter(of.values())) for name, of in item.items()}
        for name in lines:
            lines[name] |= {int(line) for line in item.get(name, {}).get("NS", ())}
        for name in ENDS:
            account.mails[name] += int(item.get(name, {}).get("N", "0"))
    account.lines["failed"] -= account.lines["created"] | account.lines["duplicates"]
    return account


def _of_import(pipeline: Pipeline, file: File, account: Account, mended: bool) -> Iterator[str]:
    created, duplicates, failed = (account.lines[name] for name in ("created", "duplicates", "failed"))
    dead = _dead_lines(pipeline, account.import_id)
    if created & duplicates:
        yield f"lines are both created and duplicates: {created & duplicates}"
    if not failed <= dead:
        yield f"failed {sorted(failed)}, but the dead letters have {sorted(dead)}"
    stored = {int(item["import_line"]["N"]) for item in _items(pipeline, account.import_id)}
    excused = set() if mended else _unrecorded(pipeline, account.import_id)
    if created - stored or stored - created - excused:
        yield f"created {sorted(created)}, but the table has {sorted(stored)}"
    if len(stored) != sum(account.mails.values()):
        yield f"created {len(stored)}, but of mails {dict(account.mails)}"
    yield from _of_counts(pipeline, file, account, excused)
    yield from faults_of_settlements(pipeline, account.import_id, account.entry, account.shown)


def _of_counts(pipeline: Pipeline, file: File, account: Account, excused: set[int]) -> Iterator[str]:
    disturbed = file.key in pipeline.objects.disturbed
    entry = account.entry
    if entry.get("status", "reading") == "reading":
        if not _in_ingest_failures(pipeline, file):
            yield f"{entry.get('status', 'unknown')}, and not among the failures"
        return
    counts = {name: int(entry[name]) for name in ("read", "accepted", "rejected")}
    good = {row.line for row in file.accepted}
    expected = {"read": len(file.rows), "accepted": len(good), "rejected": len(file.rows) - len(good)}
    # What was there to read cannot be known of an object that was not there to the end.
    if counts != expected and not disturbed:
        yield f"counts {counts}, but uploaded {expected}"
    ended = excused.union(*account.lines.values())
    if ended - good or (good - ended and not disturbed):
        yield f"lost {sorted(good - ended)}, invented {sorted(ended - good)}"
    if not excused and not account.shown.balanced:
        yield f"the command shows {account.shown}"


# How often a mail of each state may have left: of what is held, nobody here knows.
_LEFT = {
    MailState.MAILED: (1,),
    MailState.UNDELIVERABLE: (0,),
    MailState.CANCELLED: (0,),
    MailState.HELD: (0, 1),
}


def _of_mails(pipeline: Pipeline) -> Iterator[str]:
    entries = entries_in(pipeline.tables.items(MAILS))
    for record in pipeline.tables.items(USERS):
        mail = mail_of_record({"email": record["email"]}, record, ["email"])
        entry, sent = entries.pop(mail.mail_id, None), pipeline.mail.sent[record["email"]["S"]]
        if entry is None:
            yield f"line {mail.line} has no mail"
        else:
            yield from (f"the mail of line {mail.line} {what}" for what in faults_of_entry(entry, sent))
    yield from (f"mail {mail_id} is nobody's" for mail_id in entries)
    yield from faults_of_lists(pipeline)


def faults_of_entry(entry: Entry, sent: int) -> Iterator[str]:
    """What is wrong with a mail's entry at the end, after the mail left so often."""
    if sent not in _LEFT.get(entry.state, ()):
        yield f"is {entry.state}, and left {sent} times"
    elif entry.decided == (entry.state in UNDECIDED):
        yield f"is {entry.state}, in the list {entry.outbox!r}"


def faults_of_lists(pipeline: Pipeline) -> Iterator[str]:
    """What is still owed, or said to be."""
    lists = [name for name, _ in pipeline.tables.tables[MAILS].indexes["by_due"].lists() if "owed" in name]
    if lists:
        yield f"something is left in {lists}"


def _of_strangers(pipeline: Pipeline) -> Iterator[str]:
    """What came from outside: messages that are none are among the failures, and nobody is imported."""
    for url, body in pipeline.poisons:
        failures = pipeline.queues.by_url[DEAD_LETTERS]
        if not any(message.body == body for message in failures.messages.values()):
            yield f"the message {body!r} to {url} is gone"
    if any(item["email"]["S"].startswith(INTRUDER) for item in pipeline.tables.items(USERS)):
        yield "rows of another version of an object were imported"
    for url in (DEAD_LETTERS, FAILURES):
        for message in pipeline.queues.by_url[url].messages.values():
            if not message.attributes and not message.given_up_by_sqs and "DDBStream" not in message.body:
                yield f"a message in {url} has no reason: {message.body[:200]}"


def _waiting(pipeline: Pipeline, url: str) -> int:
    return len(pipeline.queues.by_url[url].messages)


def _items(pipeline: Pipeline, import_id: str) -> list[Any]:
    return [item for item in pipeline.tables.items(USERS) if item["import_id"]["S"] == import_id]


def _dead_lines(pipeline: Pipeline, import_id: str, letters: Iterable[Stored] | None = None) -> set[int]:
    letters = pipeline.queues.by_url[DEAD_LETTERS].messages.values() if letters is None else letters
    chunks = [each for letter in letters if isinstance(each := parsed(letter.body), dict)]
    return {line for each in chunks if each.get("import") == import_id for line, _ in each["rows"]}


def _unrecorded(pipeline: Pipeline, import_id: str) -> set[int]:
    letters = pipeline.queues.by_url[DEAD_LETTERS].messages.values()
    beside = pipeline.faults.injected[MESSAGE_TWICE] > 0
    return _dead_lines(pipeline, import_id, [each for each in letters if beside or each.given_up_by_sqs])


def _in_ingest_failures(pipeline: Pipeline, file: File) -> bool:
    keys = [
        record["s3"]["object"]["key"]
        for letter in pipeline.bodies(INGEST_FAILURES)
        for record in letter["requestPayload"].get("Records", [])
    ]
    return quote_plus(file.key) in keys
