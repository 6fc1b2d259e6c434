from typing import Any

import pytest

from operations.redrive import Redrive
from operations.survey import Survey

from ..helpers.failure_queue import FakeFailureQueue, filled, redrive_of
from ..helpers.fakes import Killed
from ..helpers.fakes_queue import FakeQueues

BODIES = [str(n) for n in range(25)]


def redrive(sqs: Any, **of: Any) -> Survey:
    """Look, and do."""
    one = redrive_of(sqs, **of)
    survey = one.survey()
    one.carry_out(survey, lambda _: None)
    return survey


@pytest.mark.parametrize("after", [0, 1, 9, 10, 11, 24])
def test_killed_anywhere_and_repeated_no_message_is_lost(after: int) -> None:
    sqs = filled(*BODIES)
    with pytest.raises(Killed):
        redrive(sqs, killed_after=after)
    sqs.hidden.clear()  # as after so many minutes
    assert set(sqs.bodies("work")) | set(sqs.bodies("dead")) == set(BODIES)
    assert redrive(sqs).stay == []
    assert (set(sqs.bodies("work")), sqs.bodies("dead")) == (set(BODIES), [])


def test_a_message_that_fails_anew_is_left_for_the_next_time() -> None:
    sqs = filled("a", "b")
    assert redrive(sqs, to="dead").stay == []
    assert sorted(sqs.bodies("dead")) == ["a", "b"]


def test_a_survey_changes_nothing() -> None:
    sqs = filled("a", "poison")
    redrive_of(sqs).survey()
    assert (sqs.bodies("dead"), sqs.bodies("work"), sqs.hidden) == (["a", "poison"], [], set())


def test_only_messages_with_the_text_in_their_reason_are_sent() -> None:
    sqs = filled("a", "b", "c")
    assert redrive(sqs, reason="reason 1").stay == []
    assert (sqs.bodies("work"), sqs.bodies("dead"), sqs.hidden) == (["b"], ["a", "c"], set())


def test_what_is_left_out_by_its_reason_is_not_classified() -> None:
    sqs = filled("a", "b")
    queue = FakeFailureQueue(sqs)
    survey = Redrive(sqs=sqs, queue_url="dead", queue=queue, reason="reason 1").survey()
    assert (survey.others, queue.classified) == (1, ["b"])


def test_discarding_takes_what_is_stuck_and_nothing_else() -> None:
    sqs = filled("a", "poison")
    survey = redrive(sqs, discard=True)
    assert (survey.done, dict(survey.reasons)) == (1, {"Reason 1; it is poison": 1})
    assert [(each.name, each.why) for each in survey.stay] == [
        ("message a", "it can be sent again, without --discard")
    ]
    assert (sqs.bodies("work"), sqs.bodies("dead"), sqs.hidden) == ([], ["a"], set())


@pytest.mark.parametrize(("reason", "done"), [("poison", 1), ("reason 0", 1), ("reason 1", 0)])
def test_discarding_finds_the_text_in_why_it_is_stuck_too(reason: str, done: int) -> None:
    assert redrive(filled("poison", "b"), discard=True, reason=reason).done == done


@pytest.mark.parametrize(
    ("body", "reason", "told"),
    [
        ("poison", "its import is unknown", "its import is unknown; it is poison"),
        ("poison", "it is poison", "it is poison"),
        ("a", "it is poison", "it is poison"),
    ],
)
def test_a_reason_is_told_once(body: str, reason: str, told: str) -> None:
    sqs: Any = FakeQueues()
    sqs.put("dead", body, reason)
    survey = redrive_of(sqs, discard=True).survey()
    assert [*survey.reasons, *(each.reason for each in survey.stay)] == [told]
