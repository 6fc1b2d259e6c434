"""The function `send_email`: the stream is never held up, the retry queue waits; and what it may log."""

import io
import json
import traceback
from typing import Any

import boto3
import pytest
from botocore.exceptions import ReadTimeoutError

from lambdas.aws.errors import SetUpError

from ...helpers.clock import Clock
from ...helpers.cloud import (
    FAILURES,
    FUNCTION_TIMEOUT,
    RETRIES,
    Cloud,
    image,
    mail,
    mails,
    queue_message,
    stream_record,
)
from ...helpers.fakes import Killed, Step, client_error, kill
from .conftest import QUOTA, THROTTLED, SecondsLeft, inserted, invoke, retried

MARKER = "erika.mustermann@example.com"
REJECTED = {"Status": "MESSAGE_REJECTED"}


def test_records_that_were_inserted_are_mailed(cloud: Cloud, seconds_left: SecondsLeft) -> None:
    assert invoke(seconds_left, *inserted(100)) == []
    assert len(cloud.ses.sent) == 100
    assert cloud.ended() == {"mailed": 100}
    assert not cloud.sqs.queues


def test_other_changes_of_the_table_are_ignored(cloud: Cloud, seconds_left: SecondsLeft) -> None:
    changes = [stream_record(image("a@example.com", 2), event) for event in ("MODIFY", "REMOVE")]
    assert invoke(seconds_left, *changes) == []
    assert not cloud.calls.made


def test_no_records_are_nothing_to_do(cloud: Cloud, seconds_left: SecondsLeft) -> None:
    assert invoke(seconds_left) == []
    assert not cloud.calls.made


@pytest.mark.parametrize(("status", "delay"), [(THROTTLED, 1), (QUOTA, 300)])
def test_what_ses_takes_later_does_not_hold_up_the_stream(
    cloud: Cloud, clock: Clock, seconds_left: SecondsLeft, status: dict[str, str], delay: int
) -> None:
    cloud.ses.statuses["p2@example.com"] = status
    assert invoke(seconds_left, *inserted(3)) == []
    assert len(cloud.ses.sent) == 2
    (message,) = cloud.sqs.queues[RETRIES]
    assert message["DelaySeconds"] == delay
    assert status["Status"] in message["MessageAttributes"]["reason"]["StringValue"]
    assert not clock.sleeps
    cloud.ses.statuses.clear()
    assert invoke(seconds_left, queue_message(message["MessageBody"])) == []
    assert cloud.ended() == {"mailed": 3}


MISSING_SET = {"Status": "CONFIGURATION_SET_NOT_FOUND"}


def test_what_is_missing_fails_the_retry_invocation_and_loses_nothing(
    cloud: Cloud, seconds_left: SecondsLeft, log: io.StringIO
) -> None:
    cloud.ses.statuses |= {f"p{n}@example.com": MISSING_SET for n in (1, 2)}
    assert invoke(seconds_left, *inserted(2)) == []  # the stream is not held up
    messages = cloud.sqs.queues[RETRIES]
    assert not any("DelaySeconds" in message for message in messages)
    again = [queue_message(each["MessageBody"], f"m{n}") for n, each in enumerate(messages)]
    with pytest.raises(SetUpError, match="CONFIGURATION_SET_NOT_FOUND: look at the configuration set set"):
        invoke(seconds_left, *again)
    assert set(cloud.states().values()) == {"deferred"}
    assert cloud.sqs.hidden[RETRIES] == {"handle of m0": 300, "handle of m1": 300}
    assert "configuration set set" in log.getvalue()
    cloud.ses.statuses.clear()
    assert invoke(seconds_left, *again) == []
    assert cloud.ended() == {"mailed": 2}


def test_a_denied_call_fails_the_retry_queues_invocation(cloud: Cloud, seconds_left: SecondsLeft) -> None:
    cloud.ses.script("send_bulk_email", client_error("AccessDeniedException", status=403))
    with pytest.raises(SetUpError, match="AccessDeniedException: look at the function's role"):
        invoke(seconds_left, *retried(2))


def test_what_else_is_done_with_is_not_repeated_for_what_is_missing(
    cloud: Cloud, seconds_left: SecondsLeft, log: io.StringIO
) -> None:
    cloud.ses.statuses["p2@example.com"] = MISSING_SET
    assert invoke(seconds_left, *retried(2), queue_message("poison", "p")) == ["m2"]
    assert "mails wait for what is missing" in log.getvalue()
    with pytest.raises(SetUpError):
        invoke(seconds_left, retried(2)[1])
    assert len(cloud.sqs.bodies(FAILURES)) == 1


@pytest.mark.parametrize("name", ["batch_execute_statement", "transact_write_items", "send_message_batch"])
@pytest.mark.parametrize("source", ["stream", "queue"])
def test_a_call_denied_elsewhere_fails_the_invocation(
    cloud: Cloud, seconds_left: SecondsLeft, name: str, source: str
) -> None:
    cloud.ses.statuses["p2@example.com"] = REJECTED
    for service in (cloud.dynamodb, cloud.sqs):
        service.script(name, *[client_error("AccessDeniedException")] * 9)
    with pytest.raises(RuntimeError, match="mails not delivered: ClientError AccessDeniedException"):
        invoke(seconds_left, *(inserted(2) if source == "stream" else retried(2)))


def test_a_record_that_makes_no_mail_holds_up_nobody(cloud: Cloud, seconds_left: SecondsLeft) -> None:
    odd = {**image("odd@example.com"), "picture": {"B": "aGVsbG8="}, "import_line": {"N": "1.5"}}
    nameless = stream_record({"id": {"N": "7"}})
    assert invoke(seconds_left, stream_record(odd), nameless, *inserted(1)) == []
    assert cloud.ses.sent == ["odd@example.com", "p1@example.com"]
    (message,) = cloud.messages(FAILURES)
    assert message["image"] == {"id": {"N": "7"}}
    assert message["reason"] == "the record's email is no e-mail address"


def test_when_the_retry_queue_fails_nobody_is_mailed_twice(cloud: Cloud, seconds_left: SecondsLeft) -> None:
    cloud.ses.statuses["p2@example.com"] = QUOTA
    cloud.sqs.script("send_message_batch", client_error("InternalError", status=500))
    with pytest.raises(RuntimeError, match="mails not delivered: ClientError InternalError"):
        invoke(seconds_left, *inserted(3))
    assert invoke(seconds_left, *inserted(3)) == []
    assert cloud.ses.sent == ["p1@example.com", "p3@example.com"]
    assert len(cloud.sqs.queues[RETRIES]) == 1


def test_after_a_crash_the_stream_goes_on_and_the_retry_queue_sees_to_it(
    cloud: Cloud, clock: Clock, seconds_left: SecondsLeft
) -> None:
    cloud.calls.after[1] = kill
    with pytest.raises(Killed):
        invoke(seconds_left, *inserted(1))
    assert invoke(seconds_left, *inserted(2)) == []
    (message,) = cloud.sqs.queues[RETRIES]
    assert message["DelaySeconds"] > FUNCTION_TIMEOUT
    clock.sleep(message["DelaySeconds"])
    assert invoke(lambda: 60, queue_message(message["MessageBody"])) == []
    assert cloud.ended() == {"mailed": 1, "held": 1}
    assert len(cloud.sqs.bodies(FAILURES)) == 1
    assert cloud.ses.sent == ["p1@example.com", "p2@example.com"]


def test_mails_of_the_retry_queue_are_sent(cloud: Cloud, seconds_left: SecondsLeft) -> None:
    assert invoke(seconds_left, *retried(50)) == []
    assert cloud.ended() == {"mailed": 50}


def at_a_rate_of(cloud: Cloud, per_call: int) -> None:
    """SES takes so many mails of each call and throttles the others."""

    def send(request: Any) -> Any:
        entries = request["BulkEmailEntries"]
        taken = cloud.ses.send({"BulkEmailEntries": entries[:per_call]})["BulkEmailEntryResults"]
        return {"BulkEmailEntryResults": taken + [THROTTLED] * (len(entries) - len(taken))}

    cloud.ses.script("send_bulk_email", *[send] * 1000)


def test_from_the_retry_queue_it_waits_for_the_rate(
    cloud: Cloud, clock: Clock, seconds_left: SecondsLeft
) -> None:
    at_a_rate_of(cloud, 3)
    assert invoke(seconds_left, *retried(10)) == []
    assert cloud.ended() == {"mailed": 10}
    assert len(cloud.ses.sent) == len(set(cloud.ses.sent)) == 10
    assert clock.sleeps == [1, 1, 1]


def test_it_waits_for_the_rate_no_longer_than_the_function_may_run(
    cloud: Cloud, clock: Clock, seconds_left: SecondsLeft
) -> None:
    at_a_rate_of(cloud, 0)
    assert invoke(seconds_left, *retried(2)) == ["m1", "m2"]
    assert seconds_left() > 0
    assert 10 < len(clock.sleeps) < FUNCTION_TIMEOUT
    assert set(cloud.states().values()) == {"deferred"}


def test_what_waits_for_more_than_the_rate_is_not_asked_for_every_second(
    cloud: Cloud, seconds_left: SecondsLeft
) -> None:
    at_a_rate_of(cloud, 1)
    cloud.ses.statuses["p1@example.com"] = QUOTA
    assert invoke(seconds_left, *retried(4)) == ["m1"]
    asked = [
        entry["Destination"]["ToAddresses"]
        for request in cloud.calls.named("send_bulk_email")
        for entry in request["BulkEmailEntries"]
    ]
    assert asked.count(["p1@example.com"]) == 1


def test_what_is_no_mail_is_set_aside_as_it_is_with_the_reason(
    cloud: Cloud, seconds_left: SecondsLeft
) -> None:
    unhashable = json.dumps({**json.loads(mails(1)[0].body()), "mail": []})
    poison = [queue_message("poison", "p"), queue_message(unhashable, "u")]
    assert invoke(seconds_left, *poison, *retried(2)) == []
    assert cloud.sqs.bodies(FAILURES) == ["poison", unhashable]
    assert all(reason.startswith("expected a mail") for reason in cloud.sqs.reasons(FAILURES))
    assert cloud.ended() == {"mailed": 2}


def test_what_is_no_mail_and_cannot_be_set_aside_comes_again_alone(
    cloud: Cloud, seconds_left: SecondsLeft
) -> None:
    cloud.sqs.script("send_message_batch", client_error("InternalError", status=500))
    assert invoke(seconds_left, queue_message("poison", "p"), *retried(2)) == ["p"]
    assert cloud.ended() == {"mailed": 2}


def test_a_connection_of_another_invocation_is_not_used(cloud: Cloud, seconds_left: SecondsLeft) -> None:
    for _ in range(2):
        invoke(seconds_left, *inserted(1))
    assert cloud.ses.closed == 2


def test_clients_are_made_once_a_process(
    cloud: Cloud, seconds_left: SecondsLeft, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []

    def make(service: str, **_: Any) -> Any:
        made.append(service)
        return cloud.client(service)

    monkeypatch.setattr(boto3, "client", make)
    for _ in range(3):
        invoke(seconds_left, *inserted(1))
    assert sorted(made) == ["dynamodb", "sesv2", "sqs"]


@pytest.mark.usefixtures("cloud")
def test_a_missing_setting_names_itself(seconds_left: SecondsLeft, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SENDER")
    with pytest.raises(KeyError, match="the environment variable SENDER is not set"):
        invoke(seconds_left, *inserted(1))


def test_an_invocation_logs_one_line_when_all_is_well(
    cloud: Cloud, seconds_left: SecondsLeft, log: io.StringIO
) -> None:
    invoke(seconds_left, *inserted(3))
    (line,) = log.getvalue().splitlines()
    assert '"mails":3' in line
    assert '"to_retry":0' in line
    assert cloud.ended() == {"mailed": 3}


ERRORS: dict[str, Step] = {
    "invalid": client_error("ValidationException", MARKER),
    "denied": client_error("AccessDeniedException", MARKER),
    "unavailable": client_error("InternalFailure", MARKER, status=500),
    "cancelled": client_error(
        "TransactionCanceledException",
        MARKER,
        answer={"CancellationReasons": [{"Code": "ValidationError", "Message": MARKER}] * 9},
    ),
    "network": ReadTimeoutError(endpoint_url=MARKER),
    "unexpected": ValueError(MARKER),
    "entry": lambda _: {"Failed": [{"Id": "0", "SenderFault": True, "Code": "Bad", "Message": MARKER}]},
}


@pytest.mark.parametrize("call", [1, 2, 3])
@pytest.mark.parametrize("error", ERRORS.values(), ids=ERRORS)
@pytest.mark.parametrize("name", ["transact_write_items", "send_bulk_email", "send_message_batch"])
@pytest.mark.parametrize("source", ["stream", "queue"])
def test_no_log_line_has_personal_data(
    cloud: Cloud,
    seconds_left: SecondsLeft,
    log: io.StringIO,
    source: str,
    name: str,
    error: Step,
    call: int,
) -> None:
    for service in (cloud.dynamodb, cloud.ses, cloud.sqs):
        service.script(name, *[None] * (call - 1), *[error] * 100)
    cloud.ses.statuses[MARKER] = {**REJECTED, "Error": MARKER}
    cloud.ses.statuses["later@example.com"] = {**QUOTA, "Error": MARKER}
    group = [
        mail(email, n, name=MARKER) for n, email in enumerate((MARKER, "later@example.com", f"no {MARKER}"))
    ]
    records = [stream_record(each.image) for each in group]
    if source == "queue":
        records = [queue_message(each.body()) for each in group] + [queue_message(MARKER)]
    try:
        invoke(seconds_left, *records)
    except Exception as raised:  # Lambda would log it
        log.write("".join(traceback.format_exception(raised)))
    assert log.getvalue()
    assert MARKER not in log.getvalue()
