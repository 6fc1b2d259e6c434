"""A paced round sends at the rate that SES names, and not above: of minutes, with rounds handing over."""

from collections import Counter
from random import Random
from typing import Any

import pytest

from lambdas.core.import_ledger import ImportLedger
from lambdas.core.mail import Mail
from lambdas.core.mail_gate import MailGate
from lambdas.core.mail_ledger import MailLedger
from lambdas.core.mail_writes import Owing
from tests.unit.helpers.clock import most_within

from .faults import Faults
from .pipeline import EXPIRE_DAYS, IMPORTS, Pipeline
from .substitutes import AS_DEPLOYED, substituted
from .tables import MAILS
from .world import START, Process, World

_MINUTES = 5
_MOST_STEPS = 2_000_000
_GROUP = 50
_IMPORTS = ("a" * 20, "b" * 20)


class Measured:
    """When mails left, and how often SES refused a call for the rate."""

    def __init__(self, rate: int, *, bulk_limited: bool, minutes: int = _MINUTES) -> None:
        self.left: list[float] = []
        self.refused: Counter[str] = Counter()
        self.calls: Counter[str] = Counter()
        self.rounds = 0
        self._minutes = minutes
        with substituted(AS_DEPLOYED):
            self._run(rate, bulk_limited)

    @property
    def rate(self) -> float:
        """Mails a second, from the first that left to the last."""
        return len(self.left) / (self.left[-1] - self.left[0])

    def _run(self, rate: int, bulk_limited: bool) -> None:
        faults = Faults(Random(0))
        faults.calm = True
        world = World(0, most_steps=_MOST_STEPS)
        pipeline = Pipeline(
            world,
            faults,
            rate=rate,
            bulk_limited=bulk_limited,
            bulk_seconds=0.35,
            single_seconds=0.1,
        )
        limits = pipeline.mail._limits
        check, book = limits.check, limits.book

        def checked(action: str, now: float, mails: int = 0) -> None:
            try:
                check(action, now, mails)
            except Exception:
                self.refused[action] += 1
                raise

        def booked(now: float, mails: int) -> None:
            self.left += [now] * mails
            book(now, mails)

        limits.check, limits.book = checked, booked  # type: ignore[method-assign]
        process = Process("stream")
        world.spawn(process, lambda: owe(pipeline, rate * 60 * self._minutes))
        world.run()
        self.calls = pipeline.mail.calls
        self.rounds = pipeline.functions.counts["mail_round"]


def owe(pipeline: Pipeline, count: int) -> None:
    """Enter mails as owed."""
    dynamodb: Any = pipeline.tables
    gate = MailGate(dynamodb, MAILS)
    gate.register(_IMPORTS, gate.read(_IMPORTS))
    ledger = MailLedger(dynamodb, MAILS, ImportLedger(dynamodb, IMPORTS, EXPIRE_DAYS), EXPIRE_DAYS)
    for start in range(0, count, 1000):
        mails = [
            Mail(f"{n:032x}", _IMPORTS[n % 2], n, {"email": f"p{n}@example.com"}, {"email": {"S": f"p{n}"}})
            for n in range(start, min(count, start + 1000))
        ]
        ledger.owe(mails, "stream", Owing("the door is shut", START, START))


@pytest.mark.parametrize("bulk_limited", [False, True])
@pytest.mark.parametrize("rate", [14, 50, 200])
def test_a_round_sends_at_the_accounts_rate_and_never_above(rate: int, bulk_limited: bool) -> None:
    measured = Measured(rate, bulk_limited=bulk_limited)
    assert len(measured.left) == rate * 60 * _MINUTES
    assert most_within(1, measured.left) <= rate
    assert measured.rate >= 0.9 * rate
    # That bulk calls are limited shows when more than one are under way; each round finds out for itself.
    under_way = -(-rate // _GROUP)
    assert measured.refused.total() <= (measured.rounds * under_way if bulk_limited and under_way > 1 else 0)
    assert bool(measured.calls["SendEmail"]) == (bulk_limited and under_way > 1)
