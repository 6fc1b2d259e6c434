"""What an operator decides of mails; what comes of their messages is tested with `mail_messages`."""

import pytest

from lambdas.core.mail_entries import DROPPED, Entry, MailState
from lambdas.core.mail_writes import Change
from operations.mail_decisions import MailDecisions, is_done, is_held, may_be_sent_again

from ..helpers.cloud import Cloud, mails

pytestmark = pytest.mark.usefixtures("clock")
ONE, TWO = mails(2)


def ended(state: MailState, *, queued: bool = True) -> tuple[Cloud, MailDecisions]:
    """Two mails that ended so, under the claims "one" and "two"."""
    cloud = Cloud()
    for mail, claim in ((ONE, "one"), (TWO, "two")):
        assert cloud.mails.claim([mail], claim) == {}
        for told in (False, True) if queued else (False,):
            cloud.mails.change([Change(mail, claim, state, "because", queued=told)])
    return cloud, MailDecisions(cloud.mails)


def an_entry(state: MailState, reason: str = "because") -> Entry:
    return Entry(state, "claim", 0.0, True, reason)


def states(cloud: Cloud) -> list[str]:
    return [cloud.states()[mail.mail_id] for mail in (ONE, TWO)]


@pytest.mark.parametrize("state", [MailState.UNDELIVERABLE, MailState.HELD])
def test_mails_that_did_not_leave_are_reopened_any_number_of_times(state: MailState) -> None:
    cloud, decisions = ended(state)
    for _ in range(2):
        assert decisions.reopen([ONE, TWO, ONE], {}) == {}
        assert states(cloud) == [MailState.DEFERRED, MailState.DEFERRED]


def test_a_mail_that_is_known_under_another_claim_stays_as_it_is() -> None:
    cloud, decisions = ended(MailState.HELD)
    claims = {ONE.mail_id: "one", TWO.mail_id: "an earlier one"}
    told = {TWO.mail_id: "it changed meanwhile: run the command again"}
    assert decisions.reopen([ONE, TWO], claims) == told
    assert states(cloud) == [MailState.DEFERRED, MailState.HELD]


def test_held_mails_are_dropped_and_then_never_reopened() -> None:
    cloud, decisions = ended(MailState.HELD)
    for _ in range(2):
        assert decisions.drop([ONE, TWO], {}) == {}
    assert states(cloud) == [MailState.UNDELIVERABLE, MailState.UNDELIVERABLE]
    assert set(decisions.reopen([ONE, TWO], {})) == {ONE.mail_id, TWO.mail_id}
    assert states(cloud) == [MailState.UNDELIVERABLE, MailState.UNDELIVERABLE]


def test_a_mail_that_was_refused_is_not_dropped() -> None:
    cloud, decisions = ended(MailState.UNDELIVERABLE)
    assert set(decisions.drop([ONE], {})) == {ONE.mail_id}
    assert not any(entry.dropped for entry in cloud.mails.entries([ONE.mail_id]).values())


@pytest.mark.parametrize("state", [MailState.UNDELIVERABLE, MailState.HELD])
def test_a_mail_that_an_invocation_is_at_is_left_to_it(state: MailState) -> None:
    cloud, decisions = ended(state, queued=False)
    told = {ONE.mail_id: "an invocation is at it: look again in some minutes"}
    assert decisions.reopen([ONE], {}) == decisions.drop([ONE], {}) == told
    assert states(cloud) == [state, state]


@pytest.mark.parametrize(
    ("state", "again", "done", "held"),
    [
        (MailState.MAILED, False, True, False),
        (MailState.UNDELIVERABLE, True, False, False),
        (MailState.DEFERRED, True, False, False),
        (MailState.HELD, False, False, True),
        (MailState.CLAIMED, False, False, True),
    ],
)
def test_what_may_be_decided_follows_from_the_state(
    state: MailState, again: bool, done: bool, held: bool
) -> None:
    entry = an_entry(state)
    assert (may_be_sent_again(entry), is_done(entry), is_held(entry)) == (again, done, held)


def test_a_mail_that_nobody_claimed_may_be_sent() -> None:
    assert (may_be_sent_again(None), is_done(None), is_held(None)) == (True, False, False)


def test_a_mail_that_was_dropped_may_not_be_sent_again() -> None:
    assert not may_be_sent_again(an_entry(MailState.UNDELIVERABLE, DROPPED))
