"""What is wrong with parts and functions, and how much it matters."""

from typing import Any

import pytest

from operations.finding import Cause, Finding, Gravity
from operations.function_health import FunctionHealth
from operations.function_results import Counts, Outcome
from operations.functions import Feed, FunctionSetUp
from operations.health import Health
from operations.looking import NotSeen
from operations.part_findings import part_findings
from operations.parts import BrokenPart

SET_UP = FunctionSetUp("insert", "", "arn", "the-role", "the-logs")
DENIED = "ClientError AccessDeniedException (not allowed: dynamodb:PartiQLInsert)"
FAILED = Outcome(True, 5.0, DENIED, 3.0)
WAITING = "5 messages wait to be written"


def findings(health: Health, option: str = " --stack dev", **waiting: str) -> list[Finding]:
    return list(part_findings(health, waiting, option))


def of_function(key: str = "insert_records", waiting: str = "", **of: Any) -> list[Finding]:
    one = FunctionHealth(
        **{"name": "insert", "set_up": SET_UP, "role_fault": "", "feed": Feed("its mapping"), **of}
    )
    return findings(Health(functions={key: one}), **({key: waiting} if waiting else {}))


def told(found: list[Finding]) -> list[tuple[Gravity, Cause, str]]:
    return [(each.gravity, each.cause, each.what) for each in found]


def test_nothing_is_wrong() -> None:
    assert of_function(waiting=WAITING) == []


def test_parts_that_are_gone_come_back_by_the_program() -> None:
    broken = [
        BrokenPart("the table users", "does not exist", needed=True),
        BrokenPart("the dead-letter queue dead", "does not exist", needed=False),
        BrokenPart("the identity x", "is not verified", needed=True, mend="verify it"),
    ]
    found = findings(Health(broken=broken))
    assert told(found) == [
        (Gravity.BLOCKED, Cause.GONE, "the table users does not exist"),
        (Gravity.NEEDS_PERSON, Cause.GONE, "the dead-letter queue dead does not exist"),
        (Gravity.BLOCKED, Cause.REFUSED, "the identity x is not verified"),
    ]
    assert found[0].mend.endswith("pulumi up --refresh --stack dev")
    assert found[2].mend == "verify it"
    assert findings(Health(broken=broken), option="")[0].mend.endswith("rowrelay demo --keep")


def test_a_function_that_is_gone_explains_its_errors() -> None:
    gone = FunctionSetUp("insert", "does not exist")
    found = of_function(set_up=gone, outcome=FAILED, feed=None, role_fault=None, waiting=WAITING)
    assert told(found) == [(Gravity.BLOCKED, Cause.GONE, f"the function insert does not exist; {WAITING}")]


def test_a_function_that_may_not_run() -> None:
    stopped = FunctionSetUp("insert", "may not run: its reserved concurrency is 0", "arn")
    assert [each.cause for each in of_function(set_up=stopped)] == [Cause.DISABLED]


def test_a_role_without_its_policy_explains_the_errors() -> None:
    found = of_function(role_fault="has no policy any more, so it allows nothing", outcome=FAILED)
    what = "the role the-role of insert has no policy any more, so it allows nothing"
    assert told(found) == [(Gravity.BLOCKED, Cause.DENIED, what)]


@pytest.mark.parametrize(
    ("key", "waiting", "gravity"),
    [
        ("insert_records", "", Gravity.BLOCKED),
        ("mail_round", "", Gravity.NEEDS_PERSON),
        ("mail_round", "5 mails wait to be sent", Gravity.BLOCKED),
    ],
)
def test_nothing_invokes_a_function(key: str, waiting: str, gravity: Gravity) -> None:
    [found] = of_function(key, waiting, feed=Feed("its mapping", "is disabled", since=7.0))
    assert (found.gravity, found.cause, found.since) == (gravity, Cause.DISABLED, 7.0)
    assert found.what == f"nothing invokes insert: its mapping is disabled{f'; {waiting}' if waiting else ''}"


@pytest.mark.parametrize(
    "of",
    [
        {"set_up": FunctionSetUp("insert", "does not exist")},
        {"feed": Feed("its schedule, the rule", "is disabled")},
        {"role_fault": "has no policy any more, so it allows nothing"},
        {"outcome": FAILED},
    ],
)
def test_without_a_bookkeeper_imports_go_on_and_none_is_settled(of: dict[str, Any]) -> None:
    [found] = of_function("bookkeeper", **of)
    assert found.gravity == Gravity.NEEDS_PERSON
    assert found.what.endswith(
        "; imports go on, but none is settled or told of, and none is found to be stuck"
    )
    assert of_function("bookkeeper", waiting=WAITING) == []


def test_what_invokes_a_function_is_gone() -> None:
    [found] = of_function(feed=Feed("its mapping", "does not exist"))
    assert found.cause == Cause.GONE


@pytest.mark.parametrize(("waiting", "gravity"), [("", Gravity.NEEDS_PERSON), (WAITING, Gravity.BLOCKED)])
def test_a_function_that_fails_blocks_what_waits_for_it(waiting: str, gravity: Gravity) -> None:
    [found] = of_function(waiting=waiting, outcome=FAILED, counts=Counts(7, 5))
    assert (found.gravity, found.cause, found.since) == (gravity, Cause.DENIED, 3.0)
    more = f"; {waiting}" if waiting else ""
    assert found.what == f"insert fails: {DENIED}; 5 of 7 invocations failed lately{more}"
    assert found.mend.endswith("(log: the-logs)")


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        ("TableError ResourceNotFound", Cause.GONE),
        ("AWS.SimpleQueueService.NonExistentQueue", Cause.GONE),
        ("timeout", Cause.FAILING),
        ("", Cause.FAILING),
    ],
)
def test_the_cause_of_an_error(error: str, cause: Cause) -> None:
    [found] = of_function(outcome=Outcome(True, 5.0, error, 3.0))
    assert (found.cause, found.what) == (cause, f"insert fails{f': {error}' if error else ''}")


def test_a_function_whose_log_was_not_seen_fails_by_its_metrics() -> None:
    [found] = of_function(counts=Counts(1, 1, last_failed=True))
    assert (found.what, found.since) == ("insert fails; 1 of 1 invocation failed lately", None)


def test_what_was_not_seen_is_told_unless_it_is_gone() -> None:
    found = findings(Health(not_seen=[NotSeen("the alarms", "AccessDenied"), NotSeen("x", "no", gone=True)]))
    assert told(found) == [(Gravity.NOT_SEEN, Cause.UNSEEN, "the alarms: not seen (AccessDenied)")]
