"""An import's counts as equations, at rest and on the way."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from lambdas.core.books import Books
from operations.equations import Equation, equations_of
from operations.import_progress import Progress
from operations.imports import Import

SETTLED = Progress(settled_at="2026-01-01T00:00:00.000Z", revision=1)
BOOKS = st.builds(Books, **dict.fromkeys(Books.__dataclass_fields__, st.integers(0, 10**6)))


def of(books: Books, status: str = "done", settled: Progress | None = None) -> list[Equation]:
    return equations_of(Import("a", "a", "id", status=status, books=books, progress=settled or Progress()))


def test_at_rest_they_are_those_of_the_promises() -> None:
    rows = Books(read=10, accepted=8, rejected=2, created=5, duplicates=2, failed=1)
    assert of(replace(rows, mailed=2, undeliverable=1, held=1, cancelled=1)) == [
        Equation("read", 10, {"accepted": 8, "rejected": 2}),
        Equation("accepted", 8, {"created": 5, "duplicates": 2, "failed": 1}),
        Equation("created", 5, {"mailed": 2, "undeliverable": 1, "held": 1, "cancelled": 1}),
    ]


def test_on_the_way_what_is_to_come_is_a_term() -> None:
    _, accepted, created = of(Books(read=9, accepted=9, created=4, mailed=1))
    assert accepted.terms["to be written"] == 5
    assert created.terms["owed"] == 3


def test_how_many_were_read_is_known_once_all_are() -> None:
    written, created = of(Books(created=4, duplicates=1), "reading")
    assert written == Equation("written", 5, {"created": 4, "duplicates": 1, "failed": 0})
    assert created.of == "created"


def test_where_no_mails_follow_there_is_none_on_mails() -> None:
    books = Books(read=2, accepted=2, created=2)
    assert [each.of for each in of(books, settled=SETTLED)] == ["read", "accepted"]
    assert [each.of for each in of(books)] == ["read", "accepted", "created"]


@given(BOOKS, st.sampled_from(["reading", "done", "rejected", "failed"]))
def test_each_adds_up_whatever_the_counts(books: Books, status: str) -> None:
    found = equations_of(Import("a", "a", "id", status=status, books=books))
    assert all(each.number == sum(each.terms.values()) for each in found)
