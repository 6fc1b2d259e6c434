"""Files checked, uploaded and followed, over services in memory."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

import operations.upload_run as module
from operations.errors import OperationError, UsageError
from operations.imports import Import
from operations.upload_plan import PlannedUpload
from operations.upload_run import UploadRun

from ..helpers.stack import IMPORT, OTHER_IMPORT
from ..helpers.uploads import HEADER, NOON, UploadStack, wait_by

GOOD, BAD, REFUSED = HEADER + b"a@example.com,Ann\n", HEADER + b"no,Bob\n", b"name\nBob\n"


@pytest.fixture
def scenario() -> UploadStack:
    return UploadStack()


@pytest.fixture
def files(tmp_path: Path) -> Callable[..., list[Path]]:
    def write(**contents: bytes) -> list[Path]:
        paths = []
        for name, data in contents.items():
            paths.append(tmp_path / f"{name}.csv")
            paths[-1].write_bytes(data)
        return paths

    return write


class Sent:
    """What a command is told while files are sent."""

    def __init__(self) -> None:
        self.bytes: dict[str, tuple[int, int]] = {}

    @contextmanager
    def __call__(self, planned: PlannedUpload, size: int) -> Iterator[Callable[[int], None]]:
        sent = [0]
        yield lambda number: sent.append(number)
        self.bytes[planned.key] = sum(sent), size


def uploaded(scenario: UploadStack, files: Sequence[Path]) -> UploadRun:
    run = UploadRun(scenario.stack)
    run.check(files, lambda _: None)
    assert [each.key for each in run.upload(Sent())] == [*run.imports]
    return run


def test_each_file_is_checked_then_uploaded_and_told_of(
    scenario: UploadStack, files: Callable[..., list[Path]]
) -> None:
    run, looked, sent = UploadRun(scenario.stack), list[Any](), Sent()
    paths = files(a=GOOD, b=BAD)
    run.check(paths, looked.append)
    assert (looked, scenario.s3.objects) == (paths, {})
    assert [each.checked.rejected for each in run.planned] == [0, 1]
    assert [each.key for each in run.upload(sent)] == ["uploads/a.csv", "uploads/b.csv"]
    assert scenario.s3.objects == {"uploads/a.csv": GOOD, "uploads/b.csv": BAD}
    assert sent.bytes == {"uploads/a.csv": (len(GOOD),) * 2, "uploads/b.csv": (len(BAD),) * 2}
    assert (run.uploaded, run.refused, run.succeeded) == (True, {}, False)  # which nobody knows yet
    assert list(run.commands()) == ["rowrelay status --stack dev"]


def test_a_file_that_is_refused_is_not_uploaded_and_the_others_are(
    scenario: UploadStack, files: Callable[..., list[Path]]
) -> None:
    run = uploaded(scenario, files(a=REFUSED, b=GOOD))
    assert scenario.s3.objects == {"uploads/b.csv": GOOD}
    assert not run.uploaded
    assert run.refused == {"uploads/a.csv": "it would be rejected as a whole"}


def test_a_file_that_cannot_be_sent_leaves_the_others_alone(
    scenario: UploadStack, files: Callable[..., list[Path]]
) -> None:
    scenario.s3.refused = {"uploads/a.csv"}
    run = uploaded(scenario, files(a=GOOD, b=GOOD))
    assert scenario.s3.objects == {"uploads/b.csv": GOOD}
    assert "a.csv could not be uploaded: An error occurred (AccessDenied)" in run.refused["uploads/a.csv"]


def test_two_of_one_name_are_refused_before_any_is_checked(scenario: UploadStack, tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        UploadRun(scenario.stack).check([tmp_path / "a.csv"] * 2, lambda _: pytest.fail("it was looked at"))


def test_an_interrupted_run_knows_what_was_uploaded(
    scenario: UploadStack, files: Callable[..., list[Path]]
) -> None:
    def interrupt(key: str) -> None:
        if key == "uploads/b.csv":
            raise KeyboardInterrupt

    scenario.s3.on_upload = interrupt
    run = UploadRun(scenario.stack)
    run.check(files(a=GOOD, b=GOOD, c=GOOD), lambda _: None)
    with pytest.raises(KeyboardInterrupt):
        list(run.upload(Sent()))
    assert ([*run.imports], run.uploading) == (["uploads/a.csv"], "uploads/b.csv")


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], None]], None]:
    """Has each wait of a watch do something else."""
    return lambda instead: wait_by(monkeypatch, instead)


def settle(scenario: UploadStack) -> None:
    scenario.put_import(IMPORT, "uploads/a.csv", NOON + timedelta(hours=1), settled_at="2026-01-31T14:00:00Z")


def test_it_is_followed_until_it_is_settled_and_its_rejects_are_beside_it(
    scenario: UploadStack, files: Callable[..., list[Path]], watched: Any, tmp_path: Path
) -> None:
    scenario.put_import(OTHER_IMPORT, "uploads/a.csv", settled_at="2026-01-31T12:00:00Z")  # of last time
    scenario.s3.objects["r"] = b"_line,_reason,_row\r\n"
    shown: list[Import] = []
    steps = iter([{}, {"settled_at": "2026-01-31T14:00:00Z"}])
    later = NOON + timedelta(hours=1)
    watched(lambda: scenario.put_import(IMPORT, "uploads/a.csv", later, **next(steps)))
    run = uploaded(scenario, files(a=BAD))
    run.watch(lambda imports: shown.extend(imports))
    assert [(one.id, one.settled) for one in shown] == [(None, False), (IMPORT, False), (IMPORT, True)]
    assert (run.why, run.succeeded, list(run.commands())) == ("", True, [])
    assert run.saved == {"uploads/a.csv": tmp_path / "a.rejects.csv"}
    [entry] = run.as_json()["files"]
    assert (entry["uploaded"], entry["import"]["import"]) == (True, IMPORT)
    assert entry["rejects_file"] == str(tmp_path / "a.rejects.csv")


def test_rejects_that_cannot_be_written_are_a_problem_and_no_failure(
    scenario: UploadStack, files: Callable[..., list[Path]], watched: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_args: object) -> None:
        raise OperationError("no room")

    monkeypatch.setattr(module, "save_rejects", full)
    watched(lambda: settle(scenario))
    run = uploaded(scenario, files(a=BAD))
    run.watch(lambda _: None)
    assert (run.problems, run.saved, run.succeeded) == (["no room"], {}, True)


def test_what_is_interrupted_while_it_is_watched_is_seen_by_its_id(
    scenario: UploadStack, files: Callable[..., list[Path]], watched: Any
) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    run = uploaded(scenario, files(a=GOOD, b=GOOD))
    scenario.put_import(IMPORT, "uploads/a.csv", NOON + timedelta(hours=1))
    watched(interrupt)
    with pytest.raises(KeyboardInterrupt):
        run.watch(lambda _: None)
    assert list(run.commands()) == [
        f"rowrelay status --import {IMPORT} --stack dev",
        "rowrelay status --stack dev",
    ]
