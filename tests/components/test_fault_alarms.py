"""Which alarm goes off for which fault that the end-to-end tests bring about, and that AWS has its metric."""

import ast
from dataclasses import replace
from typing import Any

import pytest

from components import alarm_kinds, alarm_list
from components.alarm_kinds import Alarm

from .aws_metrics import METRICS, Silence
from .conftest import ROOT
from .recording import Recording

ALARM = "cloudwatch/metricAlarm:MetricAlarm"
ALARMS = [
    alarm
    for name, alarms in vars(alarm_list).items()
    if name.endswith("_ALARMS") and isinstance(alarms, tuple)
    for alarm in alarms
]
# An alarm, and what its metric reports; None is nothing.
Signal = tuple[str, float | None]

# An import that does not go on for a quarter of an hour sets this off, whatever the fault.
STUCK: tuple[Signal, ...] = (("ledger-imports-stuck", 1),)
WRITER_FAILS: tuple[Signal, ...] = (
    ("writer-insert-records-errors", 1),
    ("writer-queue-age", 901),
    ("writer-dead-letters-depth", 1),  # after five deliveries
)
# By the test of tests/e2e/test_health.py that brings the fault about.
FAULTS: dict[str, tuple[Signal, ...]] = {
    "test_the_table_is_deleted": (*WRITER_FAILS, *STUCK),
    "test_the_writers_permission_is_taken_away_and_given_back": (*WRITER_FAILS, *STUCK),
    "test_ses_refuses_every_call_for_ever": (("notifier-mails-owed-age", 24 * 60 * 60 + 1), *STUCK),
    "test_ses_has_paused_the_account": (("notifier-mails-door-shut", 1), *STUCK),
    # Lambda may not read the stream, so it invokes nothing; IteratorAge is of what the function is sent.
    "test_the_notifiers_policy_is_gone": STUCK,
    # SQS has no metric of a purge. What was in the queue has set these off before; they end with it.
    "test_the_ingest_failure_queue_is_purged": (
        ("ingest-failures-depth", 1),
        ("ingest-process-csv-errors", 1),
        *STUCK,
    ),
    "test_the_dead_letter_queue_is_purged": (*WRITER_FAILS, *STUCK),
    "test_a_mapping_is_disabled": (("writer-queue-age", 901), *STUCK),
    "test_a_function_is_deleted": (("writer-queue-age", 901), *STUCK),
    "test_the_daily_quota_is_used_up": (("notifier-mails-owed-age", 24 * 60 * 60 + 1),),
    "test_a_failure_queue_that_fills_and_one_that_is_gone": (("writer-dead-letters-depth", 1_200),),
    "test_the_rounds_rule_is_disabled": (("notifier-mail-round-stopped", None),),
    "test_the_bookkeepers_rule_is_disabled": (("ledger-bookkeeper-stopped", None),),
}
# AWS has no metric of it: S3 tells nobody that it invokes no function any more, and a function that is not
# invoked reports what an idle one does. The same holds if process_csv itself is deleted. status sees both.
UNNOTICED = {"test_the_buckets_notification_is_gone"}
NO_FAULTS = {
    "test_a_pipeline_at_rest",
    "test_a_thousand_imports_of_which_three_are_open",
    "test_what_the_operator_may_not_look_at_is_never_called_well",
}


def problems_of(alarm: Alarm) -> list[str]:
    """What is wrong with an alarm by AWS's list of metrics."""
    metrics = METRICS.get(alarm.namespace)
    if metrics is None:
        return [f"no namespace {alarm.namespace}"]
    metric = metrics.get(alarm.metric)
    if metric is None:
        return [f"{alarm.namespace} has no metric {alarm.metric}"]
    found = []
    if alarm.of and frozenset({alarm.dimension}) not in metric.dimensions:
        found.append(f"{alarm.metric} has no dimension {alarm.dimension}")
    if not alarm.of and frozenset() not in metric.dimensions:
        found.append(f"{alarm.metric} has none without dimensions")
    if alarm.statistic not in metric.statistics:
        found.append(f"{alarm.metric} is not to be viewed as {alarm.statistic}")
    below = alarm.comparison.startswith("LessThan")
    missing = "breaching" if below and metric.silence == Silence.NOTHING_HAPPENED else metric.silence.value
    if alarm.missing != missing:
        found.append(f"{alarm.metric}: missing data is {missing}, not {alarm.missing}")
    if not below and metric.late >= alarm.period * alarm.evaluation_periods:
        found.append(f"{alarm.metric} may be known {metric.late} seconds late, when newer ones are")
    return found


def goes_off(alarm: dict[str, Any], value: float | None) -> bool:
    """Whether an alarm goes off when its metric says that for long enough."""
    if value is None:
        return bool(alarm["treatMissingData"] == "breaching")
    compared: dict[str, bool] = {
        "GreaterThanThreshold": value > alarm["threshold"],
        "GreaterThanOrEqualToThreshold": value >= alarm["threshold"],
        "LessThanThreshold": value < alarm["threshold"],
    }
    return compared[alarm["comparisonOperator"]]


@pytest.mark.parametrize("alarm", ALARMS, ids=lambda alarm: alarm.name)
def test_aws_has_what_an_alarm_watches(alarm: Alarm) -> None:
    assert problems_of(alarm) == []


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"namespace": "AWS/Sqs"}, "no namespace AWS/Sqs"),
        ({"metric": "MessagesPurged"}, "AWS/SQS has no metric MessagesPurged"),
        (
            {"of": ""},
            "ApproximateNumberOfMessagesVisible has none without dimensions",
        ),
        ({"statistic": "p99"}, "ApproximateNumberOfMessagesVisible is not to be viewed as p99"),
        (
            {"namespace": "AWS/Lambda", "metric": "Errors", "statistic": "Sum", "missing": "notBreaching"},
            "Errors may be known 900 seconds late, when newer ones are",
        ),
        (
            {"missing": "notBreaching"},
            "ApproximateNumberOfMessagesVisible: missing data is ignore, not notBreaching",
        ),
    ],
)
def test_an_alarm_that_would_never_go_off_is_found(changes: dict[str, Any], problem: str) -> None:
    depth = next(alarm for alarm in ALARMS if alarm.name == "dead-letters-depth")
    assert problems_of(replace(depth, **changes)) == [problem]


def test_a_dimension_that_aws_does_not_have_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(alarm_kinds._DIMENSIONS, "AWS/SQS", "Queue")
    depth = next(alarm for alarm in ALARMS if alarm.name == "dead-letters-depth")
    assert problems_of(depth) == ["ApproximateNumberOfMessagesVisible has no dimension Queue"]


@pytest.mark.parametrize(("fault", "signals"), FAULTS.items())
def test_a_fault_sets_off_an_alarm(local: Recording, fault: str, signals: tuple[Signal, ...]) -> None:
    alarms = {alarm.name: alarm.inputs for alarm in local.all(ALARM)}
    assert signals, fault
    for name, value in signals:
        assert goes_off(alarms[name], value), name


def test_each_fault_of_the_end_to_end_tests_is_here() -> None:
    tree = ast.parse((ROOT / "tests" / "e2e" / "test_health.py").read_text(encoding="utf-8"))
    tests = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    tests = {name for name in tests if name.startswith("test_")}
    assert tests == {*FAULTS, *UNNOTICED, *NO_FAULTS}
