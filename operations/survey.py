"""What an operator is shown before something is done, and what was done: of messages, or of mails."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol


@dataclass(frozen=True)
class Staying:
    """What stays as it is, and why.

    Attributes:
        id: The message's or mail's.
        name: What it is, on a line.
        reason: Why it needs to be dealt with.
        why: Why it stays.
    """

    id: str
    name: str
    reason: str
    why: str


@dataclass
class Survey:
    """What there is to deal with, and what was done.

    Attributes:
        noun: What it is of: "message" or "mail".
        in_flight: Messages that others had received before.
        chosen: The names of those to deal with, by id.
        reasons: Why those need it.
        stay: Those that stay.
        others: How many were left out: by their reason, or because they are another command's.
        done: How many were dealt with.
    """

    noun: str
    in_flight: int = 0
    chosen: dict[str, str] = field(default_factory=dict)
    reasons: Counter[str] = field(default_factory=Counter)
    stay: list[Staying] = field(default_factory=list)
    others: int = 0
    done: int = 0

    @property
    def not_found(self) -> int:
        """How many of those chosen were not there any more as they were, once all is done."""
        return len(self.chosen) - self.done - sum(each.id in self.chosen for each in self.stay)

    def as_json(self, *, dry_run: bool) -> dict[str, Any]:
        """Returns what `--json` prints."""
        return {
            "chosen": len(self.chosen),
            "reasons": dict(self.reasons.most_common()),
            "other_reasons": self.others,
            "dry_run": dry_run,
            "done": self.done,
            "stay": [
                {self.noun: each.id, "is": each.name, "reason": each.reason, "stays": each.why}
                for each in self.stay
            ],
        }


def untold(_: int) -> None:
    """In place of progress that nobody asked for."""


class Work(Protocol):
    """Something that is shown first, and done only then; `noun` is what it deals with."""

    noun: ClassVar[str]

    def survey(self, progress: Callable[[int], None] = untold) -> Survey:
        """Look at what there is to deal with; changes nothing.

        Args:
            progress: Called with the number that were looked at since the last call.
        """

    def carry_out(self, survey: Survey, progress: Callable[[int], None]) -> None:
        """Deal with what the survey chose, and no more.

        Args:
            survey: What `survey` returned; what comes of it is noted in there.
            progress: Called with the number that were dealt with since the last call.
        """
