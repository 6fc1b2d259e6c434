"""The promises hold at the end of every run; `make simulate SEEDS=N` runs any number more."""

from collections import Counter

import pytest

from .faults import KINDS
from .run import Result, run
from .substitutes import substituted

_SEEDS = 400


@pytest.fixture(scope="module")
def results() -> list[Result]:
    with substituted():
        return [run(seed) for seed in range(_SEEDS)]


def test_nothing_is_lost_and_nobody_is_mailed_twice(results: list[Result]) -> None:
    assert {result.seed: result.wrong for result in results if result.wrong} == {}
    assert sum(result.lost + result.twice for result in results) == 0
    assert sum(result.mails for result in results) > _SEEDS


def test_every_fault_is_injected(results: list[Result]) -> None:
    injected = sum((result.injected for result in results), Counter[str]())
    assert [kind for kind in KINDS if not injected[kind]] == []


def test_a_seed_replays() -> None:
    def replayed() -> tuple[Result, list[str]]:
        lines: list[str] = []
        return run(0, lines.append), lines

    with substituted():
        once, again = replayed(), replayed()
    assert once == again
    assert len(once[1]) > 50
