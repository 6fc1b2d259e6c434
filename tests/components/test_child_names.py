"""Children's names are documented, and so stable: other programs' transforms go by them."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from components import COMPONENTS, BufferedWriter, CsvIngest, ImportLedger, StreamNotifier, defaults

from .recording import record
from .samples import ingest_args, notifier_args, writer_args


def documented(component: type) -> set[str]:
    listed = re.search(r"Children of a component `x`.*?(?=\n\n)", component.__doc__ or "", re.DOTALL)
    assert listed
    return set(re.findall(r"\bx(?:-[a-z]+)+", listed[0]))


Create = Callable[[str], Any]
CREATED = [
    (
        CsvIngest,
        lambda name: CsvIngest(
            name, ingest_args(cors_origins=["https://a.example.com"], notification="eventbridge")
        ),
    ),
    (BufferedWriter, lambda name: BufferedWriter(name, writer_args(on_conflict="replace"))),
    (StreamNotifier, lambda name: StreamNotifier(name, notifier_args())),
    (ImportLedger, lambda name: ImportLedger(name, {})),
]


@pytest.mark.parametrize(("component", "create"), CREATED)
def test_the_documented_names_are_the_names(component: type, create: Create) -> None:
    recorded = record(lambda: create("x"))
    assert recorded.names() - {"x"} == documented(component)
    assert {r.parent for r in recorded.resources if r.name != "x"} == {"x"}


@pytest.mark.parametrize(("component", "create"), CREATED)
def test_the_longest_name_leaves_room_for_the_childrens(component: type, create: Create) -> None:
    recorded = record(lambda: create("x" * defaults.COMPONENT_NAME_MAX))
    limited = ("iam/role:Role", "lambda/function:Function", "cloudwatch/eventRule:EventRule")
    names = [each.name for kind in limited for each in recorded.all(kind)]
    assert names, component
    assert max(len(f"{name}-1234567") for name in names) <= 64


def test_no_component_is_left_out() -> None:
    assert [component for component, _ in CREATED] == list(COMPONENTS)


def test_two_of_a_kind_get_along() -> None:
    def program() -> None:
        BufferedWriter("one", writer_args())
        BufferedWriter("two", writer_args())

    recorded = record(program)
    assert len(recorded.resources) == 2 * len(documented(BufferedWriter) - {"x-replacing"}) + 2
