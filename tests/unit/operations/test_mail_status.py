"""How many mails wait, why, and until when."""

from collections import Counter

from lambdas.core.books import Books
from lambdas.core.mail_entries import MailState
from lambdas.core.mail_gate import DoorKind, Sending
from lambdas.core.retry_delays import ASK_AGAIN_SECONDS
from operations.imports import Import
from operations.mail_status import MailStatus, OwedMails, read_mail_status
from operations.text import moment

from ..helpers.clock import Clock
from ..helpers.stack import IMPORT, OTHER_IMPORT, FakeStack


def test_a_stack_at_rest_owes_nothing() -> None:
    status = read_mail_status(FakeStack().stack, [])
    nothing = {state: Counter[str]() for state in (MailState.UNDELIVERABLE, MailState.HELD)}
    assert status == MailStatus(None, all_paused=False, imports=[], undecided=nothing)
    assert status.owed == 0


def test_each_import_says_how_many_it_owes_why_and_until_when(clock: Clock) -> None:
    fake = FakeStack()
    fake.put_import(created=4)
    fake.end(MailState.MAILED, fake.put_record(2))
    fake.owe(fake.put_record(3), fake.put_record(4), reason="the quota is used up", due_in=60)
    fake.claim(fake.put_record(5))  # on its way just now
    fake.owe(fake.put_record(None), reason="no import's")
    status = read_mail_status(fake.stack, [])
    now, key, why = clock.now, f"uploads/{IMPORT}.csv", ("the quota is used up",)
    assert set(status.imports) == {
        OwedMails(IMPORT, key, 3, None, since=now, due=now + 60, reasons=why),
        OwedMails(None, "", 1, None, since=now, due=now, reasons=("no import's",)),
    }
    assert status.owed == 4
    [told] = [each for each in status.as_json()["imports"] if each["import"]]
    assert (told["since"], told["due"]) == ("2027-01-15T08:00:00Z", "2027-01-15T08:01:00Z")


def test_a_mail_that_a_round_is_sending_still_counts_as_owed() -> None:
    fake = FakeStack()
    fake.put_import(created=1)
    mail = fake.put_record(2)
    fake.owe(mail, reason="SES asked for patience")
    fake.mails.ledger.claim_owed([fake.entry(mail)], "round")
    [one] = read_mail_status(fake.stack, []).imports
    assert (one.owed, one.reasons) == (1, ("SES asked for patience",))


def test_an_import_that_was_read_already_is_not_read_again() -> None:
    fake = FakeStack()
    fake.owe(fake.put_record(2))
    known = Import("a.csv", "uploads/a.csv", IMPORT, books=Books(created=7, mailed=2))
    [one] = read_mail_status(fake.stack, [known]).imports
    assert (one.key, one.owed) == ("uploads/a.csv", 5)
    assert not any(request["TableName"] == "imports" for request in fake.dynamodb.calls.named("query"))


def test_what_an_operator_said_of_imports_is_told_though_they_owe_nothing() -> None:
    fake = FakeStack()
    fake.put_import(created=1)
    fake.mails.gate.set_sending(OTHER_IMPORT, Sending.CANCELLED)
    fake.mails.gate.set_sending(IMPORT, Sending.PAUSED)
    fake.mails.gate.set_all_paused(paused=True)
    fake.owe(fake.put_record(2))
    others = Import("b.csv", "uploads/b.csv", OTHER_IMPORT)
    status = read_mail_status(fake.stack, [others])
    assert status.all_paused
    assert {(one.import_id, one.owed, one.sending) for one in status.imports} == {
        (IMPORT, 1, Sending.PAUSED),
        (OTHER_IMPORT, 0, Sending.CANCELLED),
    }


def test_the_door_and_undecided_mails_are_told_with_their_reasons(clock: Clock) -> None:
    fake = FakeStack()
    fake.mails.gate.shut(DoorKind.QUOTA, "100 of 100 mails are used", None)
    fake.end(MailState.HELD, *(fake.put_record(line) for line in (2, 3)), reason="SES timed out")
    fake.end(MailState.UNDELIVERABLE, fake.put_record(4), reason="MESSAGE_REJECTED")
    told = read_mail_status(fake.stack, []).as_json()
    assert told["door"] == {
        "kind": "quota",
        "reason": "100 of 100 mails are used",
        "until": moment(clock.now + ASK_AGAIN_SECONDS),
    }
    assert told["undecided"] == {"held": {"SES timed out": 2}, "undeliverable": {"MESSAGE_REJECTED": 1}}


def test_a_paced_door_has_no_time_at_which_a_round_looks() -> None:
    fake = FakeStack()
    fake.mails.gate.shut(DoorKind.PACED, "mails wait", None)
    told = read_mail_status(fake.stack, []).as_json()
    assert told["door"] == {"kind": "paced", "reason": "mails wait", "until": None}
