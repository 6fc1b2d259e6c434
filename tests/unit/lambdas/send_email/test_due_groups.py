"""Groups of mails that are due."""

from collections.abc import Callable, Collection, Sequence
from typing import Any

import pytest

from lambdas.send_email.account import Account
from lambdas.send_email.due_groups import DueGroups
from lambdas.send_email.due_sender import Sent

MAILS = [f"m{n}" for n in range(100)]


class Due:
    """Mails that are due."""

    def __init__(self, mail_ids: Sequence[str]) -> None:
        self.left = list(mail_ids)

    def take(self, count: int) -> list[str]:
        taken, self.left = self.left[: max(0, count)], self.left[max(0, count) :]
        return taken

    def leave_out(self, import_ids: Collection[str | None]) -> None:
        self.left = [each for each in self.left if each not in import_ids]


def sent(mails: int, *, takes_more: bool = True, not_to_send: Collection[str] = ()) -> Sent:
    return Sent(mails, takes_more, answered=True, not_to_send=frozenset(not_to_send))


def groups(
    mail_ids: Sequence[str],
    *,
    left: int | None = None,
    first: Sequence[str] = (),
    before: int = 0,
    meanwhile: Sequence[Sequence[str]] = (),
    may_go_on: Callable[[], bool] = lambda: True,
) -> DueGroups:
    """Of an account that sends 14 mails a second, and whose quota leaves so many."""
    quota, used = (None, 0) if left is None else (200, 190 - left)
    account = Account(sending=True, rate=14, quota=quota, sent=used)
    assert account.left == left
    later = iter([*map(Due, meanwhile), *[Due([])] * 100])
    due: Any = Due(mail_ids)
    take_later: Any = lambda: next(later)  # noqa: E731
    return DueGroups(account, due, take_later, may_go_on, list(first), before)


def all_of(handed_out: DueGroups) -> list[list[str]]:
    taken = []
    while group := handed_out.take():
        taken.append(group)
        handed_out.end(group, sent(len(group)))
    return taken


def test_every_mail_is_handed_out_once_in_groups() -> None:
    taken = all_of(groups(MAILS))
    assert [len(group) for group in taken] == [14] * 7 + [2]
    assert [each for group in taken for each in group] == MAILS


def test_what_was_taken_before_is_the_first_of_all() -> None:
    assert all_of(groups(MAILS[1:20], first=MAILS[:1]))[0] == MAILS[:14]


def test_what_becomes_due_meanwhile_is_sent_too() -> None:
    handed_out = groups(MAILS[:2], meanwhile=[MAILS[2:4], MAILS[4:5], []])
    assert all_of(handed_out) == [MAILS[:2], MAILS[2:4], MAILS[4:5]]
    assert not handed_out.stopped


def test_no_more_are_handed_out_than_the_quota_leaves() -> None:
    handed_out = groups(MAILS, left=30)
    assert [len(group) for group in all_of(handed_out)] == [14, 14, 2]
    assert handed_out.quota_is_used
    assert not handed_out.stopped


def test_what_is_under_way_counts_until_it_is_known_not_to_have_been_sent() -> None:
    handed_out = groups(MAILS, left=20)
    first, second = handed_out.take(), handed_out.take()
    assert (len(first), len(second), handed_out.take()) == (14, 6, [])
    handed_out.end(first, sent(4))
    assert len(handed_out.take()) == 10
    assert not handed_out.quota_is_used


def test_what_was_sent_before_counts() -> None:
    handed_out = groups(MAILS, left=10, before=4)
    assert [len(group) for group in all_of(handed_out)] == [6]
    assert handed_out.sent == 10


def test_once_the_round_may_not_go_on_no_group_begins() -> None:
    answers = iter([True, True, False])
    handed_out = groups(MAILS, may_go_on=lambda: next(answers))
    assert len(all_of(handed_out)) == 2
    assert handed_out.stopped
    assert handed_out.take() == []


def test_whether_it_may_is_not_asked_for_nothing() -> None:
    def never() -> bool:
        raise AssertionError

    handed_out = groups([], may_go_on=never)
    assert handed_out.take() == []
    assert not handed_out.stopped


@pytest.mark.parametrize("count", [0, 14])
def test_once_ses_takes_no_more_no_group_begins(count: int) -> None:
    handed_out = groups(MAILS)
    group = handed_out.take()
    handed_out.end(group, sent(count, takes_more=False))
    assert handed_out.take() == []
    assert handed_out.stopped
    assert handed_out.sent == count


def test_after_a_group_that_failed_none_begins() -> None:
    handed_out = groups(MAILS)
    group, other = handed_out.take(), handed_out.take()
    handed_out.end(group, None)
    assert handed_out.take() == []
    handed_out.end(other, sent(3))
    assert (handed_out.stopped, handed_out.sent) == (True, 3)


def test_what_was_paused_meanwhile_is_left_out() -> None:
    handed_out = groups(MAILS)
    handed_out.end(handed_out.take(), sent(0, not_to_send=MAILS[:90]))
    assert all_of(handed_out) == [MAILS[90:]]
