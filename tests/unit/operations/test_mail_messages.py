"""What an operator decides of a mail is done to that ending of it, and to no later one."""

from collections import Counter
from dataclasses import replace

import pytest

from lambdas.core.mail_entries import MailState
from lambdas.core.mail_writes import Change
from operations.mail_decisions import MailDecisions
from operations.mail_messages import HeldWork, MailLetters, NotifierWork
from operations.messages import Letter

from ..cloud import RETRIES, Cloud, mail

pytestmark = pytest.mark.usefixtures("clock")
MAIL = mail("a@example.com", 2)


def end(cloud: Cloud, claim: str, state: MailState) -> None:
    """A holder's work: the mail is claimed, and ends."""
    assert cloud.mails.claim([MAIL], claim) == {}
    cloud.mails.change([Change(MAIL, claim, state, "because")])
    cloud.mails.change(
        [Change(MAIL, claim, state, "because", queued=True)] if state != MailState.MAILED else []
    )


def letters(cloud: Cloud) -> MailLetters:
    return MailLetters(MailDecisions(cloud.mails), cloud.delivery.sqs, RETRIES)


def letter(number: int) -> Letter:
    return Letter(f"m{number}", MAIL.body(), "because", 0.0, f"h{number}")


def work_of(cloud: Cloud, state: MailState) -> HeldWork | NotifierWork:
    return HeldWork(letters(cloud), "resend") if state == MailState.HELD else NotifierWork(letters(cloud))


@pytest.mark.parametrize("state", [MailState.HELD, MailState.UNDELIVERABLE])
def test_a_second_letter_of_a_mail_that_was_sent_again_and_is_held_anew_stays(state: MailState) -> None:
    cloud = Cloud()
    end(cloud, "first", state)
    work = work_of(cloud, state)
    assert work.concerns(letter(1))
    assert work.concerns(letter(2))
    assert work.do([letter(1)]) == {}
    end(cloud, "second", MailState.HELD)  # it may have left
    assert list(work.do([letter(2)])) == ["m2"]
    assert cloud.states() == {MAIL.mail_id: MailState.HELD}
    assert len(cloud.letters(RETRIES)) == 1
    assert +Counter(cloud.ended()) == {MailState.HELD: 1}


def test_a_mail_that_is_held_anew_is_not_dropped_by_an_earlier_decision() -> None:
    cloud = Cloud()
    end(cloud, "first", MailState.HELD)
    drop = HeldWork(letters(cloud), "drop")
    assert drop.concerns(letter(1))
    assert HeldWork(letters(cloud), "resend").do([letter(1)]) == {}
    end(cloud, "second", MailState.HELD)
    assert list(drop.do([letter(1)])) == ["m1"]
    assert cloud.states() == {MAIL.mail_id: MailState.HELD}


def test_a_mail_that_nobody_had_claimed_is_not_reopened_once_it_is_held() -> None:
    cloud = Cloud()
    work = NotifierWork(letters(cloud))
    assert work.concerns(letter(1))
    end(cloud, "another", MailState.HELD)  # another copy of it was sent meanwhile, and the answer lost
    assert list(work.do([letter(1)])) == ["m1"]
    assert cloud.states() == {MAIL.mail_id: MailState.HELD}
    assert cloud.letters(RETRIES) == []


def test_a_mail_that_was_dropped_meanwhile_is_not_resent() -> None:
    cloud = Cloud()
    end(cloud, "first", MailState.HELD)
    resend, drop = (HeldWork(letters(cloud), verb) for verb in ("resend", "drop"))
    assert resend.concerns(letter(1))
    assert drop.concerns(letter(1))
    assert drop.do([letter(1)]) == {}
    assert list(resend.do([letter(1)])) == ["m1"]
    assert cloud.letters(RETRIES) == []
    assert cloud.states() == {MAIL.mail_id: MailState.UNDELIVERABLE}


def test_a_mail_that_was_resent_meanwhile_is_not_said_to_be_dropped() -> None:
    cloud = Cloud()
    end(cloud, "first", MailState.HELD)
    resend, drop = (HeldWork(letters(cloud), verb) for verb in ("resend", "drop"))
    assert drop.concerns(letter(1))
    assert resend.concerns(letter(1))
    assert resend.do([letter(1)]) == {}
    assert list(drop.do([letter(1)])) == ["m1"]
    assert cloud.states() == {MAIL.mail_id: MailState.DEFERRED}


def test_a_mail_that_was_given_up_begins_anew() -> None:
    cloud = Cloud()
    end(cloud, "first", MailState.UNDELIVERABLE)
    old = Letter("m1", replace(MAIL, since=1_700_000_000).body(), "because", 0.0, "h1")
    work = NotifierWork(letters(cloud))
    assert work.concerns(old)
    assert work.do([old]) == {}
    (again,) = cloud.letters(RETRIES)
    assert "since" not in again


def test_a_second_letter_of_a_mail_that_left_goes() -> None:
    cloud = Cloud()
    end(cloud, "first", MailState.HELD)
    work = work_of(cloud, MailState.HELD)
    assert work.concerns(letter(1))
    assert work.do([letter(1)]) == {}
    assert cloud.states() == {MAIL.mail_id: MailState.DEFERRED}
    end(cloud, "second", MailState.MAILED)
    assert work.do([letter(2)]) == {}
    assert len(cloud.letters(RETRIES)) == 1
    assert +Counter(cloud.ended()) == {MailState.MAILED: 1}
