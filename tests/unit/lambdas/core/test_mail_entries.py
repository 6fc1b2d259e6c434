import pytest

from lambdas.aws.dynamodb.outcomes import Item
from lambdas.core.mail_entries import DROPPED, Entry, MailState, entries_in, receipt_id


@pytest.mark.parametrize(
    ("state", "queued", "unfinished"),
    [
        (MailState.CLAIMED, False, True),
        (MailState.DEFERRED, False, False),
        (MailState.MAILED, False, False),
        (MailState.UNDELIVERABLE, False, True),
        (MailState.UNDELIVERABLE, True, False),
        (MailState.HELD, False, True),
        (MailState.HELD, True, False),
    ],
)
def test_a_mail_is_unfinished_until_it_is_counted(state: MailState, queued: bool, unfinished: bool) -> None:
    assert Entry(state, "mine", 0, queued, "").unfinished == unfinished


def item(mail_id: str, state: MailState, claim: str, **more: Item) -> Item:
    texts = {"mail_id": mail_id, "state": state, "claim": claim}
    return {**{name: {"S": text} for name, text in texts.items()}, "changed_at": {"N": "1.5"}, **more}


def test_a_claimed_mail_is_mailed_if_its_claims_receipt_names_it() -> None:
    receipt = {"mail_id": {"S": receipt_id("mine")}, "mails": {"M": {"a": {"S": "id"}, "c": {"S": "id"}}}}
    claimed = MailState.CLAIMED
    items = [item("a", claimed, "mine"), item("b", claimed, "mine"), item("c", claimed, "theirs"), receipt]
    states = {mail_id: entry.state for mail_id, entry in entries_in(items).items()}
    assert states == {"a": MailState.MAILED, "b": claimed, "c": claimed}


@pytest.mark.parametrize(
    ("state", "reason", "dropped"),
    [
        (MailState.UNDELIVERABLE, DROPPED, True),
        (MailState.UNDELIVERABLE, "MESSAGE_REJECTED", False),
        (MailState.DEFERRED, DROPPED, False),
    ],
)
def test_what_an_operator_drops_says_so(state: MailState, reason: str, dropped: bool) -> None:
    assert Entry.of(item("a", state, "mine", reason={"S": reason})).dropped is dropped
