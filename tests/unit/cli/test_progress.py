import io
import re
import threading

import pytest
from rich.console import Console

from cli import progress as module
from cli.progress import Bars, Lines, progress, sending
from lambdas.core.books import Books
from operations.imports import Import


def console(*, terminal: bool) -> tuple[Console, io.StringIO]:
    out = io.StringIO()
    return Console(file=out, force_terminal=terminal, width=100), out


def one(status: str, **counts: int) -> Import:
    return Import("a.csv", "k", "id", status, books=Books(**counts))


def test_a_terminal_gets_bars_and_a_pipe_lines() -> None:
    assert isinstance(progress(console(terminal=True)[0]), Bars)
    assert isinstance(progress(console(terminal=False)[0]), Lines)


def test_bars_show_every_stage() -> None:
    terminal, out = console(terminal=True)
    with progress(terminal) as shown:
        shown.show([one("waiting")])
        shown.show([one("reading", created=40, mailed=7)])
        shown.show([one("done", read=50, accepted=50, created=50, mailed=30)])
    last_frame = "process_csv" + out.getvalue().rpartition("process_csv")[2]
    stages = ("process_csv", "50 read", "insert_records", "50 created", "send_email", "30 mailed")
    assert re.search(".*".join(stages), last_frame, re.DOTALL)


def test_lines_come_once_a_second_and_at_the_end_and_only_with_news() -> None:
    pipe, out = console(terminal=False)
    with progress(pipe) as shown:
        shown.show([one("waiting")])
        for created in range(1, 50):
            shown.show([one("done", read=50, accepted=50, created=created)])
        shown.show([one("done", read=50, accepted=50, created=50, mailed=50)])
        shown.show([one("done", read=50, accepted=50, created=50, mailed=50)])
    lines = out.getvalue().splitlines()
    assert len(lines) == 2
    assert lines[0].endswith("50 rows read, 0 rejected, 1 created, 0 duplicates, 0 mailed")
    assert lines[1].endswith("50 rows read, 0 rejected, 50 created, 0 duplicates, 50 mailed")


def test_how_much_of_a_file_is_sent_is_a_bar_on_a_terminal() -> None:
    terminal, out = console(terminal=True)
    with sending(terminal, "[bold]a.csv", 5_000_000) as add:
        add(2_000_000)
        add(3_000_000)
    last_frame = out.getvalue().rpartition("[bold]a.csv")[2]
    assert "5.0/5.0 MB" in last_frame


def test_how_much_of_a_file_is_sent_is_a_line_a_second_in_a_pipe(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LINE_SECONDS", 0.0)
    pipe, out = console(terminal=False)
    with sending(pipe, "a.csv", 5_000_000) as add:
        threads = [threading.Thread(target=add, args=[1_000_000]) for _ in range(5)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert out.getvalue().splitlines() == [f"{n},000,000 of 5,000,000 bytes" for n in range(1, 6)]
