"""A backlog of some days, small enough for a test; `make simulate BACKLOG=4000000` has one of eighty."""

from dataclasses import replace

import pytest

from .backlog import Backlog, Plan, work_off

# The quota allows a twentieth less, so this takes five days.
PLAN = Plan(mails=1_000, quota=250, every_minute=False, shut=True)
MOST_UNITS, MOST_UNITS_A_REFUSAL = 7, 4


@pytest.fixture(scope="module")
def worked_off() -> Backlog:
    return work_off(PLAN)


def test_everyone_is_mailed_once_as_the_quota_allows(worked_off: Backlog) -> None:
    assert (worked_off.wrong, worked_off.mailed) == ([], PLAN.count)
    assert worked_off.days < PLAN.count / (0.95 * PLAN.quota) + 1.5


def test_the_stream_does_not_wait(worked_off: Backlog) -> None:
    assert worked_off.stream_hours * 3600 < 60


def test_a_mail_takes_few_write_units(worked_off: Backlog) -> None:
    assert worked_off.units_a_mail <= MOST_UNITS


def test_a_mail_that_is_refused_takes_few_more(worked_off: Backlog) -> None:
    refused = work_off(replace(PLAN, refused=0.3))
    assert refused.wrong == []
    assert refused.refusals > 0.3 * PLAN.count
    assert (
        sum(refused.units.values()) <= MOST_UNITS * refused.mailed + MOST_UNITS_A_REFUSAL * refused.refusals
    )
    # Half of that is another place in the list; the claim and the waiting anew, of which the quota's last
    # group of a day takes some, too, are counted above.
    entered = refused.units["mails: index"] - worked_off.units["mails: index"]
    assert entered / refused.refusals <= MOST_UNITS_A_REFUSAL / 2


def test_the_newest_import_does_not_wait_behind_the_old_one(worked_off: Backlog) -> None:
    assert worked_off.other_hours < 25  # the quota's day; behind the others it would be two and more
