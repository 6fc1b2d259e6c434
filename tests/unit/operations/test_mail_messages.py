"""What an operator decides of a mail is done to that ending of it, and to no later one."""

from collections import Counter
from dataclasses import replace

import pytest

from lambdas.core.mail_entries import MailState
from lambdas.core.mail_writes import Change
from operations.choices import Decision
from operations.held import HeldMails
from operations.mail_decisions import MailDecisions
from operations.mail_messages import MailMessages, RefusedMails
from operations.messages import QueueMessage
from operations.redrive import Resendable, Stuck

from ..helpers.cloud import IMPORT, RETRIES, Cloud, mail

pytestmark = pytest.mark.usefixtures("clock")
MAIL = mail("a@example.com", 2)


def end(cloud: Cloud, claim: str, state: MailState) -> None:
    """A holder's work: the mail is claimed, and ends."""
    assert cloud.mails.claim([MAIL], claim) == {}
    cloud.mails.change([Change(MAIL, claim, state, "because")])
    cloud.mails.change(
        [Change(MAIL, claim, state, "because", queued=True)] if state != MailState.MAILED else []
    )


def mails(cloud: Cloud) -> MailMessages:
    return MailMessages(MailDecisions(cloud.mails), cloud.delivery.sqs, RETRIES)


def message(number: int) -> QueueMessage:
    return QueueMessage(f"m{number}", MAIL.body(), "because", 0.0, f"h{number}")


def queue_of(cloud: Cloud, state: MailState) -> HeldMails | RefusedMails:
    return HeldMails(mails(cloud), Decision.RESEND) if state == MailState.HELD else RefusedMails(mails(cloud))


@pytest.mark.parametrize("state", [MailState.HELD, MailState.UNDELIVERABLE])
def test_a_second_message_of_a_mail_that_is_held_anew_stays(state: MailState) -> None:
    cloud = Cloud()
    end(cloud, "first", state)
    queue = queue_of(cloud, state)
    assert queue.classify(message(1))
    assert queue.classify(message(2))
    assert queue.resend([message(1)]) == {}
    end(cloud, "second", MailState.HELD)  # it may have left
    assert list(queue.resend([message(2)])) == ["m2"]
    assert cloud.states() == {MAIL.mail_id: MailState.HELD}
    assert len(cloud.messages(RETRIES)) == 1
    assert +Counter(cloud.ended()) == {MailState.HELD: 1}


def test_a_mail_held_anew_is_not_dropped_by_an_earlier_decision() -> None:
    cloud = Cloud()
    end(cloud, "first", MailState.HELD)
    drop = HeldMails(mails(cloud), Decision.DROP)
    assert drop.classify(message(1))
    assert HeldMails(mails(cloud), Decision.RESEND).resend([message(1)]) == {}
    end(cloud, "second", MailState.HELD)
    assert list(drop.resend([message(1)])) == ["m1"]
    assert cloud.states() == {MAIL.mail_id: MailState.HELD}


def test_a_mail_nobody_had_claimed_is_not_reopened_once_it_is_held() -> None:
    cloud = Cloud()
    queue = RefusedMails(mails(cloud))
    assert queue.classify(message(1))
    end(cloud, "another", MailState.HELD)  # another copy of it was sent meanwhile, and the answer lost
    assert list(queue.resend([message(1)])) == ["m1"]
    assert cloud.states() == {MAIL.mail_id: MailState.HELD}
    assert cloud.messages(RETRIES) == []


def test_a_mail_that_was_dropped_meanwhile_is_not_resent() -> None:
    cloud = Cloud()
    end(cloud, "first", MailState.HELD)
    resend, drop = (HeldMails(mails(cloud), decision) for decision in (Decision.RESEND, Decision.DROP))
    assert resend.classify(message(1))
    assert drop.classify(message(1))
    assert drop.resend([message(1)]) == {}
    assert list(resend.resend([message(1)])) == ["m1"]
    assert cloud.messages(RETRIES) == []
    assert cloud.states() == {MAIL.mail_id: MailState.UNDELIVERABLE}


def test_a_mail_that_was_resent_meanwhile_is_not_said_to_be_dropped() -> None:
    cloud = Cloud()
    end(cloud, "first", MailState.HELD)
    resend, drop = (HeldMails(mails(cloud), decision) for decision in (Decision.RESEND, Decision.DROP))
    assert drop.classify(message(1))
    assert resend.classify(message(1))
    assert resend.resend([message(1)]) == {}
    assert list(drop.resend([message(1)])) == ["m1"]
    assert cloud.states() == {MAIL.mail_id: MailState.DEFERRED}


def test_a_mail_that_was_given_up_begins_anew() -> None:
    cloud = Cloud()
    end(cloud, "first", MailState.UNDELIVERABLE)
    old = QueueMessage("m1", replace(MAIL, since=1_700_000_000).body(), "because", 0.0, "h1")
    queue = RefusedMails(mails(cloud))
    assert queue.classify(old)
    assert queue.resend([old]) == {}
    (again,) = cloud.messages(RETRIES)
    assert "since" not in again


def test_a_second_message_of_a_mail_that_left_goes() -> None:
    cloud = Cloud()
    end(cloud, "first", MailState.HELD)
    queue = queue_of(cloud, MailState.HELD)
    assert queue.classify(message(1))
    assert queue.resend([message(1)]) == {}
    assert cloud.states() == {MAIL.mail_id: MailState.DEFERRED}
    end(cloud, "second", MailState.MAILED)
    assert queue.resend([message(2)]) == {}
    assert len(cloud.messages(RETRIES)) == 1
    assert +Counter(cloud.ended()) == {MailState.MAILED: 1}


def test_refused_mails_are_sent_again_and_held_ones_left_to_a_decision() -> None:
    cloud = Cloud()
    queue = RefusedMails(mails(cloud))
    end(cloud, "first", MailState.UNDELIVERABLE)
    assert queue.classify(message(1)) == Resendable(f"mail {MAIL.mail_id} of import {IMPORT}, line 2")
    cloud = Cloud()
    end(cloud, "first", MailState.HELD)
    assert RefusedMails(mails(cloud)).classify(message(1)) is None


@pytest.mark.parametrize(
    ("body", "name", "why"),
    [
        ('{"DDBStreamBatchInfo": {}}', "a batch of the stream", "rowrelay reconcile"),
        ("{}", "a message from elsewhere", "it is no mail"),
        ("no JSON", "a message from elsewhere", "it is no mail"),
    ],
)
def test_what_is_no_mail_is_stuck(body: str, name: str, why: str) -> None:
    found = RefusedMails(mails(Cloud())).classify(QueueMessage("m1", body, "", 0.0, "h1"))
    assert isinstance(found, Stuck)
    assert found.name == name
    assert why in found.why
