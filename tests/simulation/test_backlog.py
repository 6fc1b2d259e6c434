"""A backlog of fifty days, small enough for a test; `make simulate BACKLOG=10000` has all of it."""

from .backlog import work_off


def test_everyone_is_mailed_once_and_the_stream_does_not_wait() -> None:
    backlog = work_off(users=500, quota=10)
    assert (backlog.wrong, backlog.mailed, backlog.given_up) == ([], 500, 0)
    assert 49 <= backlog.days < 51
    assert backlog.stream_seconds < 60
