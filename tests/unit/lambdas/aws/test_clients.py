"""The handlers' clients have the time-outs that are counted with."""

import io
import json
import time
from collections.abc import Iterator
from typing import Any
from unittest.mock import ANY

import pytest
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.exceptions import ClientError

from lambdas.aws.backoff import ATTEMPTS
from lambdas.aws.clients import TIME_OUTS, client
from lambdas.send_email.account import Account
from lambdas.send_email.pace import CALLS_AT_ONCE

from ....program import ROOT


@pytest.mark.parametrize("service", TIME_OUTS)
def test_clients_have_the_time_outs_and_attempts_that_are_counted_here(
    service: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    config = client(service).meta.config
    time_outs = TIME_OUTS[service]
    assert (config.connect_timeout, config.read_timeout) == (time_outs.connect, time_outs.read)
    assert config.retries == {"total_max_attempts": time_outs.attempts, "mode": "standard"}


def test_ses_has_a_connection_for_each_call_of_a_round() -> None:
    config = client("sesv2").meta.config
    at_200_a_second = Account(sending=True, rate=200, quota=None, sent=0).groups_at_once
    assert config.max_pool_connections >= at_200_a_second * CALLS_AT_ONCE


def test_ses_is_never_asked_twice() -> None:
    assert TIME_OUTS["sesv2"].attempts == 1


def test_no_handler_makes_a_client_elsewhere() -> None:
    sources = (ROOT / "lambdas").rglob("*.py")
    makers = [path.name for path in sources if "boto3.client" in path.read_text(encoding="utf-8")]
    assert makers == ["clients.py"]


def test_a_call_takes_its_attempts_and_the_pauses_between_them() -> None:
    assert TIME_OUTS["dynamodb"].longest_call == 2 * (1 + 3) + 1


def answering(service: str, monkeypatch: pytest.MonkeyPatch, *answers: tuple[int, str]) -> Any:
    """A client whose calls are answered with these codes (HTTP's, the service's), then well."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setattr(time, "sleep", lambda _: None)
    made, left = client(service), list(answers)

    def answer(request: Any, **_: Any) -> AWSResponse:
        status, code = left.pop(0) if left else (200, "")
        body = json.dumps({"__type": code} if code else {"Responses": {}}).encode()
        return AWSResponse(request.url, status, HTTPHeaders(), RawResponse(body))

    made.meta.events.register("before-send", answer)
    return made


@pytest.mark.parametrize("times", range(1, ATTEMPTS))
@pytest.mark.parametrize(
    "answer",
    [
        (400, "ProvisionedThroughputExceededException"),
        (400, "ThrottlingException"),
        (400, "RequestLimitExceeded"),
        (500, "InternalServerError"),
        (503, "ServiceUnavailable"),
    ],
)
def test_what_dynamodb_puts_off_is_asked_again(
    monkeypatch: pytest.MonkeyPatch, answer: tuple[int, str], times: int
) -> None:
    dynamodb = answering("dynamodb", monkeypatch, *[answer] * times)
    assert dynamodb.batch_get_item(RequestItems={}) == {"Responses": {}, "ResponseMetadata": ANY}


def test_what_dynamodb_puts_off_too_often_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    dynamodb = answering("dynamodb", monkeypatch, *[(400, "ThrottlingException")] * ATTEMPTS)
    with pytest.raises(ClientError, match="ThrottlingException"):
        dynamodb.batch_get_item(RequestItems={})


def test_what_dynamodb_refuses_is_not_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    dynamodb = answering("dynamodb", monkeypatch, (400, "ValidationException"))
    with pytest.raises(ClientError, match="ValidationException"):
        dynamodb.batch_get_item(RequestItems={})


@pytest.mark.parametrize("code", ["KmsThrottled", "KMS.ThrottlingException", "RequestThrottled"])
def test_sqs_is_asked_again_when_it_or_the_queues_key_is_throttled(
    monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    sqs = answering("sqs", monkeypatch, (400, code), (400, code))
    assert sqs.send_message_batch(QueueUrl="https://queue", Entries=[])["ResponseMetadata"]


@pytest.mark.parametrize("answer", [(400, "ThrottlingException"), (503, "ServiceUnavailable")])
def test_ses_is_not_asked_again_whatever_it_says(
    monkeypatch: pytest.MonkeyPatch, answer: tuple[int, str]
) -> None:
    ses = answering("sesv2", monkeypatch, answer)
    with pytest.raises(ClientError):
        ses.send_bulk_email(DefaultContent={}, BulkEmailEntries=[])


class RawResponse(io.BytesIO):
    """A response's body, as botocore reads it."""

    def stream(self, **_: Any) -> Iterator[bytes]:
        yield self.read()
