"""How long a mail waits."""

import pytest

from lambdas.core.retry_delays import ASK_AGAIN_SECONDS, LOOK_AGAIN_SECONDS, wait_after


@pytest.mark.parametrize(
    ("waited", "wait"),
    [(-1, 300), (0, 300), (299, 300), (600, 600), (4_800, 4_800), (10_800, 10_800), (10**7, 10_800)],
)
def test_a_mail_waits_as_long_again_from_minutes_up_to_three_hours(waited: float, wait: float) -> None:
    assert wait_after(waited) == wait


def test_an_account_that_took_nothing_is_looked_at_after_minutes() -> None:
    assert LOOK_AGAIN_SECONDS == 300


def test_an_account_that_can_be_asked_is_asked_by_every_round() -> None:
    assert ASK_AGAIN_SECONDS < 60
