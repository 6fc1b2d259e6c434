"""What the mail ledger's items say."""

from dataclasses import replace
from typing import Any

import pytest

from lambdas.core.chunk import is_import_id
from lambdas.core.mail import Mail
from lambdas.core.mail_entries import (
    OWED_SHARDS,
    Entry,
    MailState,
    entries_in,
    owed_list,
    owed_lists,
    receipt_id,
)

from ...helpers.cloud import IMPORT, mail, mails


def item(mail_id: str, state: MailState, claim: str, **more: Any) -> dict[str, Any]:
    texts = {"mail_id": mail_id, "state": state, "claim": claim}
    return {**{name: {"S": text} for name, text in texts.items()}, "changed_at": {"N": "1.5"}, **more}


def test_a_claimed_mail_is_mailed_if_its_claims_receipt_names_it() -> None:
    receipt = {"mail_id": {"S": receipt_id("mine")}, "mails": {"M": {"a": {"S": "id"}, "c": {"S": "id"}}}}
    claimed = MailState.CLAIMED
    items = [item("a", claimed, "mine"), item("b", claimed, "mine"), item("c", claimed, "theirs"), receipt]
    states = {mail_id: entry.state for mail_id, entry in entries_in(items).items()}
    assert states == {"a": MailState.MAILED, "b": claimed, "c": claimed}


def test_an_owed_mail_is_not_mailed_whatever_receipts_name_it() -> None:
    receipt = {"mail_id": {"S": receipt_id("mine")}, "mails": {"M": {"a": {"S": "id"}}}}
    (entry,) = entries_in([item("a", MailState.OWED, "mine"), receipt]).values()
    assert entry.state == MailState.OWED


def test_the_ledgers_other_items_are_no_mails() -> None:
    others = [{"mail_id": {"S": name}} for name in ("door", "lease", f"import#{IMPORT}", "import#all")]
    assert entries_in(others) == {}


def test_an_entry_has_all_that_its_item_says() -> None:
    full = item(
        "a",
        MailState.OWED,
        "mine",
        import_id={"S": IMPORT},
        line={"N": "7"},
        columns={"M": {"email": {"S": "a@example.com"}}},
        record_key={"M": {"id": {"N": "1"}}},
        reason={"S": "why"},
        owed_since={"N": "2.5"},
        due={"N": "3.5"},
        outbox={"S": "list"},
    )
    a_mail = Mail("a", IMPORT, 7, {"email": "a@example.com"}, {"id": {"N": "1"}})
    assert Entry.of(full) == Entry(a_mail, MailState.OWED, "mine", 1.5, "why", 2.5, 3.5, "list")


def test_an_item_of_few_attributes_is_an_entry_too() -> None:
    bare = Entry.of(item("a", MailState.CLAIMED, "mine"))
    assert bare == Entry(Mail("a", None, None), MailState.CLAIMED, "mine", 1.5)
    assert (bare.reason, bare.owed_since, bare.due, bare.outbox) == ("", 0, 0, "")


@pytest.mark.parametrize("state", MailState)
def test_a_decision_is_missing_where_an_undecided_end_is_listed(state: MailState) -> None:
    listed = Entry.of(item("a", state, "mine", outbox={"S": "list"}))
    assert listed.decided == (state not in {MailState.UNDELIVERABLE, MailState.HELD})
    assert replace(listed, outbox="").decided


@pytest.mark.parametrize("import_id", [IMPORT, None])
def test_a_mail_is_owed_in_one_of_its_imports_lists(import_id: str | None) -> None:
    lists = owed_lists(import_id)
    assert len(set(lists)) == OWED_SHARDS == 4
    assert not set(lists) & set(owed_lists("another"))
    group = [replace(each, import_id=import_id) for each in mails(200)]
    assert {owed_list(each) for each in group} == set(lists)  # so that an import's mails spread


def test_a_mail_is_always_in_the_same_list() -> None:
    a_mail = mail("a@example.com", 2)
    assert owed_list(a_mail) == owed_list(replace(a_mail, columns={}, record_key={}))


def test_the_list_of_mails_of_no_import_is_named() -> None:
    assert owed_lists(None)[0] == "owed#-#0"
    assert owed_lists(IMPORT)[3] == f"owed#{IMPORT}#3"


def test_the_longest_id_of_an_import_fits_into_every_key() -> None:
    longest = "x" * 2032
    assert is_import_id(longest)
    assert not is_import_id(longest + "x")
    assert max(map(len, owed_lists(longest))) <= 2048  # DynamoDB's limit
