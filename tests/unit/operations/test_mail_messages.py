"""What an operator decides of a mail is done to that ending of it, and to no later one."""

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from lambdas.core.mail_entries import DEFERRED, HELD, MAILED, UNDELIVERABLE
from lambdas.core.mail_ledger import Change
from operations.mail_decisions import MailDecisions
from operations.mail_messages import HeldWork, MailLetters, NotifierWork
from operations.messages import Letter

from ..helpers.cloud import MAILS, RETRIES, Cloud, mail

pytestmark = pytest.mark.usefixtures("clock")
MAIL = mail("a@example.com", 2)


def end(cloud: Cloud, claim: str, state: str) -> None:
    """A holder's work: the mail is claimed, and ends."""
    assert cloud.mails.claim([MAIL], claim) == {}
    cloud.mails.change([Change(MAIL, claim, state, "because")])
    cloud.mails.change([Change(MAIL, claim, state, "because", queued=True)] if state != MAILED else [])


def letters(cloud: Cloud) -> MailLetters:
    services: Any = (cloud.dynamodb, cloud.sqs)
    return MailLetters(MailDecisions(services[0], MAILS, cloud.imports), services[1], RETRIES)


def letter(number: int) -> Letter:
    return Letter(f"m{number}", MAIL.body(), "because", 0.0, f"h{number}")


def work_of(cloud: Cloud, state: str) -> HeldWork | NotifierWork:
    return HeldWork(letters(cloud), "resend") if state == HELD else NotifierWork(letters(cloud))


@pytest.mark.parametrize("state", [HELD, UNDELIVERABLE])
def test_a_second_letter_of_a_mail_that_was_sent_again_and_is_held_anew_stays(state: str) -> None:
    cloud = Cloud()
    end(cloud, "first", state)
    work = work_of(cloud, state)
    assert work.concerns(letter(1))
    assert work.concerns(letter(2))
    assert work.do([letter(1)]) == {}
    end(cloud, "second", HELD)  # it may have left
    assert list(work.do([letter(2)])) == ["m2"]
    assert cloud.states() == {MAIL.mail_id: HELD}
    assert len(cloud.letters(RETRIES)) == 1
    assert +Counter(cloud.ended()) == {HELD: 1}


def test_a_mail_that_is_held_anew_is_not_dropped_by_an_earlier_decision() -> None:
    cloud = Cloud()
    end(cloud, "first", HELD)
    drop = HeldWork(letters(cloud), "drop")
    assert drop.concerns(letter(1))
    assert HeldWork(letters(cloud), "resend").do([letter(1)]) == {}
    end(cloud, "second", HELD)
    assert list(drop.do([letter(1)])) == ["m1"]
    assert cloud.states() == {MAIL.mail_id: HELD}


def test_a_mail_that_nobody_had_claimed_is_not_reopened_once_it_is_held() -> None:
    cloud = Cloud()
    work = NotifierWork(letters(cloud))
    assert work.concerns(letter(1))
    end(cloud, "another", HELD)  # another copy of it was sent meanwhile, and the answer lost
    assert list(work.do([letter(1)])) == ["m1"]
    assert cloud.states() == {MAIL.mail_id: HELD}
    assert cloud.letters(RETRIES) == []


def test_a_mail_that_was_dropped_meanwhile_is_not_resent() -> None:
    cloud = Cloud()
    end(cloud, "first", HELD)
    resend, drop = (HeldWork(letters(cloud), verb) for verb in ("resend", "drop"))
    assert resend.concerns(letter(1))
    assert drop.concerns(letter(1))
    assert drop.do([letter(1)]) == {}
    assert list(resend.do([letter(1)])) == ["m1"]
    assert cloud.letters(RETRIES) == []
    assert cloud.states() == {MAIL.mail_id: UNDELIVERABLE}


def test_a_mail_that_was_resent_meanwhile_is_not_said_to_be_dropped() -> None:
    cloud = Cloud()
    end(cloud, "first", HELD)
    resend, drop = (HeldWork(letters(cloud), verb) for verb in ("resend", "drop"))
    assert drop.concerns(letter(1))
    assert resend.concerns(letter(1))
    assert resend.do([letter(1)]) == {}
    assert list(drop.do([letter(1)])) == ["m1"]
    assert cloud.states() == {MAIL.mail_id: DEFERRED}


def test_a_mail_that_was_given_up_begins_anew() -> None:
    cloud = Cloud()
    end(cloud, "first", UNDELIVERABLE)
    old = Letter("m1", replace(MAIL, since=1_700_000_000).body(), "because", 0.0, "h1")
    work = NotifierWork(letters(cloud))
    assert work.concerns(old)
    assert work.do([old]) == {}
    (again,) = cloud.letters(RETRIES)
    assert "since" not in again


def test_a_second_letter_of_a_mail_that_left_goes() -> None:
    cloud = Cloud()
    end(cloud, "first", HELD)
    work = work_of(cloud, HELD)
    assert work.concerns(letter(1))
    assert work.do([letter(1)]) == {}
    assert cloud.states() == {MAIL.mail_id: DEFERRED}
    end(cloud, "second", MAILED)
    assert work.do([letter(2)]) == {}
    assert len(cloud.letters(RETRIES)) == 1
    assert +Counter(cloud.ended()) == {MAILED: 1}
