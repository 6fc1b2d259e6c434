"""What keeps mails from leaving."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from lambdas.core.mail_entries import UNDECIDED
from lambdas.core.mail_gate import Door, DoorKind, Sending
from operations.finding import Cause, Finding, Gravity
from operations.function_results import Outcome, Round
from operations.mail_findings import mail_findings
from operations.mail_status import LOOKED_AT, MailStatus, OwedMails
from operations.sending_account import SendingAccount

from ..helpers.clock import Clock

NOON = 1_800_000_000.0
ACCOUNT = SendingAccount(open=True, production=True, review="", quota=200, sent=50, rate=1)
OWED = OwedMails("id", "a.csv", 3, None, NOON - 500, NOON, ("SES: Maximum sending rate exceeded",))
pytestmark = pytest.mark.usefixtures("clock")  # it is NOON


def mails(
    kind: DoorKind | None = None,
    *owing: OwedMails,
    undecided: Mapping[str, int] = {},
    reason: str = "because",
) -> MailStatus:
    return MailStatus(
        Door(kind, reason, 0, "stamp") if kind else None,
        all_paused=False,
        imports=owing,
        undecided={state: Counter(why=undecided.get(state, 0)) for state in UNDECIDED},
    )


def findings(
    status: MailStatus,
    account: SendingAccount | None = ACCOUNT,
    rounds: Outcome | None = None,
    option: str = "",
) -> list[Finding]:
    return list(mail_findings(status, account, rounds, option))


@pytest.mark.parametrize("state", ["held", "undeliverable"])
@pytest.mark.parametrize(("number", "told"), [(3, "3 mails "), (LOOKED_AT, "1,000 mails or more ")])
def test_mails_wait_for_an_operator_to_decide(state: str, number: int, told: str) -> None:
    [found] = findings(mails(undecided={state: number}), option=" --stack dev")
    assert found.what.startswith(told + state)
    assert (found.gravity, found.cause) == (Gravity.NEEDS_PERSON, Cause.DECISION)
    assert found.command == f"rowrelay mails list --state {state} --stack dev"


@pytest.mark.parametrize(("number", "told"), [(1, "whether it left"), (2, "whether they left")])
def test_what_is_held_is_worded_for_one_and_for_several(number: int, told: str) -> None:
    [found] = findings(mails(undecided={"held": number}))
    assert found.what.endswith(told)


@pytest.mark.parametrize(
    ("kind", "owing", "gravity", "command"),
    [
        (DoorKind.SET_UP, True, Gravity.BLOCKED, "rowrelay mails resume --all"),
        (DoorKind.PAUSED, True, Gravity.BLOCKED, "rowrelay mails resume --all"),
        (DoorKind.PAUSED, False, Gravity.NEEDS_PERSON, "rowrelay mails resume --all"),
        (DoorKind.NO_ANSWER, True, Gravity.BLOCKED, None),
        (DoorKind.NO_ANSWER, False, Gravity.NEEDS_PERSON, None),
        (DoorKind.QUOTA, True, Gravity.WAITS, None),
    ],
)
def test_a_door_that_is_shut(kind: DoorKind, owing: bool, gravity: Gravity, command: str | None) -> None:
    [found] = findings(mails(kind, *[OWED] * owing))
    assert (found.gravity, found.command) == (gravity, command)
    assert "because" in found.what
    assert ("3 mails wait" in found.what) is owing
    assert found.since == (OWED.since if owing else None)


def test_a_permission_that_shuts_the_door_is_named_as_that() -> None:
    [found] = findings(mails(DoorKind.SET_UP, OWED, reason="not allowed: ses:SendBulkEmail"))
    assert found.cause == Cause.DENIED


def test_a_pause_of_all_is_not_taken_back_to_have_a_round_look() -> None:
    paused, pause = findings(replace(mails(DoorKind.PAUSED, OWED), all_paused=True))
    assert (paused.command, pause.command) == (None, "rowrelay mails resume --all")
    assert "a round finds out by itself" in paused.mend


def rounds(*of: tuple[float, int, int]) -> Outcome:
    return Outcome(failed=False, at=NOON, rounds=tuple(Round(*each) for each in of))


@pytest.mark.parametrize("kind", [DoorKind.PACED, None])
@pytest.mark.parametrize(
    ("looked", "gravity"),
    [
        (rounds((NOON - 600, 5, 5), (NOON - 60, 1, 0)), Gravity.BLOCKED),
        (rounds((NOON - 60, 1, 1)), Gravity.WAITS),
        (rounds((NOON - 60, 0, 0)), Gravity.WAITS),
        (None, Gravity.WAITS),
    ],
    ids=["none taken", "some taken", "none tried", "nobody knows"],
)
def test_mails_that_ses_puts_off_wait_until_it_takes_none_at_all(
    kind: DoorKind | None, looked: Outcome | None, gravity: Gravity
) -> None:
    [found] = findings(mails(kind, OWED), rounds=looked)
    assert (found.gravity, found.cause, found.since) == (gravity, Cause.REFUSED, OWED.since)
    assert found.what.startswith("3 mails wait: SES: Maximum sending rate exceeded")
    assert bool(found.mend) is (gravity == Gravity.BLOCKED)


def test_a_pace_for_which_nothing_waits_is_nothing() -> None:
    assert findings(mails(DoorKind.PACED)) == []


def paused(import_id: str, owed: int) -> OwedMails:
    return OwedMails(import_id, f"{import_id}.csv", owed, Sending.PAUSED, 0, 0, ())


def test_mails_that_wait_for_a_pause_to_be_taken_back_need_an_operator() -> None:
    other = OwedMails("other", "key", 1, None, None, 0, ())
    status = mails(None, other, paused("one", 16), paused("two", 1), paused("none", 0))
    of_imports = [
        ("16 mails wait for the pause of one.csv to be taken back", "rowrelay mails resume one --stack dev"),
        ("1 mail waits for the pause of two.csv to be taken back", "rowrelay mails resume two --stack dev"),
    ]
    found = findings(status, option=" --stack dev")
    assert [(each.what, each.command) for each in found] == of_imports
    of_all = "1 mail waits for the pause of all to be taken back", "rowrelay mails resume --all --stack dev"
    found = findings(replace(status, all_paused=True), option=" --stack dev")
    assert [(each.what, each.command) for each in found] == [of_all, *of_imports]
    assert {each.gravity for each in found} == {Gravity.NEEDS_PERSON}


def test_a_pause_for_which_nothing_waits_needs_nothing() -> None:
    assert findings(replace(mails(), all_paused=True)) == []


@pytest.mark.parametrize(
    ("changes", "owing", "gravity", "told"),
    [
        ({"open": False}, True, Gravity.BLOCKED, "SES has paused this account's sending"),
        ({"open": False}, False, Gravity.NEEDS_PERSON, "SES has paused this account's sending"),
        ({"sent": 200}, True, Gravity.WAITS, "200 of 200 mails of the daily quota are used"),
        ({"review": "PROBATION"}, False, Gravity.NEEDS_PERSON, "SES reviews this account (PROBATION)"),
        ({"production": False}, False, Gravity.NOTE, "the account is in SES's sandbox"),
        ({"quota": None, "sent": 10**9}, True, None, ""),
    ],
)
def test_what_ses_says_of_the_account(
    changes: dict[str, Any], owing: bool, gravity: Gravity | None, told: str
) -> None:
    found = findings(mails(None, *[OWED] * owing), replace(ACCOUNT, **changes))[owing:]
    assert [each.gravity for each in found] == [gravity] * (gravity is not None)
    assert all(each.what.startswith(told) for each in found)


@pytest.mark.parametrize(
    ("kind", "changes"), [(DoorKind.PAUSED, {"open": False}), (DoorKind.QUOTA, {"sent": 200})]
)
def test_what_the_door_says_is_said_once(kind: DoorKind, changes: dict[str, Any]) -> None:
    assert len(findings(mails(kind, OWED), replace(ACCOUNT, **changes))) == 1


def test_an_account_that_was_not_seen_says_nothing(clock: Clock) -> None:
    assert clock.now == NOON
    assert findings(mails(), None) == []
