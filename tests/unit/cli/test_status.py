"""How a status is shown; what it says is tested with operations."""

import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import takewhile
from typing import Any

import pytest
from rich.console import Console

from cli.import_details import show_import
from cli.printer import Printer
from cli.status import show
from lambdas.core.books import Books
from lambdas.core.mail_entries import MailState
from lambdas.core.mail_gate import Door, DoorKind, Sending
from lambdas.csvfile.findings import Findings
from lambdas.csvfile.reason_counts import ReasonCount
from operations.equations import equations_of
from operations.finding import Cause, Finding, Gravity
from operations.health import Health
from operations.import_details import ImportDetails
from operations.import_list import ImportList
from operations.import_progress import LastError, Progress
from operations.imports import Import
from operations.mail_status import LOOKED_AT, MailStatus, OwedMails
from operations.queues import QueueState
from operations.sending_account import SendingAccount
from operations.status import Status

from ..helpers.stack import IMPORT, OUTPUTS, FakeStack

NOON = 1_800_000_000.0


HELD = Finding(
    gravity=Gravity.NEEDS_PERSON,
    cause=Cause.DECISION,
    what="3 mails held",
    command="rowrelay mails list --state held",
)


def shown(
    mails: MailStatus | None,
    *imports: Import,
    account: SendingAccount | None = None,
    findings: Sequence[Finding] = (HELD,),
    width: int = 120,
) -> str:
    out, printer = io.StringIO(), Printer()
    printer.console = Console(file=out, width=width, markup=False, highlight=False)
    assert "bucket" not in OUTPUTS
    stack = FakeStack().stack
    outputs = {**OUTPUTS, "bucket": "bucket", "upload_prefix": "uploads/"}
    stack = type(stack)(stack.name, stack.option, outputs, stack.client)
    queues, listed = {"queue": QueueState("queue", 0)}, ImportList(imports, 20)
    show(printer, Status(stack, Health(account=account), listed, mails, queues, findings))
    return out.getvalue()


def mails_shown(mails: MailStatus) -> list[str]:
    """The lines on the mails."""
    return shown(mails).partition("\n\n")[2].partition("\n\nqueue of chunks: ")[0].splitlines()[2:]


def status_of(door: Door | None, *imports: OwedMails, all_paused: bool = False, **held: int) -> MailStatus:
    undecided = {MailState.UNDELIVERABLE: Counter[str](), MailState.HELD: Counter(held)}
    return MailStatus(door, all_paused=all_paused, imports=imports, undecided=undecided)


FIRST = OwedMails(IMPORT, "uploads/a.csv", 900, None, NOON - 60, NOON + 60, ("SES could not take it",))
PAUSED = OwedMails("b", "uploads/b.csv", 5, Sending.PAUSED, NOON, NOON, ("the quota was used",))
STOPPED = f"    uploads/a.csv (import {IMPORT}): 900 owed since 2027-01-15T07:59:00Z"
WAITS = f"{STOPPED}; the next due 2027-01-15T08:01:00Z; SES could not take it"
PAUSED_TOLD = "    uploads/b.csv (import b): 5 owed since 2027-01-15T08:00:00Z; paused by an operator"
pytestmark = pytest.mark.usefixtures("clock")  # it is NOON


def test_the_mails_that_wait_are_shown_with_why_and_until_when() -> None:
    due = replace(FIRST, import_id=None, key="", due=NOON, since=None, reasons=())
    status = status_of(None, FIRST, PAUSED, due, SES_timed_out=3)
    undecided = {**status.undecided, MailState.UNDELIVERABLE: Counter(refused=LOOKED_AT)}
    status = replace(status, undecided=undecided)
    assert mails_shown(status) == [
        "1,805 mails owed",
        WAITS,
        PAUSED_TOLD,
        "    mails of no import: 900 owed; the next due now",
        "1,000 mails or more undeliverable",
        "    1,000: refused",
        "3 mails held",
        "    3: SES_timed_out",
    ]
    assert shown(status).endswith("Needs you:\n  3 mails held.\n    Type: rowrelay mails list --state held\n")


@pytest.mark.parametrize(
    ("kind", "in_seconds", "told"),
    [
        (DoorKind.PACED, 60, "paced: because; rounds send them, at the rate that SES allows"),
        (DoorKind.QUOTA, 30, "quota: because; a round looks again within a minute"),
        (DoorKind.PAUSED, 30, "paused: because; a round looks again within a minute"),
        (DoorKind.SET_UP, 60, "set-up: because; a round looks again at 2027-01-15T08:01:00Z"),
        (DoorKind.SET_UP, -60, "set-up: because; the next round looks again"),
        (DoorKind.NO_ANSWER, 60, "no answer: because; a round looks again at 2027-01-15T08:01:00Z"),
    ],
)
def test_the_door_says_when_a_round_looks_again(kind: DoorKind, in_seconds: int, told: str) -> None:
    door = Door(kind, "because", NOON + in_seconds, "stamp")
    owed = WAITS if kind == DoorKind.PACED else STOPPED  # what each mail waited for before is stale
    assert mails_shown(status_of(door, FIRST))[:3] == ["900 mails owed", f"    {told}", owed]


def test_while_all_are_paused_no_round_looks() -> None:
    door = Door(DoorKind.PAUSED, "because", NOON + 30, "stamp")
    assert mails_shown(status_of(door, FIRST, PAUSED, all_paused=True))[:5] == [
        "905 mails owed",
        "    all are paused: rowrelay mails resume --all --stack dev",
        "    paused: because",
        STOPPED,
        PAUSED_TOLD,
    ]


def test_each_imports_id_is_shown_whole() -> None:
    key = "uploads/a-folder/with-a-long-name/and-a-file-with-a-long-name.csv"
    one = Import(key, key, IMPORT, "reading", started_at="2026-01-31T12:00:00.123Z")
    waiting = Import("b", "b", None)
    lines = shown(status_of(None), one, waiting, width=80).splitlines()
    assert f"    {IMPORT}: 2026-01-31T12:00:00Z {key}" in lines
    assert "    (none yet): not begun b" in lines
    assert any(line.endswith("is being read since 2026-01-31T12:00:00Z") for line in lines)


def finding(gravity: Gravity, **of: Any) -> Finding:
    return Finding(gravity=gravity, cause=Cause.GONE, what="it is gone", **of)


def test_what_no_command_mends_is_told_without_one() -> None:
    lines = shown(
        status_of(None), findings=[finding(Gravity.BLOCKED, mend="mend it", since=NOON)]
    ).splitlines()
    assert lines[-3:] == ["Does not move:", "  it is gone (since 2027-01-15T08:00:00Z).", "    mend it."]


def test_what_needs_nobody_is_told_as_that() -> None:
    found = [finding(Gravity.WAITS), finding(Gravity.NOTE)]
    lines = shown(status_of(None), findings=found).splitlines()
    head = lines.index("Nothing needs a decision.")
    assert lines[head + 1 :] == [
        "Waits, and goes on by itself:",
        "  it is gone.",
        "Worth knowing:",
        "  it is gone.",
    ]


def test_what_was_not_seen_is_never_told_as_well() -> None:
    told = shown(None, findings=[finding(Gravity.NOT_SEEN)])
    assert "Not seen:\n  it is gone.\n" in told
    assert "Nothing needs" not in told
    assert " owed" not in told


@pytest.mark.parametrize(
    ("quota", "sending", "told"),
    [
        (200, True, "SES: open; 150 of 200 mails left today, 14 a second"),
        (None, False, "SES: paused; no daily quota, 14 a second"),
    ],
)
def test_what_ses_allows(quota: int | None, sending: bool, told: str) -> None:
    account = SendingAccount(open=sending, production=True, review="", quota=quota, sent=50, rate=14.0)
    assert told in shown(status_of(None), account=account).splitlines()
    assert "SES:" not in shown(status_of(None))


def test_imports_that_could_not_be_looked_at_are_not_told_as_none() -> None:
    stack = FakeStack().stack
    out, printer = io.StringIO(), Printer()
    printer.console = Console(file=out)
    show(printer, Status(stack, Health(), None, None, {}, []))
    assert out.getvalue().startswith(
        "Status of stack dev\n\nThe imports could not be looked at: see below.\n"
    )


def test_the_total_is_of_all_imports() -> None:
    settled = [Import(f"{n}", f"{n}", f"{n}", "done", books=Books(read=1, rejected=1)) for n in range(1_000)]
    lines = shown(status_of(None), *settled).splitlines()
    [row] = [line for line in lines if line.startswith("All 1,000 ")]
    assert row.split()[2:5] == ["1,000", "0", "0"]
    assert len([line for line in lines if line.startswith("not begun ")]) == 20


def test_with_an_open_import_stands_what_it_waits_for_and_its_last_errors() -> None:
    at = "2026-01-31T12:00:00.123Z"
    books = Books(read=9, accepted=9, created=3)
    error = LastError("insert_records", "ClientError AccessDenied", at)
    one = Import("a", "a", IMPORT, "done", books=books, progress=Progress(since=at, errors=(error,)))
    waits = "waits for rows to be written: 6, without progress since 2026-01-31T12:00:00Z"
    last = "last error of insert_records: ClientError AccessDenied, 2026-01-31T12:00:00Z"

    def told(one: Import) -> list[str]:
        lines = shown(status_of(None), one).splitlines()
        head = lines.index(f"    {IMPORT}: not begun a")
        return [line.strip() for line in takewhile(bool, lines[head + 1 :])]

    assert told(one) == [waits, last]
    assert told(replace(one, progress=replace(one.progress, stuck_since=at))) == [f"stuck: {waits}", last]
    assert told(replace(one, progress=replace(one.progress, settled_at=at))) == []


def test_one_import_is_shown_with_its_equations_and_its_reports() -> None:
    at = "2026-01-31T12:00:00.123Z"
    books = Books(read=10, accepted=8, rejected=2, created=8, mailed=7, held=1)
    findings = Findings([ReasonCount("no name", 2, [3, 4])])
    one = Import("a.csv", "a.csv", IMPORT, "done", started_at=at, uploaded_by="ada", books=books)
    one = replace(one, findings=findings, progress=Progress(settled_at=at, revision=2))
    reports = {"rejects": "s3://bucket/rejects.csv"}
    undecided = {MailState.HELD: Counter({"timed out": 1})}
    out, printer = io.StringIO(), Printer()
    printer.console = Console(file=out, width=120)
    show_import(printer, ImportDetails(one, equations_of(one), reports, None, undecided, [HELD]))
    assert out.getvalue().splitlines() == [
        f"Import {IMPORT} of a.csv",
        "done",
        "begun 2026-01-31T12:00:00Z, uploaded by ada",
        "settled 2026-01-31T12:00:00Z (2 times in all)",
        "",
        "read 10 = accepted 8 + rejected 2",
        "accepted 8 = created 8 + duplicates 0 + failed 0",
        "created 8 = mailed 7 + undeliverable 0 + held 1 + cancelled 0",
        "",
        "2 rows rejected:",
        "    no name · 2 rows, lines 3, 4",
        "1 mail held",
        "    1: timed out",
        "Rejects: s3://bucket/rejects.csv",
        "",
        "Needs you:",
        "  3 mails held.",
        "    Type: rowrelay mails list --state held",
    ]
