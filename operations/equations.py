"""An import's counts as the equations that hold of them, on the way, too."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .imports import Import


@dataclass(frozen=True)
class Equation:
    """`number` rows are `of`, which is the sum of the terms."""

    of: str
    number: int
    terms: Mapping[str, int]

    def as_json(self) -> dict[str, Any]:
        """Returns the entry in the output of `--json`."""
        return {"of": self.of, "number": self.number, "terms": dict(self.terms)}


def equations_of(one: Import) -> list[Equation]:
    """Returns an import's equations: where its rows ended, and its mails.

    How many were read is known once all are, so before that there is none on it. Where no mails follow from
    what was created, there is none on those.
    """
    books = one.books
    ends = ("created", "duplicates", "failed")
    found = [Equation("written", books.written, {name: getattr(books, name) for name in ends})]
    if one.read_to_the_end:
        found = [
            _equation(one, "read", "not read", "accepted", "rejected"),
            _equation(one, "accepted", "to be written", *ends),
        ]
    mails = _equation(one, "created", "owed", "mailed", "undeliverable", "held", "cancelled")
    return found if one.settled and "owed" in mails.terms else [*found, mails]


def _equation(one: Import, of: str, rest: str, *names: str) -> Equation:
    number = getattr(one.books, of)
    terms = {name: getattr(one.books, name) for name in names}
    missing = number - sum(terms.values())
    return Equation(of, number, {**terms, **({rest: missing} if missing else {})})
