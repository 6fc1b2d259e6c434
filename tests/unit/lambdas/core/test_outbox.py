"""The index of what is due."""

from collections.abc import Sequence

import pytest

from lambdas.core.mail import Mail
from lambdas.core.mail_entries import MailState
from lambdas.core.mail_writes import Change, Owing
from lambdas.core.outbox import DueMails

from ...helpers.cloud import IMPORT, Cloud, mail, mails

NOW = 1_000.0


def owe(cloud: Cloud, group: Sequence[Mail], due: float = NOW) -> list[str]:
    """Each is due a second after the one before; returns their ids."""
    for n, each in enumerate(group):
        cloud.mails.owe([each], "mine", Owing("later", due + n, due))
    return [each.mail_id for each in group]


def of_import(import_id: str, count: int) -> list[Mail]:
    return [mail(f"p{n}@example.com", n, import_id=import_id) for n in range(count)]


def ids(cloud: Cloud, import_id: str | None = IMPORT, until: float | None = None) -> list[str]:
    return [each.mail_id for each in cloud.outbox.owed(import_id, until)]


def test_an_imports_mails_come_as_they_are_due_from_all_its_lists() -> None:
    cloud = Cloud()
    expected = owe(cloud, mails(40))
    owe(cloud, of_import("another", 3))
    assert ids(cloud) == expected
    assert [each.due for each in cloud.outbox.owed(IMPORT)] == [NOW + n for n in range(40)]


def test_what_is_not_due_is_not_read() -> None:
    cloud = Cloud()
    expected = owe(cloud, mails(10))
    assert ids(cloud, until=NOW + 4) == expected[:5]
    assert ids(cloud, until=NOW - 0.001) == []


def test_a_long_list_is_read_by_pages_as_far_as_it_is_wanted() -> None:
    cloud = Cloud()
    group = mails(1_000)
    cloud.mails.owe(group, "mine", Owing("later", NOW, NOW))
    cloud.calls.made.clear()
    found = cloud.outbox.owed(IMPORT)
    next(found)
    assert len(cloud.calls.named("query")) == 4  # a page of each list
    assert {each.mail_id for each in found} == {each.mail_id for each in group[:]} - {ids(cloud)[0]}
    assert all(request["Limit"] == 100 for request in cloud.calls.named("query"))


def test_the_head_of_each_list_is_what_is_due_first() -> None:
    cloud = Cloud()
    assert cloud.outbox.heads(IMPORT) == []
    expected = owe(cloud, mails(40))
    heads = cloud.outbox.heads(IMPORT)
    assert len(heads) == 4
    assert min(heads, key=lambda each: each.due).mail_id == expected[0]


def test_mails_that_wait_for_a_decision_are_counted_and_listed() -> None:
    cloud = Cloud()
    group = mails(5)
    cloud.mails.claim(group, "mine")
    cloud.mails.change(
        [Change(each, MailState.CLAIMED, "mine", "mine", MailState.HELD) for each in group[:3]]
    )
    assert cloud.outbox.count(MailState.HELD) == 3
    assert cloud.outbox.count(MailState.UNDELIVERABLE) == 0
    assert cloud.outbox.count(MailState.HELD, MailState.UNDELIVERABLE) == 3
    assert {each.mail_id for each in cloud.outbox.listed(MailState.HELD)} == {m.mail_id for m in group[:3]}


def test_only_the_index_is_read() -> None:
    cloud = Cloud()
    owe(cloud, mails(1))
    ids(cloud)
    cloud.outbox.imports()
    cloud.outbox.heads(IMPORT)
    assert {request["IndexName"] for request in cloud.calls.named("query")} == {"by_due"}


def due(cloud: Cloud, *imports: str | None, now: float = NOW + 100, seen: set[str] | None = None) -> DueMails:
    return DueMails(cloud.outbox, imports, now, set() if seen is None else seen, lambda: True)


def test_imports_take_turns_and_each_has_its_oldest_first() -> None:
    cloud = Cloud()
    large, small = owe(cloud, of_import("large", 20)), owe(cloud, of_import("small", 3))
    taken = due(cloud, "large", "small").take(8)
    of_small = [mail_id for mail_id in taken if mail_id in small]
    assert of_small == small
    assert [mail_id for mail_id in taken if mail_id not in small] == large[:5]
    assert set(taken[:6]) == {*small, *large[:3]}


@pytest.mark.parametrize("count", [1, 7, 50])
def test_every_mail_is_taken_once_however_many_at_a_time(count: int) -> None:
    cloud = Cloud()
    expected = [*owe(cloud, of_import("a", 15)), *owe(cloud, of_import("b", 20)), *owe(cloud, mails(1))]
    mails_due = due(cloud, "a", "b", IMPORT, None)
    taken: list[str] = []
    while some := mails_due.take(count):
        assert len(some) <= count
        taken += some
    assert sorted(taken) == sorted(expected)
    assert mails_due.take(count) == []


def test_none_are_taken_where_there_is_no_room() -> None:
    cloud = Cloud()
    owe(cloud, mails(1))
    mails_due = due(cloud, IMPORT)
    assert mails_due.take(0) == mails_due.take(-1) == []
    assert len(mails_due.take(1)) == 1


def test_what_is_not_due_yet_is_not_taken() -> None:
    cloud = Cloud()
    first, *_ = owe(cloud, mails(3))
    assert due(cloud, IMPORT, now=NOW).take(10) == [first]


def test_imports_that_are_not_asked_for_cost_nothing() -> None:
    cloud = Cloud()
    owe(cloud, of_import("paused", 5))
    cloud.calls.made.clear()
    assert due(cloud).take(10) == []
    assert not cloud.calls.made


def test_what_was_seen_is_passed_by_and_what_is_taken_is_seen() -> None:
    cloud = Cloud()
    expected, seen = owe(cloud, mails(20)), set[str]()
    assert due(cloud, IMPORT, seen=seen).take(5) == expected[:5]
    assert seen == set(expected[:5])
    # The index may lag behind, and name them again.
    assert due(cloud, IMPORT, seen=seen).take(50) == expected[5:]
    assert due(cloud, IMPORT, seen=seen).take(50) == []


def test_rounds_begin_with_different_imports() -> None:
    cloud = Cloud()
    names = [f"import-{n}" for n in range(20)]
    for name in names:
        owe(cloud, of_import(name, 1))
    assert len({due(cloud, *names).take(1)[0] for _ in range(50)}) > 1


def test_an_import_may_be_left_out_from_then_on() -> None:
    cloud = Cloud()
    owe(cloud, of_import("paused", 5))
    others = owe(cloud, of_import("other", 5))
    mails_due = due(cloud, "paused", "other")
    mails_due.take(2)
    mails_due.leave_out({"paused"})
    assert mails_due.take(50) == others[1:]


def test_while_very_many_imports_are_passed_by_the_round_may_end() -> None:
    cloud = Cloud()
    asked: list[bool] = []

    def never() -> bool:
        asked.append(True)
        return False

    names = [f"import-{n}" for n in range(350)]
    assert DueMails(cloud.outbox, names, NOW, set(), never).take(1) == []
    assert len(asked) == 1
    assert len(cloud.calls.named("query")) == 4 * 100
