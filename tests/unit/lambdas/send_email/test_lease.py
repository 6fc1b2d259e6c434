"""One round at a time."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from lambdas.core.mail_entries import MAIL_ID
from lambdas.send_email.lease import LEASE_SECONDS, Lease

from ...helpers.clock import Clock
from ...helpers.cloud import MAILS, Cloud
from ...helpers.fakes import Lost, client_error

pytestmark = pytest.mark.usefixtures("clock")
LOST = Lost(client_error("InternalServerError", status=500))
DAY = 24 * 60 * 60


def lease(cloud: Cloud, name: str) -> Lease:
    dynamodb: Any = cloud.dynamodb
    return Lease(dynamodb, MAILS, name)


def test_one_round_has_it_at_a_time(clock: Clock) -> None:
    cloud = Cloud()
    assert lease(cloud, "a").acquire()
    assert not clock.sleeps
    assert not lease(cloud, "b").acquire()
    assert 0 < sum(clock.sleeps) < LEASE_SECONDS


def test_it_is_handed_over_to_the_round_that_asks(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    cloud = Cloud()
    first, sleep = lease(cloud, "a"), clock.sleep
    first.acquire()
    assert first.renew()
    assert not first.asked

    def slept(seconds: float) -> None:
        sleep(seconds)
        assert first.renew()
        if first.asked:
            first.release()

    monkeypatch.setattr("time.sleep", slept)
    second = lease(cloud, "b")
    assert second.acquire()
    assert clock.sleeps == [0.5]  # nothing is sent meanwhile
    assert second.renew()
    assert not first.renew()


def test_it_is_renewed_for_as_long_as_nobody_asks(clock: Clock) -> None:
    cloud = Cloud()
    holder = lease(cloud, "a")
    holder.acquire()
    for _ in range(10):
        clock.sleep(LEASE_SECONDS - 1)
        assert holder.renew()
    assert not lease(cloud, "b").acquire()
    assert holder.renew()  # it is still its own
    assert holder.asked


def test_a_killed_rounds_lease_runs_out(clock: Clock) -> None:
    cloud = Cloud()
    killed = lease(cloud, "a")
    killed.acquire()
    clock.sleep(LEASE_SECONDS + 1)
    assert lease(cloud, "b").acquire()
    assert not killed.renew()  # it was not killed, but slow
    killed.release()
    assert not lease(cloud, "c").acquire()


@pytest.mark.parametrize("seconds", [LEASE_SECONDS + 61, DAY, 365 * DAY])
def test_a_lease_of_a_wrong_clock_holds_for_no_longer(clock: Clock, seconds: float) -> None:
    cloud = Cloud()
    clock.now += seconds
    lease(cloud, "a").acquire()
    clock.now -= seconds
    assert lease(cloud, "b").acquire()
    assert not clock.sleeps


def test_a_released_lease_is_anybodys_at_once(clock: Clock) -> None:
    cloud = Cloud()
    first = lease(cloud, "a")
    first.acquire()
    first.release()
    assert lease(cloud, "b").acquire()
    assert not clock.sleeps


def test_who_does_not_hold_it_neither_renews_nor_releases_it() -> None:
    cloud = Cloud()
    holder, other = lease(cloud, "a"), lease(cloud, "b")
    assert not other.renew()
    other.release()
    holder.acquire()
    assert not other.renew()
    other.release()
    assert holder.renew()


@pytest.mark.parametrize("step", ["acquire", "renew", "release"])
def test_a_step_whose_answer_was_lost_may_be_repeated(step: str) -> None:
    cloud = Cloud()
    holder = lease(cloud, "a")
    if step != "acquire":
        holder.acquire()
    cloud.dynamodb.script("update_item", LOST)
    with pytest.raises(ClientError):
        getattr(holder, step)()
    assert getattr(holder, step)() is not False
    assert lease(cloud, "b").acquire() == (step == "release")


def test_a_lease_is_one_item_beside_the_mails() -> None:
    cloud = Cloud()
    lease(cloud, "a").acquire()
    (item,) = cloud.dynamodb.items(MAILS)
    assert item[MAIL_ID] == {"S": "lease"}
    assert cloud.states() == {}


def test_any_other_error_is_the_callers() -> None:
    cloud = Cloud()
    cloud.dynamodb.script("update_item", client_error("AccessDeniedException"))
    with pytest.raises(ClientError, match="AccessDeniedException"):
        lease(cloud, "a").acquire()
