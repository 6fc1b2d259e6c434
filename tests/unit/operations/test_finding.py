"""What findings come to."""

import pytest

from operations.finding import Cause, Finding, Gravity, Verdict, by_gravity, verdict_of


def of(*gravities: Gravity) -> list[Finding]:
    return [Finding(gravity=each, cause=Cause.GONE, what=each.name) for each in gravities]


@pytest.mark.parametrize(
    ("gravities", "verdict"),
    [
        ((), Verdict.FINE),
        ((Gravity.NOTE, Gravity.WAITS), Verdict.FINE),
        ((Gravity.NOTE, Gravity.NOT_SEEN), Verdict.NEEDS_PERSON),
        ((Gravity.WAITS, Gravity.NEEDS_PERSON), Verdict.NEEDS_PERSON),
        ((Gravity.NOT_SEEN, Gravity.NEEDS_PERSON, Gravity.BLOCKED), Verdict.BLOCKED),
    ],
)
def test_the_worst_decides_and_what_was_not_seen_is_never_fine(
    gravities: tuple[Gravity, ...], verdict: Verdict
) -> None:
    assert verdict_of(of(*gravities)) == verdict


def test_the_exit_codes() -> None:
    assert [int(verdict) for verdict in Verdict] == [0, 1, 3]


def test_the_worst_comes_first_and_the_rest_as_it_came() -> None:
    found = of(Gravity.NOTE, Gravity.BLOCKED, Gravity.NOTE, Gravity.NEEDS_PERSON)
    assert [each.gravity for each in by_gravity(found)] == [1, 2, 5, 5]


def test_as_json() -> None:
    one = Finding(gravity=Gravity.NOT_SEEN, cause=Cause.UNSEEN, what="x", since=1_800_000_000)
    assert one.as_json() == {
        "gravity": "not_seen",
        "cause": "unseen",
        "what": "x",
        "mend": None,
        "command": None,
        "since": "2027-01-15T08:00:00Z",
    }
