"""A stack's parts, seen in answers of AWS's models: each look fails alone."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from operations.alarms import StackAlarm
from operations.function_health import FunctionHealth
from operations.function_results import Counts, Outcome
from operations.functions import Feed, FunctionSetUp
from operations.health import Health, HealthLooks
from operations.looking import Looking, NotSeen
from operations.parts import BrokenPart
from operations.sending_account import SendingAccount
from operations.stack import Stack

from ..helpers.answers import Answer, Answers, Refused

TOPIC = "arn:aws:sns:us-east-1:123456789012:alarms"
OUTPUTS: Mapping[str, Any] = {
    "bucket": "the-bucket",
    "queue_url": "https://sqs/1/chunks",
    "dead_letter_queue_url": "https://sqs/1/dead",
    "ingest_failure_queue_url": "https://sqs/1/ingest",
    "notifier_failure_queue_url": "https://sqs/1/notifier",
    "table": "users",
    "import_ledger": "imports",
    "mail_ledger": "mails",
    "functions": {key: key for key in ("process_csv", "insert_records", "send_email", "mail_round")},
    "dashboard": "the-dashboard",
    "identity": "arn:aws:ses:us-east-1:1:identity/example.com",
}
CHANGED = datetime(2026, 1, 31, 12, tzinfo=UTC)


def arn(name: str) -> str:
    return f"arn:aws:lambda:us-east-1:123456789012:function:{name}"


def alarm(name: str, state: str = "OK", namespace: str = "AWS/SQS", **of: Any) -> dict[str, Any]:
    return {
        "AlarmName": name,
        "Namespace": namespace,
        "StateValue": state,
        "StateUpdatedTimestamp": CHANGED,
        "ActionsEnabled": True,
        "AlarmActions": [],
        "Dimensions": [{"Name": "QueueName", "Value": "dead"}],
        **of,
    }


# A stack to which nothing is wrong.
WELL: Mapping[str, Answer] = {
    "s3.HeadBucket": {},
    "s3.GetBucketNotificationConfiguration": {
        "LambdaFunctionConfigurations": [
            {"LambdaFunctionArn": arn("process_csv"), "Events": ["s3:ObjectCreated:*"]}
        ]
    },
    "dynamodb.DescribeTable": {"Table": {"TableStatus": "ACTIVE"}},
    "sqs.GetQueueAttributes": {"Attributes": {"QueueArn": "arn"}},
    "sesv2.GetEmailIdentity": {"VerifiedForSendingStatus": True},
    "sesv2.GetAccount": {
        "SendingEnabled": True,
        "ProductionAccessEnabled": True,
        "EnforcementStatus": "HEALTHY",
        "SendQuota": {"Max24HourSend": 200.0, "MaxSendRate": 1.0, "SentLast24Hours": 50.0},
    },
    "cloudwatch.GetDashboard": {},
    "cloudwatch.GetMetricData": {"MetricDataResults": []},
    "cloudwatch.DescribeAlarms": {"MetricAlarms": []},
    "lambda.GetFunctionConfiguration": lambda request: {
        "FunctionArn": arn(request["FunctionName"]),
        "Role": "arn:aws:iam::123456789012:role/the-role",
    },
    "lambda.GetFunctionConcurrency": {},
    "lambda.ListEventSourceMappings": {
        "EventSourceMappings": [{"State": "Enabled", "LastModified": CHANGED}]
    },
    "iam.ListRolePolicies": {"PolicyNames": ["the-policy"]},
    "events.ListRuleNamesByTarget": {"RuleNames": ["the-rule"]},
    "events.DescribeRule": {"State": "ENABLED"},
    "logs.FilterLogEvents": {"events": []},
}


def health(outputs: Mapping[str, Any] = OUTPUTS, /, **answers: Answer) -> Health:
    """Of a stack to which nothing is wrong but this: "service_Operation"."""
    changed = {name.replace("_", ".", 1): answer for name, answer in answers.items()}
    stack = Stack("stack dev", " --stack dev", outputs, Answers({**WELL, **changed}).client)
    with Looking() as looking:
        return HealthLooks(stack, looking).health()


def test_a_stack_to_which_nothing_is_wrong() -> None:
    found = health()
    assert (found.broken, found.not_seen, found.alarms, found.unread_topics) == ([], [], [], [])
    assert found.account == SendingAccount(
        open=True, production=True, review="", quota=200, sent=50, rate=1.0
    )
    assert found.account.left == 150
    function = found.functions["process_csv"]
    assert function.set_up == FunctionSetUp(
        "process_csv", "", arn("process_csv"), "the-role", "/aws/lambda/process_csv"
    )
    assert [each.failing for each in found.functions.values()] == [False] * 4
    assert [each.role_fault for each in found.functions.values()] == [""] * 4
    assert [each.feed and each.feed.fault for each in found.functions.values()] == [""] * 4


@pytest.mark.parametrize(
    ("operation", "answer", "broken"),
    [
        ("s3_HeadBucket", Refused("404", status=404), ["the bucket the-bucket does not exist"]),
        (
            "dynamodb_DescribeTable",
            Refused("ResourceNotFoundException"),
            [
                f"the {each} does not exist"
                for each in ("table users", "import ledger imports", "mail ledger mails")
            ],
        ),
        (
            "dynamodb_DescribeTable",
            {"Table": {"TableStatus": "INACCESSIBLE_ENCRYPTION_CREDENTIALS"}},
            [
                f"the {each} is INACCESSIBLE_ENCRYPTION_CREDENTIALS"
                for each in ("table users", "import ledger imports", "mail ledger mails")
            ],
        ),
        (
            "sesv2_GetEmailIdentity",
            {"VerifiedForSendingStatus": False},
            ["the identity example.com is not verified, so SES takes no mail from it"],
        ),
        (
            "sesv2_GetEmailIdentity",
            Refused("NotFoundException", status=404),
            ["the identity example.com does not exist"],
        ),
        (
            "cloudwatch_GetDashboard",
            Refused("ResourceNotFound", status=404),
            ["the dashboard the-dashboard does not exist"],
        ),
    ],
)
def test_a_part_that_is_not_as_it_should_be(operation: str, answer: Answer, broken: list[str]) -> None:
    found = health(**{operation: answer})
    assert [f"{part.name} {part.fault}" for part in found.broken] == broken
    assert found.not_seen == []


def test_a_queue_that_is_gone() -> None:
    def answer(request: Mapping[str, Any]) -> Any:
        if request["QueueUrl"].endswith("/dead"):
            raise Refused("AWS.SimpleQueueService.NonExistentQueue")
        return {"Attributes": {"QueueArn": "arn"}}

    found = health(sqs_GetQueueAttributes=answer)
    assert found.broken == [BrokenPart("the dead-letter queue dead", "does not exist", needed=False)]


def test_what_the_operator_may_not_see_is_never_told_as_well() -> None:
    denied = Refused("AccessDeniedException", "x is not authorized to perform: a:B on y", 403)
    found = health(**{name.replace(".", "_", 1): denied for name in WELL})
    assert {each.why for each in found.not_seen} == {"AccessDeniedException (not allowed: a:B)"}
    assert len(found.not_seen) == 10 + 4 + 3  # parts, functions, and account, alarms, metrics
    assert (found.account, found.alarms, found.broken) == (None, None, [])
    assert [each.set_up for each in found.functions.values()] == [None] * 4


def test_one_look_that_is_denied_hides_no_other() -> None:
    found = health(iam_ListRolePolicies=Refused("AccessDenied", status=403))
    assert found.not_seen == [NotSeen(f"the role of {name}", "AccessDenied") for name in OUTPUTS["functions"]]
    assert [each.role_fault for each in found.functions.values()] == [None] * 4
    assert all(each.feed for each in found.functions.values())


def test_a_stack_with_a_bookkeeper_has_its_schedule_looked_at() -> None:
    outputs = {**OUTPUTS, "functions": {**OUTPUTS["functions"], "bookkeeper": "bookkeeper"}}
    found = health(outputs, events_DescribeRule={"State": "DISABLED"}).functions["bookkeeper"]
    assert found.set_up
    assert found.set_up.arn == arn("bookkeeper")
    assert found.feed == Feed("its schedule, the rule", "is disabled")


def test_a_function_that_is_gone_has_nothing_else_to_look_at() -> None:
    found = health(lambda_GetFunctionConfiguration=Refused("ResourceNotFoundException", status=404))
    assert found.not_seen == []
    for function in found.functions.values():
        assert function.set_up == FunctionSetUp(function.name, "does not exist")
        assert (function.role_fault, function.feed, function.outcome) == (None, None, None)


def failing(outcome: Outcome | None, counts: Counts | None, last_result: str = "") -> bool:
    return FunctionHealth(
        "x", feed=Feed("mapping", last_result=last_result), outcome=outcome, counts=counts
    ).failing


FAILED, WELL_ENDED, SILENT = Outcome(True, 5.0), Outcome(False, 5.0), Outcome(False, 0)
LAST_FAILED = Counts(1, 1, last_failed=True)


@pytest.mark.parametrize(
    ("outcome", "counts", "last_result", "expected"),
    [
        (FAILED, Counts(1), "OK", True),
        (WELL_ENDED, LAST_FAILED, "PROBLEM: Function call failed", False),
        (SILENT, LAST_FAILED, "OK", True),
        (None, LAST_FAILED, "OK", True),
        (SILENT, Counts(1), "FAILED", False),
        (SILENT, Counts(), "PROBLEM: Function call failed", True),
        (None, None, "No records processed", False),
        (SILENT, None, "FAILED", True),
    ],
)
def test_the_newest_word_on_a_function_counts(
    outcome: Outcome | None, counts: Counts | None, last_result: str, expected: bool
) -> None:
    assert failing(outcome, counts, last_result) is expected


def test_only_the_stacks_alarms_are_looked_at() -> None:
    alarms = [
        alarm("ours", "ALARM", AlarmActions=[TOPIC]),
        alarm("disabled", AlarmActions=[TOPIC], ActionsEnabled=False),
        alarm("reputation", namespace="AWS/SES", Dimensions=[]),
        alarm("another set's", namespace="AWS/SES"),
        alarm("another queue's", Dimensions=[{"Name": "QueueName", "Value": "other"}]),
        alarm("another service's", namespace="AWS/EC2"),
        alarm("rounds", namespace="Rowrelay", Dimensions=[{"Name": "FunctionName", "Value": "mail_round"}]),
    ]
    found = health(
        cloudwatch_DescribeAlarms={"MetricAlarms": alarms},
        sns_ListSubscriptionsByTopic={"Subscriptions": [{"SubscriptionArn": "PendingConfirmation"}]},
    )
    assert found.alarms == [
        StackAlarm("ours", True, CHANGED.timestamp(), (TOPIC,)),
        *(StackAlarm(name, False, CHANGED.timestamp(), ()) for name in ("disabled", "reputation", "rounds")),
    ]
    assert found.unread_topics == [TOPIC]


@pytest.mark.parametrize(
    ("answer", "unread"),
    [
        ({"Subscriptions": [{"SubscriptionArn": f"{TOPIC}:1"}]}, []),
        ({"Subscriptions": []}, [TOPIC]),
        (Refused("NotFound", status=404), [TOPIC]),
    ],
)
def test_a_topic_is_read_by_who_has_confirmed(answer: Answer, unread: list[str]) -> None:
    alarms = [alarm("ours", AlarmActions=[TOPIC, arn("hears")])]
    found = health(cloudwatch_DescribeAlarms={"MetricAlarms": alarms}, sns_ListSubscriptionsByTopic=answer)
    assert found.unread_topics == unread


@pytest.mark.usefixtures("clock")
def test_ses_answers_once_a_second() -> None:
    answers: list[Any] = [Refused("TooManyRequestsException", status=429)] * 3 + [WELL["sesv2.GetAccount"]]

    def answer(_: Mapping[str, Any]) -> Any:
        return answers.pop(0)

    assert health(sesv2_GetAccount=answer).account


@pytest.mark.parametrize(
    ("answer", "left"),
    [
        ({"SendQuota": {"Max24HourSend": -1.0, "SentLast24Hours": 5.0}}, None),
        ({"SendQuota": {"Max24HourSend": 5.0, "SentLast24Hours": 7.0}}, 0),
    ],
)
def test_what_is_left_of_the_quota(answer: Answer, left: int | None) -> None:
    account = health(sesv2_GetAccount=answer).account
    assert account
    assert account.left == left
