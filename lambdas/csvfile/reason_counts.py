"""Why the rows of a file were rejected, grouped by what is wrong and counted, whatever the file holds."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from itertools import chain, islice

from .validate import Reject

KINDS = 100  # that are told apart; each further one is counted under the name below
OTHER_REASONS = "other reasons"
_LINES = 5


@dataclass
class ReasonCount:
    """A kind of fault: the rows that have it, and the lines of the first of them.

    A row of two kinds counts for both, and twice where both are among the other reasons.
    """

    reason: str
    rows: int = 0
    lines: list[int] = field(default_factory=list)

    @property
    def where(self) -> str:
        """The lines as people are shown them: `lines 4, 9, …`."""
        more = ["…"] if self.rows > len(self.lines) else []
        return f"line{'s' if self.rows > 1 else ''} {', '.join([*map(str, self.lines), *more])}"


class ReasonCounts:
    """Counts the kinds of faults of a file's rejects, from those counted before on."""

    def __init__(self, counts: Iterable[ReasonCount] = ()) -> None:
        self._counts = {each.reason: replace(each, lines=list(each.lines)) for each in counts}

    @property
    def counts(self) -> list[ReasonCount]:
        """The kinds in the order in which they were first met."""
        return [replace(each, lines=list(each.lines)) for each in self._counts.values()]

    def add(self, rejects: Iterable[Reject]) -> None:
        """Count rejects, in the file's order."""
        for reject in rejects:
            for kind in dict.fromkeys(reject.kinds or (reject.reason,)):
                count = self._counts.get(kind) or self._first(kind)
                count.rows += 1
                if len(count.lines) < _LINES and reject.line not in count.lines:  # of two other reasons
                    count.lines.append(reject.line)

    def _first(self, kind: str) -> ReasonCount:
        name = kind if len(self._counts) < KINDS else OTHER_REASONS
        return self._counts.setdefault(name, ReasonCount(name))


def most_common(counts: Iterable[ReasonCount], number: int) -> list[ReasonCount]:
    """Returns so many kinds, those of the most rows first, and what is left as one entry, the last."""
    ordered = sorted(counts, key=lambda each: (each.reason == OTHER_REASONS, -each.rows))
    named = sum(each.reason != OTHER_REASONS for each in ordered[:number])
    kept, rest = ordered[:named], ordered[named:]
    return [*kept, _together(rest)] if rest else kept


def _together(counts: list[ReasonCount]) -> ReasonCount:
    lines = sorted({*chain.from_iterable(each.lines for each in counts)})
    return ReasonCount(OTHER_REASONS, sum(each.rows for each in counts), list(islice(lines, _LINES)))
