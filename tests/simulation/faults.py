"""What goes wrong: each kind with a probability of its own, which the seed draws."""

from collections import Counter
from collections.abc import Mapping
from random import Random

EVENT_TWICE = "event delivered twice"
EVENT_LATE = "event delivered late, behind others"
KILLED_BEFORE = "killed before a call"
KILLED_AFTER = "killed after a call"
SLOW = "a call so slow that the time is over"
THROTTLED = "call throttled"
UNREACHABLE = "service out of reach"
LOST = "call carried out, answer lost"
PARTIAL = "batch carried out in part"
CONFLICT = "transaction cancelled by another's"
BROKEN_STREAM = "object's bytes break off"
OVERWRITTEN = "object overwritten while it is read"
DELETED = "object deleted while it is read"
MESSAGE_TWICE = "message delivered beside its first copy"
NOT_DELETED = "handled message not deleted"
POISON = "message from outside"
REPLAY = "stream read again from earlier"
SPLIT = "shard split"
RATE = "mail over the sending rate"
QUOTA = "mail quota used up for a day or more"
PAUSED = "mail account paused"
RECIPIENT = "recipient refused for now"
CLOCK = "clock wrong by minutes or hours"
LAG = "index behind its table"
STALE = "item read as it was a moment ago"
ROUND_TWICE = "round begun beside another"
ROUND_MISSED = "round not begun in its minute"
OPERATOR = "operator pauses, resumes or cancels an import's mails"
HURRIED = "time nearly over: the file is left to a continuation"

# The probability, at each occasion, when the seed has this kind at all: most runs have about half of them.
_MOST = {
    EVENT_TWICE: 0.5,
    EVENT_LATE: 0.3,
    KILLED_BEFORE: 0.05,
    KILLED_AFTER: 0.05,
    SLOW: 0.03,
    THROTTLED: 0.1,
    UNREACHABLE: 0.05,
    LOST: 0.05,
    PARTIAL: 0.2,
    CONFLICT: 0.1,
    BROKEN_STREAM: 0.3,
    OVERWRITTEN: 0.2,
    DELETED: 0.1,
    MESSAGE_TWICE: 0.2,
    NOT_DELETED: 0.1,
    POISON: 0.2,
    REPLAY: 0.1,
    SPLIT: 0.05,
    RATE: 0.2,
    QUOTA: 0.05,
    PAUSED: 0.05,
    RECIPIENT: 0.1,
    CLOCK: 0.1,
    LAG: 0.3,
    STALE: 0.3,
    ROUND_TWICE: 0.3,
    ROUND_MISSED: 0.3,
    OPERATOR: 0.3,
    HURRIED: 0.5,
}
KINDS = tuple(_MOST)
# In some runs invocations are often beside one another, over the same mails, and take each other for dead.
_RACES = {
    SLOW: 0.15,
    MESSAGE_TWICE: 0.5,
    REPLAY: 0.3,
    RATE: 0.4,
    RECIPIENT: 0.2,
    CLOCK: 0.3,
    ROUND_TWICE: 0.7,
    OPERATOR: 0.5,
}
_RACED = 0.4


class Faults:
    """The faults of one run, with these probabilities or drawn ones; `calm` ends them."""

    def __init__(self, random: Random, rates: Mapping[str, float] | None = None) -> None:
        self._random = random
        self._rates = _drawn(random) if rates is None else {**dict.fromkeys(KINDS, 0.0), **rates}
        self.injected: Counter[str] = Counter()
        self.calm = False

    def strike(self, kind: str) -> bool:
        """Whether this happens now."""
        if not (rate := self._rates[kind]) or self.calm or self._random.random() >= rate:
            return False
        self.injected[kind] += 1
        return True


def _drawn(random: Random) -> dict[str, float]:
    rates = {kind: random.choice((0.0, 0.2, 1.0)) * most for kind, most in _MOST.items()}
    return rates | (_RACES if random.random() < _RACED else {})
