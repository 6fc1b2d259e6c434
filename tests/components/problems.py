"""What a component finds wrong with its arguments."""

from collections.abc import Callable
from typing import Any

import pytest

from components import BufferedWriter, CsvIngest, StreamNotifier

from .recording import record
from .samples import ingest_args, notifier_args, writer_args


def problems_of(create: Callable[[], Any]) -> list[str]:
    """The problems that a component raises, having created nothing."""
    lines: list[str] = []

    def program() -> None:
        with pytest.raises(ValueError, match="cannot be created:\n") as caught:
            create()
        lines.extend(str(caught.value).split("\n"))

    assert record(program).resources == []
    return [line.removeprefix("  - ") for line in lines[1:]]


def ingest_problems(name: str = "in", **changes: Any) -> list[str]:
    return problems_of(lambda: CsvIngest(name, ingest_args(**changes)))


def writer_problems(**changes: Any) -> list[str]:
    return problems_of(lambda: BufferedWriter("w", writer_args(**changes)))


def notifier_problems(**changes: Any) -> list[str]:
    return problems_of(lambda: StreamNotifier("n", notifier_args(**changes)))
