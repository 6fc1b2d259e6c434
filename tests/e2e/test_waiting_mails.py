"""Mails that wait, as SES takes no more or an operator said so: all leave in the end, and nobody twice."""

import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from local.embedded import embedded_aws
from local.ses_limits import SesLimits
from operations.imports import Import

from .accounts import SCHEDULE_SECONDS
from .command import commands_in, found_by_commands, rowrelay
from .pipeline import HEADER, Pipeline, until

pytestmark = pytest.mark.e2e
PATIENCE = 60
# `status` asks SES for the account, which SES answers once a second: others of the account ask, too.
STATUS_SECONDS = 3


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Pipeline]:
    """A pipeline for one test, which commands find."""
    with embedded_aws() as deployment:
        pipeline = Pipeline(deployment)
        with found_by_commands(pipeline, tmp_path):
            yield pipeline


def people(count: int, tag: str = "person") -> bytes:
    return HEADER + b"".join(b"%s%d@example.com,Ada,,,,\n" % (tag.encode(), n) for n in range(count))


def limit(pipeline: Pipeline, rate: float, quota: float = -1, **more: Any) -> None:
    pipeline.deployment.limit_mails(SesLimits(max_send_rate=rate, max_24_hour_send=quota, **more))


def mailed(pipeline: Pipeline) -> int:
    """How many SES took; none of them twice."""
    sent = Counter(address for mail in pipeline.mails() for address in mail["To"])
    assert max(sent.values(), default=0) <= 1
    return len(sent)


def now(pipeline: Pipeline, one: Import) -> Import:
    return pipeline.watch.ledger.refresh(one)


def owed(pipeline: Pipeline, count: int, tag: str = "person") -> Import:
    """An import whose mails are all owed, since all mails are paused."""
    assert rowrelay("mails", "pause", "--all")[0] == 0
    one = pipeline.upload(f"{tag}.csv", people(count, tag))
    until(lambda: now(pipeline, one).books.created == len(pipeline.owed()) == count, PATIENCE)
    return now(pipeline, one)


def waiting() -> dict[str, Any]:
    """What `status` says of mails."""
    mails = rowrelay("status")[1]["mails"]
    assert isinstance(mails, dict)
    return mails


def in_future(moment: str) -> bool:
    return datetime.fromisoformat(moment) >= datetime.now(UTC).replace(microsecond=0)


def test_a_quota_that_shuts_and_opens_again_and_nobody_invokes_a_round(fresh: Pipeline) -> None:
    limit(fresh, rate=200, quota=100)
    one = fresh.upload("users.csv", people(1000))
    until(lambda: now(fresh, one).books.created == 1000, PATIENCE)
    until(lambda: waiting()["owed"] == 900, PATIENCE, STATUS_SECONDS)

    looks: list[dict[str, Any]] = []

    def looked_again() -> bool:
        """Whether a round has, and found the door as it was."""
        looks.append(waiting())
        return len({look["door"]["until"] for look in looks}) > 1

    until(looked_again, SCHEDULE_SECONDS, STATUS_SECONDS)
    assert mailed(fresh) == 100
    for look in looks:
        assert look["owed"] == 900
        assert look["door"]["kind"] == "quota"
        assert "quota" in look["door"]["reason"]
        [entry] = look["imports"]
        assert (entry["import"], entry["owed"]) == (now(fresh, one).id, 900)
        assert all("quota" in reason for reason in entry["reasons"])
    assert in_future(looks[-1]["door"]["until"])
    assert looks[-1]["door"]["reason"] == "100 of 100 mails of the daily quota are used"

    limit(fresh, rate=200, quota=2000)
    until(lambda: now(fresh, one).balanced, SCHEDULE_SECONDS + PATIENCE)
    assert mailed(fresh) == now(fresh, one).books.mailed == 1000
    until(lambda: waiting()["door"] is None, every=STATUS_SECONDS)
    assert waiting()["owed"] == 0


@pytest.mark.parametrize(
    ("rate", "one_bulk_call_a_second"),
    [(50, False), (50, True), (120, False), (120, True)],  # of 120, one bulk call a second carries 50
)
def test_a_round_keeps_the_rate_in_both_worlds(
    fresh: Pipeline, rate: int, one_bulk_call_a_second: bool
) -> None:
    count = 3 * rate
    limit(fresh, rate=rate, one_bulk_call_a_second=one_bulk_call_a_second)
    one = owed(fresh, count)
    rowrelay("mails", "resume", "--all")
    fresh.round()
    # What is refused for the rate waits for minutes, so one round sends all only if it keeps the rate.
    assert mailed(fresh) == count
    assert now(fresh, one).balanced
    times = [mail["Timestamp"] for mail in fresh.mails()]
    assert max(sum(0 <= other - each < 1 for other in times) for each in times) <= rate
    assert fresh.watch.mails.gate.read().door is None


@pytest.mark.parametrize("refuses_entries", [False, True])
def test_an_account_that_is_paused_and_resumed(fresh: Pipeline, refuses_entries: bool) -> None:
    limit(fresh, rate=200, sending_enabled=False, refuses_entries=refuses_entries)
    one = fresh.upload("users.csv", people(300))
    until(lambda: now(fresh, one).books.created == len(fresh.owed()) == 300, PATIENCE)
    code, status = rowrelay("status")
    assert (code, status["mails"]["owed"], status["mails"]["door"]["kind"]) == (3, 300, "paused")
    assert commands_in(status) == ["rowrelay mails resume --all"]
    fresh.round()
    assert mailed(fresh) == 0

    limit(fresh, rate=200)
    rowrelay("mails", "resume", "--all")
    fresh.round()
    assert mailed(fresh) == 300
    assert now(fresh, one).balanced
    assert commands_in(rowrelay("status")[1]) == []


def test_two_rounds_at_once(fresh: Pipeline) -> None:
    limit(fresh, rate=1000)
    one = owed(fresh, 700)
    rowrelay("mails", "resume", "--all")
    with ThreadPoolExecutor(4) as pool:
        rounds = [pool.submit(fresh.round) for _ in range(4)]
    assert [each.result() for each in rounds] == [None] * 4
    until(lambda: now(fresh, one).balanced, SCHEDULE_SECONDS)
    assert mailed(fresh) == now(fresh, one).books.mailed == 700


def test_an_import_is_paused_resumed_and_cancelled_while_a_round_sends(fresh: Pipeline) -> None:
    limit(fresh, rate=20)
    one, other = owed(fresh, 300, "one"), fresh.upload("other.csv", people(60, "other"))
    until(lambda: len(fresh.owed()) == 360, PATIENCE)
    rowrelay("mails", "resume", "--all")

    def while_sending(*args: str) -> None:
        """Run the command while a round sends."""
        before = mailed(fresh)
        with ThreadPoolExecutor(1) as pool:
            sending = pool.submit(fresh.round)
            until(lambda: mailed(fresh) > before)
            assert rowrelay("mails", *args)[0] == 0
            sending.result()

    while_sending("pause", str(one.id))
    # The other's went on, and of the paused one no more than two groups that were on their way.
    assert now(fresh, other).balanced
    paused = now(fresh, one).books
    assert paused.mailed < 120
    [told] = waiting()["imports"]
    assert (told["import"], told["owed"], told["sending"]) == (one.id, 300 - paused.mailed, "paused")
    fresh.round()
    time.sleep(1)
    assert now(fresh, one).books == paused

    rowrelay("mails", "resume", str(one.id))
    while_sending("cancel", str(one.id), "--yes")
    fresh.round()
    books = now(fresh, one).books
    assert paused.mailed < books.mailed
    assert (books.mailed + books.cancelled, books.owed, books.held) == (300, 0, 0)
    assert mailed(fresh) == books.mailed + 60
    assert waiting()["owed"] == 0
