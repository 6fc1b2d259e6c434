"""What acts on alarms, which are left out, their thresholds, and what is wrong with saying so."""

from collections.abc import Callable
from typing import Any

import pulumi
import pytest

from components import BufferedWriter, CsvIngest, ImportLedger, StreamNotifier
from components.alarm_kinds import Alarm
from components.alarm_list import (
    BUFFERED_WRITER_ALARMS,
    CSV_INGEST_ALARMS,
    IMPORT_LEDGER_ALARMS,
    STREAM_NOTIFIER_ALARMS,
)

from .answers import ACCOUNT, REGION, arn
from .problems import ingest_problems, notifier_problems, writer_problems
from .recording import Recording, record
from .samples import LEDGER, ingest_args, notifier_args, writer_args

ALARM = "cloudwatch/metricAlarm:MetricAlarm"
TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:alarms"
FUNCTION = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:tell:live"
# Each form of ARN that AWS's page names, but for EC2's.
OTHERS = [
    f"arn:aws:ssm:{REGION}:{ACCOUNT}:opsitem:3#CATEGORY=Availability",
    f"arn:aws:ssm-incidents::{ACCOUNT}:response-plan/plan",
    f"arn:aws:autoscaling:{REGION}:{ACCOUNT}:scalingPolicy:1:autoScalingGroupName/g:policyName/p",
    f"arn:aws:aiops:{REGION}:{ACCOUNT}:investigation-group:1",
]
Create = Callable[[dict[str, Any]], Any]
EVERY = [*CSV_INGEST_ALARMS, *BUFFERED_WRITER_ALARMS, *STREAM_NOTIFIER_ALARMS, *IMPORT_LEDGER_ALARMS]
# With a ledger of its own, a component has that one's alarms, too.
COMPONENTS: list[tuple[Create, tuple[Alarm, ...]]] = [
    (lambda given: CsvIngest("x", ingest_args(**given)), CSV_INGEST_ALARMS + IMPORT_LEDGER_ALARMS),
    (lambda given: BufferedWriter("x", writer_args(**given)), BUFFERED_WRITER_ALARMS + IMPORT_LEDGER_ALARMS),
    (
        lambda given: StreamNotifier("x", notifier_args(**given)),
        STREAM_NOTIFIER_ALARMS + IMPORT_LEDGER_ALARMS,
    ),
    (lambda given: BufferedWriter("x", writer_args(import_ledger=LEDGER, **given)), BUFFERED_WRITER_ALARMS),
    (lambda given: ImportLedger("x", given), IMPORT_LEDGER_ALARMS),  # type: ignore[arg-type]
]


def writer(**given: Any) -> Recording:
    return record(lambda: BufferedWriter("x", writer_args(import_ledger=LEDGER, **given)))


@pytest.mark.parametrize(("create", "alarms"), COMPONENTS)
def test_each_is_an_output_by_its_name_and_can_be_left_out(create: Create, alarms: tuple[Alarm, ...]) -> None:
    names = [alarm.name for alarm in alarms]
    recorded = record(lambda: create({}))
    arns = recorded.component_outputs["x"]["alarm_arns"]
    assert arns == {name: arn(ALARM, f"x-{name}") for name in names}
    assert {alarm.name for alarm in recorded.all(ALARM)} == {f"x-{name}" for name in names}

    first, *others = names
    less = record(lambda: create({"alarms": {first: {"enabled": False}, others[0]: {"enabled": True}}}))
    assert set(less.component_outputs["x"]["alarm_arns"]) == set(others)
    assert {alarm.name for alarm in less.all(ALARM)} == {f"x-{name}" for name in others}


def test_all_can_be_left_out() -> None:
    recorded = writer(alarms={alarm.name: {"enabled": False} for alarm in BUFFERED_WRITER_ALARMS})
    assert recorded.all(ALARM) == []
    assert recorded.component_outputs["x"]["alarm_arns"] == {}


def test_a_threshold_is_its_own_alarms() -> None:
    given = {
        "queue-age": {"threshold": 60.0},
        "insert-records-errors": {"threshold": 0},
        "dead-letters-depth": None,
    }
    recorded = writer(alarms=given)
    thresholds = {alarm.name: alarm.inputs["threshold"] for alarm in recorded.all(ALARM)}
    assert thresholds == {
        "x-dead-letters-depth": 0,
        "x-queue-age": 60,
        "x-insert-records-errors": 0,
        "x-insert-records-throttles": 0,
    }
    rates = record(
        lambda: StreamNotifier("n", notifier_args(alarms={"reputation-bounces": {"threshold": 0.02}}))
    )
    assert rates.inputs(ALARM, "n-reputation-bounces")["threshold"] == 0.02


@pytest.mark.parametrize(
    "alarm", [*CSV_INGEST_ALARMS, *BUFFERED_WRITER_ALARMS, *STREAM_NOTIFIER_ALARMS, *IMPORT_LEDGER_ALARMS]
)
def test_each_default_is_in_its_range(alarm: Alarm) -> None:
    assert alarm.least <= alarm.threshold <= (alarm.threshold if alarm.most is None else alarm.most)


def test_what_tells_people_hears_of_the_end_too() -> None:
    for alarm in writer(alarm_actions=[TOPIC, FUNCTION, *OTHERS[:3]]).all(ALARM):
        assert alarm.inputs["alarmActions"] == [TOPIC, FUNCTION, *OTHERS[:3]]
        assert alarm.inputs["okActions"] == [TOPIC, FUNCTION]
    for alarm in writer(alarm_actions=OTHERS).all(ALARM):
        assert "okActions" not in alarm.inputs


@pytest.mark.parametrize(
    "actions",
    [lambda: [pulumi.Output.from_input(TOPIC)], lambda: pulumi.Output.from_input([TOPIC])],
    ids=["each", "all"],
)
def test_actions_may_be_other_resources_outputs(actions: Callable[[], Any]) -> None:
    recorded = record(lambda: BufferedWriter("x", writer_args(alarm_actions=actions())))
    for alarm in recorded.all(ALARM):
        assert alarm.inputs["alarmActions"] == alarm.inputs["okActions"] == [TOPIC]


@pytest.mark.parametrize(
    "actions",
    [
        TOPIC,
        [TOPIC, "alarms"],
        [TOPIC, ""],
        [TOPIC, 1],
        [f"arn:aws:automate:{REGION}:ec2:stop"],
        [f"arn:aws:swf:{REGION}:{ACCOUNT}:action/actions/AWS_EC2.InstanceId.Stop/1.0"],
        [f"arn:aws:sqs:{REGION}:{ACCOUNT}:alarms"],
        [f"arn:aws:lambda:{REGION}:{ACCOUNT}:tell"],
        [TOPIC] * 6,
    ],
)
def test_actions_that_cloudwatch_does_not_take(actions: Any) -> None:
    (problem,) = writer_problems(alarm_actions=actions)
    assert problem.startswith(
        "alarm_actions: expected 0 to 5 ARNs, each an SNS topic's, a Lambda function's,"
    )
    assert problem.endswith(f"got {actions!r}")


@pytest.mark.parametrize("actions", [["alarms"], [TOPIC, f"arn:aws:sqs:{REGION}:{ACCOUNT}:alarms"], TOPIC])
def test_outputs_that_cloudwatch_does_not_take_stop_the_program(actions: Any) -> None:
    args = writer_args(alarm_actions=pulumi.Output.from_input(actions))
    with pytest.raises(pulumi.RunError) as error:
        record(lambda: BufferedWriter("x", args))
    assert str(error.value).startswith("alarm_actions: expected 0 to 5 ARNs, each an SNS topic's, ")
    assert str(error.value).endswith(f"got {actions!r}")


def test_an_unknown_alarm_is_told_with_those_that_there_are() -> None:
    assert writer_problems(alarms={"queue-agee": {"enabled": False}}, import_ledger=LEDGER) == [
        "alarms: queue-agee: no alarm of this component; did you mean queue-age? There are "
        "dead-letters-depth, queue-age, insert-records-errors, insert-records-throttles"
    ]


def test_names_that_are_no_texts_are_told() -> None:
    unknown, member = writer_problems(alarms={1: None, "queue-age": {2: None, "threshold": 60}})
    assert unknown.startswith("alarms: 1: no alarm of this component; did you mean ")
    assert member == "alarms: queue-age: 2: unknown; the members are enabled, threshold"


def test_every_problem_with_alarms_is_told() -> None:
    problems = notifier_problems(
        alarms={
            "failures-depth": {"enabled": False, "threshold": 5},
            "send-email-errors": {"threshold": -1},
            "send-email-iterator-age": {"threshold": 86_400_001},
            "mail-round-stopped": {"threshold": 2},
            "mails-door-shut": {"treshold": 2},
            "mails-owed-age": {"threshold": "24"},
            "mails-held": {"enabled": "no"},
            "reputation-bounces": {"threshold": 0},
            "mails-undeliverable": 3,
        }
    )
    assert problems == [
        "alarms: failures-depth: threshold contradicts enabled, which is false; leave one out",
        "alarms: send-email-errors: expected a threshold of at least 0 (invocations a minute), got -1",
        "alarms: send-email-iterator-age: expected a threshold from 0 to 86,400,000 (milliseconds), "
        "got 86400001",
        "alarms: mail-round-stopped: expected a threshold of 1 (invocations a minute), got 2",
        "alarms: mails-door-shut: treshold: unknown; the members are enabled, threshold",
        "alarms: mails-owed-age: expected a threshold from 60 to 31,536,000 (seconds), got '24'",
        "alarms: mails-held: expected enabled as true or false, got 'no'",
        "alarms: mails-undeliverable: expected an object of enabled and threshold, got 3",
        "alarms: reputation-bounces: expected a threshold from 0.0001 to 1 (parts of one), got 0",
    ]


@pytest.mark.parametrize("threshold", [True, float("nan"), float("inf"), 10**400])
def test_thresholds_that_are_no_numbers_of_cloudwatchs(threshold: Any) -> None:
    (problem,) = ingest_problems(alarms={"failures-depth": {"threshold": threshold}})
    assert problem.startswith("alarms: failures-depth: expected a threshold of at least 0 (messages), got ")


def test_alarms_are_told_by_name() -> None:
    (problem,) = ingest_problems(alarms=["failures-depth"])
    assert problem == "alarms: expected an object, got ['failures-depth']"
