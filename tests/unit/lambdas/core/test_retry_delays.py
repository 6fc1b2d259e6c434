import pytest

from lambdas.core.retry_delays import GIVE_UP_SECONDS, RENEW_SECONDS, wait_after

_DAY = 24 * 60 * 60


@pytest.mark.parametrize(
    ("receives", "wait"), [(1, 300), (2, 600), (5, 4_800), (6, 9_600), (7, 10_800), (10_000, 10_800)]
)
def test_waits_double_up_to_three_hours(receives: int, wait: int) -> None:
    assert wait_after(receives) == wait


def test_a_message_is_renewed_before_its_queue_forgets_it() -> None:
    # The queue keeps a message for 14 days, and delivers it no more often than it could in 7.
    assert RENEW_SECONDS + wait_after(10_000) < 7 * _DAY
    assert GIVE_UP_SECONDS == 90 * _DAY
