"""What invokes the round each minute, and what becomes of an invocation that comes too late."""

import pytest

from components import StreamNotifier

from .answers import ACCOUNT, REGION, arn
from .recording import Recording, record
from .samples import LEDGER, notifier_args

FUNCTION = "lambda/function:Function"
RULE = f"arn:aws:events:{REGION}:{ACCOUNT}:rule/n-mail-round-schedule"


@pytest.fixture(scope="module")
def alone() -> Recording:
    return record(lambda: StreamNotifier("n", notifier_args(import_ledger=LEDGER)))


def test_a_rule_invokes_it_each_minute(alone: Recording) -> None:
    rule = alone.inputs("cloudwatch/eventRule:EventRule", "n-mail-round-schedule")
    assert rule["scheduleExpression"] == "rate(1 minute)"
    assert not {"eventPattern", "isEnabled", "state", "roleArn"} & set(rule)
    target = alone.one("cloudwatch/eventTarget:EventTarget", "n-mail-round-schedule-target")
    assert target.inputs["rule"] == "n-mail-round-schedule"
    assert target.inputs["arn"] == arn(FUNCTION, "n-mail-round")
    # It must be allowed, and told to drop what is stale, before the first event comes.
    assert {"n-mail-round-schedule-permission", "n-mail-round-async"} <= target.dependencies


def test_nothing_else_may_invoke_it(alone: Recording) -> None:
    assert [each.inputs for each in alone.all("lambda/permission:Permission")] == [
        {
            "action": "lambda:InvokeFunction",
            "function": "n-mail-round",
            "principal": "events.amazonaws.com",
            "sourceArn": RULE,
        }
    ]


def test_a_round_that_is_late_is_dropped_and_none_is_tried_again(alone: Recording) -> None:
    target = alone.inputs("cloudwatch/eventTarget:EventTarget", "n-mail-round-schedule-target")
    assert target["retryPolicy"] == {"maximumRetryAttempts": 0, "maximumEventAgeInSeconds": 60}
    kind = "lambda/functionEventInvokeConfig:FunctionEventInvokeConfig"
    (config,) = alone.all(kind)
    assert config.inputs == {
        "functionName": "n-mail-round",
        "maximumRetryAttempts": 0,
        "maximumEventAgeInSeconds": 60,
    }


def test_it_is_the_streams_bundle_with_time_of_its_own(alone: Recording) -> None:
    stream, mail_round = (alone.inputs(FUNCTION, f"n-{name}") for name in ("send-email", "mail-round"))
    assert set(mail_round["code"].assets) == set(stream["code"].assets)
    assert mail_round["memorySize"] == stream["memorySize"] == 1024
    assert (stream["timeout"], mail_round["timeout"]) == (180, 300)
    assert mail_round["reservedConcurrentExecutions"] == -1  # none is reserved: the provider says it so


@pytest.mark.parametrize(("timeout", "claim"), [(120, "300"), (300, "300"), (301, "301"), (900, "900")])
def test_a_claim_lasts_as_long_as_either_function_may_run(timeout: int, claim: str) -> None:
    recorded = record(
        lambda: StreamNotifier("n", notifier_args(function={"timeout_seconds": timeout, "memory_mb": 512}))
    )
    for name in ("n-send-email", "n-mail-round"):
        function = recorded.inputs(FUNCTION, name)
        assert function["environment"]["variables"]["CLAIM_SECONDS"] == claim
        assert function["memorySize"] == 512
    assert recorded.inputs(FUNCTION, "n-mail-round")["timeout"] == 300
