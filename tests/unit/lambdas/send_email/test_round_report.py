"""What a round reports."""

from typing import Any

import pytest

from lambdas.core.mail_entries import MailState
from lambdas.core.mail_gate import DoorKind
from lambdas.core.mail_metrics import MailMetric
from lambdas.core.mail_writes import Change, Owing
from lambdas.core.metrics import embedded
from lambdas.send_email.account import Account
from lambdas.send_email.round_report import UNITS, OwedCounts, metrics_of

from ...helpers.clock import Clock
from ...helpers.cloud import IMPORT, IMPORTS, Cloud, mail, mails

pytestmark = pytest.mark.usefixtures("clock")


def counts_of(cloud: Cloud) -> OwedCounts:
    dynamodb: Any = cloud.dynamodb
    return OwedCounts(dynamodb, IMPORTS, cloud.outbox)


def in_time() -> bool:
    return True


def created(cloud: Cloud, count: int, *, read: bool = True) -> None:
    """An import with so many rows that were written, in chunks of two."""
    cloud.imports.begin(IMPORT, {"key": "uploads/a.csv"})
    for n in range(0, count, 2):
        cloud.imports.record_chunk(IMPORT, n // 2 + 1, {"created": list(range(n, min(n + 2, count)))})
    if read:
        cloud.imports.finish(IMPORT, {"status": "done", "read": count, "accepted": count, "rejected": 0}, {})


def ended(cloud: Cloud, **counts: int) -> None:
    cloud.dynamodb.transact_write_items(TransactItems=cloud.imports.count_mails(IMPORT, counts))


def owe(cloud: Cloud, *import_ids: str | None) -> Any:
    cloud.gate.register(import_ids, cloud.gate.read(import_ids))
    return cloud.outbox.imports()


def test_what_is_owed_is_what_was_created_less_what_ended() -> None:
    cloud = Cloud()
    created(cloud, 9)
    ended(cloud, mailed=2, held=1, undeliverable=1, cancelled=1)
    assert counts_of(cloud).total(owe(cloud, IMPORT), in_time) == 4


def test_of_an_import_that_was_written_only_the_mails_are_read_again() -> None:
    cloud = Cloud()
    created(cloud, 100)
    counts, imports = counts_of(cloud), owe(cloud, IMPORT)
    assert counts.total(imports, in_time) == 100
    ended(cloud, mailed=30)
    cloud.calls.made.clear()
    assert counts.total(imports, in_time) == 70
    ((_, request),) = cloud.calls.made
    assert request["ExpressionAttributeValues"][":first"] == {"S": "mail#"}


def test_an_import_that_is_still_written_is_added_up_anew() -> None:
    cloud = Cloud()
    created(cloud, 4, read=False)
    counts, imports = counts_of(cloud), owe(cloud, IMPORT)
    assert counts.total(imports, in_time) == 4
    created(cloud, 10)
    assert counts.total(imports, in_time) == 10


def test_mails_of_no_import_are_counted_by_their_lists(clock: Clock) -> None:
    cloud = Cloud()
    free = [mail(f"free{n}@example.com") for n in range(7)]
    cloud.mails.owe(free, "stream", Owing("because", clock.now, clock.now))
    assert counts_of(cloud).total(owe(cloud, None), in_time) == 7


def metrics(cloud: Cloud, **of: Any) -> dict[MailMetric, float]:
    a_round = cloud.mail_round()
    a_round.account = of.get("account")
    a_round.due_sender.oldest = of.get("oldest")
    return metrics_of(a_round, of.get("imports", []), counts_of(cloud), cloud.gate.read().door)


def test_while_all_are_zero_nothing_is_reported() -> None:
    assert metrics(Cloud()) == {}
    assert metrics(Cloud(), account=Account(sending=True, rate=14, quota=200, sent=0)) == {}


def test_each_metric_says_what_it_is_named_for(clock: Clock) -> None:
    cloud = Cloud()
    created(cloud, 9)
    cloud.mails.claim(mails(4), "mine")
    states = [MailState.HELD, MailState.HELD, MailState.UNDELIVERABLE, MailState.MAILED]
    cloud.mails.change(
        [
            Change(each, MailState.CLAIMED, "mine", "mine", state)
            for each, state in zip(mails(4), states, strict=True)
        ]
    )
    cloud.gate.shut(DoorKind.PAUSED, "because", None)
    account = Account(sending=True, rate=14, quota=200, sent=50)
    found = metrics(cloud, imports=owe(cloud, IMPORT), account=account, oldest=clock.now - 90)
    assert found == {
        MailMetric.OWED: 5,
        MailMetric.OLDEST_SECONDS: 90,
        MailMetric.HELD: 2,
        MailMetric.UNDELIVERABLE: 1,
        MailMetric.DOOR_SHUT: 1,
        MailMetric.QUOTA_USED: 25,
    }


def test_that_nothing_is_owed_is_reported_beside_what_is_not_zero() -> None:
    cloud = Cloud()
    cloud.gate.shut(DoorKind.PAUSED, "because", None)
    assert metrics(cloud)[MailMetric.OWED] == 0


def test_without_time_to_count_what_is_owed_all_else_is_reported() -> None:
    cloud = Cloud()
    created(cloud, 9)
    cloud.gate.shut(DoorKind.PAUSED, "because", None)
    imports, a_round = owe(cloud, IMPORT), cloud.mail_round()
    a_round.seconds_left = lambda: 19.9
    found = metrics_of(a_round, imports, counts_of(cloud), cloud.gate.read().door)
    assert found[MailMetric.DOOR_SHUT] == 1
    assert MailMetric.OWED not in found


@pytest.mark.parametrize("kind", DoorKind)
def test_a_door_counts_as_shut_where_somebody_must_mend_something(kind: DoorKind) -> None:
    cloud = Cloud()
    cloud.gate.shut(kind, "because", None)
    shut = kind in {DoorKind.SET_UP, DoorKind.PAUSED}
    assert metrics(cloud).get(MailMetric.DOOR_SHUT, 0) == shut


def test_a_clock_that_is_wrong_makes_no_negative_age(clock: Clock) -> None:
    found = metrics(Cloud(), oldest=clock.now + 60, account=Account(True, 14, 200, 1))
    assert found[MailMetric.OLDEST_SECONDS] == 0


def test_a_line_is_as_cloudwatch_reads_it(clock: Clock) -> None:
    """https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/
    CloudWatch_Embedded_Metric_Format_Specification.html
    """
    line = embedded(dict.fromkeys(MailMetric, 1 / 3), "x-mail-round", UNITS)
    assert line["_aws"]["Timestamp"] == int(clock.now * 1000)
    (directive,) = line["_aws"]["CloudWatchMetrics"]
    assert (directive["Namespace"], directive["Dimensions"]) == ("Rowrelay", [["FunctionName"]])
    assert line["FunctionName"] == "x-mail-round"
    units = {metric["Name"]: metric["Unit"] for metric in directive["Metrics"]}
    assert units.keys() == {str(metric) for metric in MailMetric}
    assert (units["OldestOwedSeconds"], units["QuotaUsedPercent"]) == ("Seconds", "Percent")
    assert all(line[name] == 0.333 for name in units)
