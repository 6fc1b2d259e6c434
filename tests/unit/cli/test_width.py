"""Every screen of status fits a terminal of eighty columns; what is to be copied stays whole."""

import io
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from cli.import_details import show_import
from cli.printer import Printer, wrapped
from cli.status import show
from lambdas.core.books import Books
from lambdas.core.mail_entries import MailState
from lambdas.core.mail_gate import Door, DoorKind
from lambdas.csvfile.findings import Findings
from lambdas.csvfile.reason_counts import ReasonCount
from operations.equations import equations_of
from operations.finding import Cause, Finding, Gravity
from operations.health import Health
from operations.import_details import ImportDetails
from operations.import_list import ImportList
from operations.import_progress import LastError, Progress
from operations.imports import Import
from operations.mail_status import MailStatus, OwedMails
from operations.queues import QueueState
from operations.sending_account import SendingAccount
from operations.status import Status

from ..helpers.examples import examples
from ..helpers.stack import IMPORT, FakeStack

COLUMNS = 80
COMMAND = f"rowrelay mails list --state undeliverable --import {IMPORT} --stack {'production' * 3}"
# Sentences and names alike, of any width: CJK takes two columns a character, combining marks none.
TEXTS = st.text(st.sampled_from("abcdefghij     /-_.,:ä漢字\u0301"), max_size=300)
NAMES = st.text(st.sampled_from("abcdefghij/-_.ä漢字\u0301"), min_size=1, max_size=300)
COUNTS = st.integers(0, 10**9)
BOOKS = st.builds(Books, **dict.fromkeys(Books.__dataclass_fields__, COUNTS))
FOUND = st.builds(
    Findings,
    st.lists(st.builds(ReasonCount, TEXTS, COUNTS, st.lists(COUNTS, min_size=1, max_size=5)), max_size=3),
    ignored_columns=TEXTS,
)
TIME = "2026-01-31T12:00:00.123Z"
PROGRESS = st.builds(
    Progress,
    settled_at=st.sampled_from([None, TIME]),
    since=st.just(TIME),
    stuck_since=st.just(TIME),
    errors=st.tuples(st.builds(LastError, NAMES, TEXTS, st.just(TIME))),
)
IMPORTS = st.builds(
    Import,
    NAMES,
    NAMES,
    st.just(IMPORT),
    status=st.sampled_from(["reading", "done", "rejected", "failed"]),
    reason=TEXTS,
    started_at=st.just(TIME),
    uploaded_by=TEXTS,
    books=BOOKS,
    findings=FOUND,
    progress=PROGRESS,
)
FINDINGS = st.builds(
    Finding,
    gravity=st.sampled_from(Gravity),
    cause=st.just(Cause.LOST),
    what=TEXTS,
    mend=TEXTS,
    command=st.sampled_from([None, COMMAND]),
    since=st.just(1_800_000_000.0),
)
MAILS = st.builds(
    OwedMails, st.just(IMPORT), NAMES, COUNTS, st.none(), st.just(1.8e9), st.just(1.8e9), st.tuples(TEXTS)
)
REASONS = st.dictionaries(TEXTS, COUNTS, max_size=3).map(lambda found: Counter(found))


def screen(print_it: Callable[[Printer], None]) -> list[str]:
    """The lines on a terminal, before it breaks those that are longer."""
    out, printer = io.StringIO(), Printer()
    printer.console = Console(
        file=out, width=COLUMNS, force_terminal=True, color_system=None, markup=False, highlight=False
    )
    print_it(printer)
    return out.getvalue().splitlines()


def too_wide(lines: list[str]) -> list[str]:
    """Those that are wider than the terminal, though they could end at a blank, and are no command."""
    return [
        line
        for line in lines
        if cell_len(line) > COLUMNS and " " in line.strip() and not line.endswith(COMMAND)
    ]


@examples(30)
@given(
    st.lists(IMPORTS, min_size=1, max_size=3), st.lists(FINDINGS, max_size=3), st.lists(MAILS), REASONS, TEXTS
)
def test_status_fits(
    imports: list[Import], findings: list[Finding], owed: list[OwedMails], reasons: Any, text: str
) -> None:
    undecided = {MailState.HELD: reasons, MailState.UNDELIVERABLE: reasons}
    door = Door(DoorKind.SET_UP, text, 1.8e9, "stamp")
    mails = MailStatus(door, all_paused=True, imports=owed, undecided=undecided)
    queues = {"queue": QueueState("ingest_failure_queue", 10**9, 1e9, reasons)}
    account = SendingAccount(open=True, production=True, review="", quota=10**9, sent=0, rate=1e6)
    status = Status(
        FakeStack().stack, Health(account=account), ImportList(imports, 20), mails, queues, findings
    )
    lines = screen(lambda printer: show(printer, status))
    assert too_wide(lines) == []
    assert sum(line.endswith(f"Type: {COMMAND}") for line in lines) == sum(
        each.command is not None for each in findings
    )
    assert sum(IMPORT in line for line in lines) >= len(imports)
    told = " ".join(lines)
    assert all(f"{one.books.read:,}" in told for one in imports if one.status != "rejected")


@examples(30)
@given(IMPORTS, st.lists(FINDINGS, max_size=3), st.one_of(st.none(), MAILS), REASONS, NAMES)
def test_one_import_fits(
    one: Import, findings: list[Finding], owed: OwedMails | None, reasons: Any, name: str
) -> None:
    reports = {"summary": f"s3://bucket/{name}", "rejects": f"s3://bucket/{name}"}
    undecided = {MailState.HELD: reasons}
    details = ImportDetails(one, equations_of(one), reports, owed, undecided, findings)
    lines = screen(lambda printer: show_import(printer, details))
    assert too_wide(lines) == []
    assert sum(line.endswith(f" s3://bucket/{name}") for line in lines) == 2
    assert f"Import {IMPORT} of" in " ".join(lines)


@given(TEXTS, st.integers(10, COLUMNS), st.sampled_from(["", "    "]))
def test_no_word_is_cut_or_lost(text: str, width: int, indent: str) -> None:
    lines = wrapped(text, width, indent)
    assert " ".join(lines).split() == text.split()
    assert all(line.startswith(indent) for line in lines)


def test_a_pipe_gets_each_line_whole(capsys: pytest.CaptureFixture[str]) -> None:
    Printer().line("word " * 100)
    assert capsys.readouterr().out == "word " * 100 + "\n"
