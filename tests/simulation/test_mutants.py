"""The simulation can fail: with any guard taken out, some seed catches it."""

from collections.abc import Callable

import pytest

from .mutants import MUTANTS
from .run import run
from .substitutes import substituted

_SEEDS = 1000


@pytest.mark.parametrize("mutate", MUTANTS, ids=lambda mutate: mutate.__name__)
def test_a_seed_catches_it(mutate: Callable[[pytest.MonkeyPatch], None]) -> None:
    with substituted(), pytest.MonkeyPatch.context() as patch:
        mutate(patch)
        assert any(run(seed).wrong for seed in range(_SEEDS))
