"""How a file is read is what the first attempt at it was told, whatever is deployed meanwhile."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from lambdas.csvfile.options import ReadOptions
from lambdas.process_csv import reading

from ...helpers.csv_files import limits
from ...helpers.fakes import Killed, kill
from ...helpers.imports import HEAD, ImportScenario, person

DATA = HEAD + b"".join(person(n) if n % 7 else b"bad,%d\n" % n for n in range(1, 1_001))
FIRST = ReadOptions("windows-1252", 10, 5_000, 400_000, 2_000)
DEPLOYED_LATER = ReadOptions("latin-1", 9, 4_000, 300_000, 1_500)
pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[dict[str, Any]]]:
    """What open_csv and reopen_csv are told, call by call, of a file with many small pieces."""
    heard: list[dict[str, Any]] = []

    def listen(name: str) -> None:
        call = getattr(reading, name)

        def listening(*args: Any, **options: Any) -> Any:
            heard.append(options)
            return call(*args, **options)

        monkeypatch.setattr(reading, name, listening)

    listen("open_csv")
    listen("reopen_csv")
    with limits(piece=4_096):
        yield heard


def test_a_file_is_opened_with_its_size(told: list[dict[str, Any]]) -> None:
    ImportScenario(DATA).run(options=FIRST)
    assert told == [{"options": FIRST, "size": len(DATA)}]


def test_a_repetition_reads_as_the_first_attempt_did(told: list[dict[str, Any]]) -> None:
    scenario = ImportScenario(DATA)
    scenario.calls.after[2] = kill
    with pytest.raises(Killed):
        scenario.run(options=FIRST)
    scenario.run(options=DEPLOYED_LATER)
    assert [each["options"] for each in told] == [FIRST, FIRST]


def test_a_continuation_reads_as_the_first_part_was_read(told: list[dict[str, Any]]) -> None:
    scenario = ImportScenario(DATA)
    scenario.run(options=FIRST, out_of_time=lambda: True)
    checkpoint = json.loads(scenario.s3.objects[scenario.entry["checkpoint"]])
    scenario.run(options=DEPLOYED_LATER, number=1)
    first, second = told
    assert first["options"] == second["options"] == FIRST
    header, next_row = 1, 1
    assert second["rows_before"] == checkpoint["bookmark"]["place"]["line"] - header - next_row > 0


def test_what_is_dumped_is_what_is_parsed() -> None:
    assert ReadOptions.parse(FIRST.dump()) == FIRST
    assert ReadOptions.parse(ReadOptions().dump()) == ReadOptions()
