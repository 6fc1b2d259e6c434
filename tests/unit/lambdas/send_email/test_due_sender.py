"""Sending mails that are due: a group, and what others left of it."""

from collections.abc import Callable, Sequence

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from lambdas.aws.dynamodb.outcomes import TableError
from lambdas.core.mail import Mail
from lambdas.core.mail_entries import MailState, owed_list
from lambdas.core.mail_gate import DoorKind, Sending
from lambdas.core.mail_writes import Change, Owing
from lambdas.send_email.account import Account
from lambdas.send_email.delivery import SENDING_SECONDS
from lambdas.send_email.due_sender import DueSender, Sent
from lambdas.send_email.pace import PacedSender

from ...helpers.clock import Clock
from ...helpers.cloud import IMPORT, ROUND_TIMEOUT, Cloud, mail, mails
from ...helpers.fakes import Step, client_error

pytestmark = pytest.mark.usefixtures("clock")
THROTTLED = client_error("ThrottlingException")


def owing(clock: Clock, *group: Mail) -> Cloud:
    cloud = Cloud()
    cloud.gate.register([IMPORT], cloud.gate.read([IMPORT]))
    cloud.mails.owe(group, "stream", Owing("because", clock.now, clock.now - 7))
    return cloud


def send(
    cloud: Cloud, group: Sequence[Mail], seconds_left: Callable[[], float] = lambda: ROUND_TIMEOUT
) -> Sent:
    due_sender = DueSender(cloud.delivery, seconds_left)
    paced = PacedSender(cloud.ses_sender, Account(sending=True, rate=50, quota=None, sent=0))
    return due_sender.send([each.mail_id for each in group], paced)


def test_what_is_owed_is_sent_and_in_no_list_any_more(clock: Clock) -> None:
    cloud = owing(clock, *mails(50))
    assert send(cloud, mails(50)) == Sent(50, takes_more=True, answered=True, not_to_send=frozenset())
    assert cloud.ended() == {"mailed": 50}
    assert not list(cloud.outbox.owed(IMPORT))


@pytest.mark.parametrize("batches", [0, 1])
@pytest.mark.parametrize("kind", ["call", "statement"])
def test_claims_of_which_one_fails_are_owed_again_as_they_were(clock: Clock, batches: int, kind: str) -> None:
    cloud, since = owing(clock, *mails(50)), clock.now - 7
    put_off = [
        cloud.dynamodb.put_off("ThrottlingError", 3),
        *[cloud.dynamodb.put_off("ThrottlingError", 0)] * 5,
    ]
    failing: list[Step] = [THROTTLED] if kind == "call" else [*put_off]
    cloud.dynamodb.script("batch_execute_statement", *[None] * batches, *failing)
    with pytest.raises((ClientError, TableError)):
        send(cloud, mails(50))
    assert set(cloud.states().values()) == {MailState.OWED}
    assert {entry.reason for entry in cloud.entries().values()} == {"because"}
    assert {entry.owed_since for entry in cloud.entries().values()} == {since}
    assert not cloud.ses.sent
    send(cloud, mails(50))
    assert cloud.ended() == {"mailed": 50}


def test_what_cannot_be_recorded_does_not_leave_the_others_held(clock: Clock) -> None:
    cloud = owing(clock, *mails(2))
    cloud.ses.statuses["p1@example.com"] = {"Status": "TRANSIENT_FAILURE"}
    cloud.dynamodb.script("transact_write_items", THROTTLED)
    with pytest.raises(ClientError):
        send(cloud, mails(2))
    states = cloud.states()
    assert [states[each.mail_id] for each in mails(2)] == [MailState.OWED, MailState.CLAIMED]


def test_without_time_for_ses_what_was_claimed_is_owed_at_once(clock: Clock) -> None:
    cloud = owing(clock, *mails(2))
    due = clock.now
    sent = send(cloud, mails(2), lambda: SENDING_SECONDS - 1)
    assert not sent.answered
    assert not cloud.ses.sent
    assert {entry.due for entry in cloud.entries().values()} == {due}
    assert set(cloud.states().values()) == {MailState.OWED}


def test_what_an_operator_paused_meanwhile_is_told_and_left(clock: Clock) -> None:
    cloud = owing(clock, *mails(2), mail("free@example.com"))
    cloud.gate.set_sending(IMPORT, Sending.PAUSED)
    sent = send(cloud, [*mails(2), mail("free@example.com")])
    assert (sent.mails, sent.not_to_send) == (1, frozenset({IMPORT}))
    assert cloud.ses.sent == ["free@example.com"]


def test_behind_a_door_that_was_shut_meanwhile_nothing_is_claimed(clock: Clock) -> None:
    cloud = owing(clock, *mails(2))
    cloud.gate.shut(DoorKind.SET_UP, "because", None)
    sent = send(cloud, mails(2))
    assert (sent.mails, sent.takes_more) == (0, False)
    assert set(cloud.states().values()) == {MailState.OWED}


def test_what_was_sent_already_only_leaves_its_list(clock: Clock) -> None:
    """The index may lag behind, or a holder was killed between its receipt and that."""
    cloud = owing(clock, *mails(2))
    cloud.mails.claim_owed(list(cloud.entries().values()), "killed")
    ends = [
        Change(each, MailState.CLAIMED, "killed", "killed", MailState.MAILED, message_id="m")
        for each in mails(2)
    ]
    cloud.mails.record(ends)
    assert len(list(cloud.outbox.listed(owed_list(mails(1)[0])))) > 0
    sent = send(cloud, mails(2))
    assert (sent.mails, sent.takes_more, sent.answered) == (0, True, False)
    assert not cloud.ses.sent
    assert not list(cloud.outbox.owed(IMPORT))
    assert cloud.ended() == {"mailed": 2}


@pytest.mark.parametrize(
    ("step", "answered", "takes_more"),
    [
        (None, True, True),
        (lambda _: {"BulkEmailEntryResults": [{"Status": "MESSAGE_REJECTED"}]}, True, True),
        (lambda _: {"BulkEmailEntryResults": [{"Status": "TRANSIENT_FAILURE"}]}, True, True),
        (lambda _: {"BulkEmailEntryResults": [{"Status": "ACCOUNT_SENDING_PAUSED"}]}, False, False),
        (lambda _: {"BulkEmailEntryResults": [{"Status": "TEMPLATE_NOT_FOUND"}]}, False, False),
        (client_error("AccessDeniedException"), False, False),
        (EndpointConnectionError(endpoint_url="https://ses"), False, False),
    ],
)
def test_what_ses_says_of_one_mail_alone_tells_that_it_takes_others(
    clock: Clock, step: Step, answered: bool, takes_more: bool
) -> None:
    cloud = owing(clock, *mails(1))
    cloud.ses.script("send_bulk_email", step)
    sent = send(cloud, mails(1))
    assert (sent.answered, sent.takes_more) == (answered, takes_more)


def test_a_mail_that_ses_is_not_asked_to_send_tells_nothing(clock: Clock) -> None:
    cloud = owing(clock, mail("nobody", 1))
    sent = send(cloud, [mail("nobody", 1)])
    assert (sent.answered, sent.takes_more) == (False, True)
    assert cloud.ended() == {"undeliverable": 1}
