"""Children's names are documented, and so stable: other programs' transforms go by them."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from components import BufferedWriter, CsvIngest, StreamNotifier

from .recording import record
from .samples import ingest_args, notifier_args, writer_args


def documented(component: type) -> set[str]:
    listed = re.search(r"Children of a component `x`.*?(?=\n\n)", component.__doc__ or "", re.DOTALL)
    assert listed
    return set(re.findall(r"\bx(?:-[a-z]+)+", listed[0]))


@pytest.mark.parametrize(
    ("component", "create"),
    [
        (CsvIngest, lambda: CsvIngest("x", ingest_args(cors_origins=["https://a.example.com"]))),
        (BufferedWriter, lambda: BufferedWriter("x", writer_args())),
        (StreamNotifier, lambda: StreamNotifier("x", notifier_args())),
    ],
)
def test_the_documented_names_are_the_names(component: type, create: Callable[[], Any]) -> None:
    recorded = record(lambda: create())
    assert recorded.names() - {"x"} == documented(component)
    assert {r.parent for r in recorded.resources if r.name != "x"} == {"x"}


def test_two_of_a_kind_get_along() -> None:
    def program() -> None:
        BufferedWriter("one", writer_args())
        BufferedWriter("two", writer_args())

    recorded = record(program)
    assert len(recorded.resources) == 2 * len(documented(BufferedWriter)) + 2
