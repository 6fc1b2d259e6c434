"""What is wrong with a stack, or worth knowing: a value, for whoever shows it."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Any

from .text import moment


class Gravity(IntEnum):
    """How much a finding matters, the worst first."""

    BLOCKED = 1  # something does not move, and will not until it is mended
    NEEDS_PERSON = 2  # all else moves; this waits for somebody
    NOT_SEEN = 3  # it could not be looked at, so nobody knows
    WAITS = 4  # it goes on by itself
    NOTE = 5  # worth knowing


class Cause(StrEnum):
    """The class of a finding's cause."""

    GONE = "gone"  # something that the stack made is there no more
    DISABLED = "disabled"
    DENIED = "denied"  # a permission is missing
    FAILING = "failing"  # a function's last result was an error
    REFUSED = "refused"  # SES takes no mail
    STUCK = "stuck"  # an import makes no progress
    LOST = "lost"  # what waited is neither done nor in a queue
    GIVEN_UP = "given_up"  # it waits in a failure queue
    DECISION = "decision"  # mails that an operator is to decide on
    QUOTA = "quota"
    UNSEEN = "unseen"  # the operator may not look, or the service did not answer
    ALARM = "alarm"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """Something that is wrong, or worth knowing.

    Attributes:
        gravity: How much it matters.
        cause: The class of its cause.
        what: What it is, without a full stop.
        mend: What is to be done, in words; empty if the command says it all, or there is nothing to do.
        command: What to type, if that is a command.
        since: Since when, in Unix seconds, if that is known.
    """

    gravity: Gravity
    cause: Cause
    what: str
    mend: str = ""
    command: str | None = None
    since: float | None = None

    def as_json(self) -> dict[str, Any]:
        """Returns the entry in the output of `--json`."""
        return {
            "gravity": self.gravity.name.lower(),
            "cause": self.cause,
            "what": self.what,
            "mend": self.mend or None,
            "command": self.command,
            "since": None if self.since is None else moment(self.since),
        }


class Verdict(IntEnum):
    """What findings come to; the values are the command's exit codes."""

    FINE = 0  # at rest, or moving
    NEEDS_PERSON = 1
    BLOCKED = 3


def by_gravity(findings: Iterable[Finding]) -> list[Finding]:
    """Returns the findings, the worst first, and those of one gravity in the order given."""
    return sorted(findings, key=lambda finding: finding.gravity)


def verdict_of(findings: Iterable[Finding]) -> Verdict:
    """Returns what the findings come to: what was not seen is a person's to look at, and never fine."""
    worst = min((finding.gravity for finding in findings), default=Gravity.NOTE)
    if worst == Gravity.BLOCKED:
        return Verdict.BLOCKED
    return Verdict.NEEDS_PERSON if worst <= Gravity.NOT_SEEN else Verdict.FINE
