"""The function `insert_records`: a batch of messages, each on its own; and what it may log."""

import io
import json
import traceback
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from aws_lambda_powertools import Logger
from botocore.exceptions import ClientError, ConnectTimeoutError, ReadTimeoutError

from lambdas.aws.errors import SetUpError
from lambdas.core.import_errors import import_errors
from lambdas.insert_records import handler as module

from ...helpers.cloud import (
    DEAD_LETTERS,
    EXPIRE_DAYS,
    IMPORT,
    IMPORTS,
    USERS,
    Cloud,
    Context,
    chunk,
    failed_messages,
    queue_message,
)
from ...helpers.fakes import Step, client_error

pytestmark = pytest.mark.usefixtures("clock")
RECEIVES = 5
MARKER = "erika.mustermann@example.com"


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    cloud = Cloud()
    monkeypatch.setattr(boto3, "client", cloud.client)
    settings = {
        "TABLE": USERS,
        "KEY": "email",
        "IMPORTS_TABLE": IMPORTS,
        "LEDGERS_EXPIRE_DAYS": str(EXPIRE_DAYS),
        "DEAD_LETTER_QUEUE_URL": DEAD_LETTERS,
        "MAX_RECEIVE_COUNT": str(RECEIVES),
        "ON_CONFLICT": "skip",
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    module.inserter.cache_clear()
    import_errors.cache_clear()
    yield cloud
    import_errors.cache_clear()
    module.inserter.cache_clear()


@pytest.fixture
def log(logged: Callable[[Logger], io.StringIO]) -> io.StringIO:
    return logged(module.logger)


def invoke(*messages: dict[str, Any]) -> list[str]:
    context: Any = Context()
    return failed_messages(module.handler({"Records": list(messages)}, context))


def person(line: int, number: int = 1) -> str:
    return chunk((line, {"email": f"p{line}@example.com"}), number=number)


def refuse_for_ever(cloud: Cloud, name: str = "batch_execute_statement") -> None:
    cloud.dynamodb.script(name, *[client_error("InternalServerError", MARKER, status=500)] * 1000)


def test_every_message_is_done_with(cloud: Cloud) -> None:
    assert invoke(queue_message(person(2)), queue_message(person(3, number=2), "m2")) == []
    assert len(cloud.dynamodb.items(USERS)) == 2
    assert cloud.lines("chunk#00000002") == {"created": [3]}


@pytest.mark.parametrize(
    "error",
    [
        client_error("InternalServerError", status=500),
        ReadTimeoutError(endpoint_url="https://dynamodb"),
        ConnectTimeoutError(endpoint_url="https://dynamodb"),
        KeyError("surprise"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_one_bad_message_leaves_the_others_of_its_batch_alone(cloud: Cloud, error: Exception) -> None:
    cloud.dynamodb.script("batch_execute_statement", None, error)
    messages = [queue_message(person(line, line), f"m{line}") for line in (2, 3, 4)]
    assert invoke(*messages) == ["m3"]
    assert sorted(item["import_line"]["N"] for item in cloud.dynamodb.items(USERS)) == ["2", "4"]


DENIED = client_error(
    "AccessDeniedException", f"{MARKER} is not authorized to perform: dynamodb:PartiQLInsert on resource: x"
)


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("batch_execute_statement", DENIED),
        ("batch_execute_statement", client_error("ResourceNotFoundException")),
        ("update_item", client_error("AccessDeniedException")),
    ],
)
def test_what_is_missing_fails_the_invocation_which_names_it(
    cloud: Cloud, name: str, error: ClientError
) -> None:
    cloud.dynamodb.script(name, *[error] * (3 if name == "update_item" else 2))  # to note it is one, too
    messages = [queue_message(person(line, line), f"m{line}") for line in (2, 3)]
    with pytest.raises(SetUpError) as raised:
        invoke(*messages)
    assert error.response["Error"]["Code"] in str(raised.value)
    assert error is not DENIED or "not allowed: dynamodb:PartiQLInsert" in str(raised.value)
    assert invoke(*messages) == []
    assert len(cloud.dynamodb.items(USERS)) == 2


def test_the_last_error_of_an_import_is_noted_without_values(cloud: Cloud) -> None:
    cloud.dynamodb.script("batch_execute_statement", DENIED)
    assert invoke(queue_message(person(2)), queue_message("{}", "m2")) == ["m1"]
    error = cloud.dynamodb.tables[IMPORTS][IMPORT, "error#insert_records"]
    assert error["class"]["S"].startswith("ClientError AccessDeniedException (not allowed: dynamodb:")
    assert MARKER not in str(cloud.dynamodb.items(IMPORTS))


def test_what_was_done_is_not_repeated_for_what_is_missing(cloud: Cloud) -> None:
    cloud.dynamodb.script("batch_execute_statement", None, DENIED)
    assert invoke(*(queue_message(person(line, line), f"m{line}") for line in (2, 3))) == ["m3"]


def test_a_message_that_failed_comes_again_and_is_written(cloud: Cloud) -> None:
    cloud.dynamodb.script("batch_execute_statement", client_error("InternalServerError", status=500))
    assert invoke(queue_message(person(2))) == ["m1"]
    assert not cloud.sqs.queues
    assert invoke(queue_message(person(2), receives=2)) == []
    assert cloud.lines() == {"created": [2]}


def test_at_its_last_receive_a_message_is_given_up_with_the_reason(cloud: Cloud) -> None:
    refuse_for_ever(cloud)
    assert invoke(queue_message(person(2), receives=RECEIVES - 1)) == ["m1"]
    assert not cloud.sqs.queues
    assert invoke(queue_message(person(2), receives=RECEIVES)) == []
    assert cloud.sqs.bodies(DEAD_LETTERS) == [person(2)]
    (reason,) = cloud.sqs.reasons(DEAD_LETTERS)
    assert reason.startswith("ClientError InternalServerError: ")
    assert cloud.lines() == {"failed": [2]}


def test_what_cannot_be_given_up_is_left_to_sqs(cloud: Cloud) -> None:
    refuse_for_ever(cloud)
    cloud.sqs.script("send_message_batch", client_error("InternalError", status=500))
    assert invoke(queue_message(person(2), receives=RECEIVES)) == ["m1"]
    assert cloud.lines() == {}


def test_a_poison_message_is_set_aside_at_once(cloud: Cloud) -> None:
    assert invoke(queue_message("poison"), queue_message(person(2), "m2")) == []
    assert cloud.sqs.bodies(DEAD_LETTERS) == ["poison"]
    assert len(cloud.dynamodb.items(USERS)) == 1


def test_replace_is_a_setting(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ON_CONFLICT", "replace")
    invoke(queue_message(person(2)))
    assert cloud.calls.named("batch_write_item")
    assert not cloud.calls.named("batch_execute_statement")


def test_clients_are_made_once_a_process(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []

    def make(service: str, **_: Any) -> Any:
        made.append(service)
        return cloud.client(service)

    monkeypatch.setattr(boto3, "client", make)
    for _ in range(3):
        invoke(queue_message(person(2)))
    assert sorted(made) == ["dynamodb", "sqs"]


@pytest.mark.usefixtures("cloud")
def test_a_missing_setting_fails_the_invocation_and_names_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TABLE")
    with pytest.raises(KeyError, match="the environment variable TABLE is not set"):
        invoke(queue_message(person(2), receives=RECEIVES))


def test_an_invocation_logs_one_line_when_all_is_well(cloud: Cloud, log: io.StringIO) -> None:
    invoke(queue_message(person(2)), queue_message(person(3, 2), "m2"))
    assert cloud.lines() == {"created": [2]}
    (line,) = log.getvalue().splitlines()
    assert '"messages":2' in line
    assert '"to_come_again":0' in line


def test_what_went_wrong_is_logged_by_kind_with_its_message(cloud: Cloud, log: io.StringIO) -> None:
    refuse_for_ever(cloud)
    refuse_for_ever(cloud, "update_item")
    invoke(queue_message(person(2), "the-message", receives=RECEIVES))
    not_written, not_given_up, _ = map(json.loads, log.getvalue().splitlines())
    assert not_written["message"] == "chunk not written"
    assert not_written["message_id"] == "the-message"
    assert not_given_up["message"] == "chunk not dead-lettered"
    assert not_written["error"] == not_given_up["error"] == "ClientError InternalServerError"


@pytest.mark.usefixtures("cloud")
def test_rows_that_were_not_created_are_logged_as_numbers(log: io.StringIO) -> None:
    invoke(queue_message(chunk((2, {"email": "a"}), (3, {"email": "a"}), (4, {}))))
    line, _ = map(json.loads, log.getvalue().splitlines())
    assert (line["message"], line["duplicates"], line["failed"]) == ("rows not created", 1, 1)


def test_every_line_about_an_import_names_it(cloud: Cloud, log: io.StringIO) -> None:
    other = json.dumps({**json.loads(person(3)), "import": "other"})
    cloud.dynamodb.script("batch_execute_statement", client_error("InternalServerError", status=500))
    bodies = (person(2), other, other, "poison", chunk((4, {})))
    invoke(*(queue_message(body, f"m{n}") for n, body in enumerate(bodies)))
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    assert [(line["message"], line.get("import")) for line in lines] == [
        ("chunk not written", IMPORT),
        ("rows not created", IMPORT),
        ("chunks written", IMPORT),
        ("chunks written", "other"),
        ("chunks written", None),
    ]
    written = [(line["messages"], line["to_come_again"]) for line in lines[2:]]
    assert written == [(2, 1), (2, 0), (1, 0)]


MARKED = chunk(
    (2, {"email": MARKER, "name": MARKER}),
    (3, {"email": MARKER}),
    (4, {"email": None, "name": MARKER}),
    (5, {"email": f"large-{MARKER}", "name": MARKER * 20_000}),
)
ERRORS: dict[str, Step] = {
    "invalid": client_error("ValidationException", MARKER),
    "denied": client_error("AccessDeniedException", MARKER),
    "cancelled": client_error(
        "TransactionCanceledException",
        MARKER,
        answer={"CancellationReasons": [{"Code": "ValidationError", "Message": MARKER}] * 4},
    ),
    "network": ReadTimeoutError(endpoint_url=MARKER),
    "unexpected": ValueError(MARKER),
    "entry": lambda _: {"Failed": [{"Id": "0", "SenderFault": True, "Code": "Bad", "Message": MARKER}]},
}


@pytest.mark.parametrize("receives", [1, RECEIVES])
@pytest.mark.parametrize("error", ERRORS.values(), ids=ERRORS)
@pytest.mark.parametrize("name", ["batch_execute_statement", "update_item", "send_message_batch"])
@pytest.mark.parametrize("body", [MARKED, f"no chunk: {MARKER}"], ids=["chunk", "poison"])
def test_no_log_line_has_personal_data(
    cloud: Cloud, log: io.StringIO, name: str, error: Step, body: str, receives: int
) -> None:
    for service in (cloud.dynamodb, cloud.sqs):
        service.script(name, *[error] * 100)
    try:
        invoke(queue_message(body, receives=receives))
    except Exception as raised:  # Lambda would log it
        log.write("".join(traceback.format_exception(raised)))
    assert log.getvalue()
    assert MARKER not in log.getvalue()


def test_a_function_of_little_time_writes_all_the_same(cloud: Cloud) -> None:
    context: Any = Context(lambda: 2)
    assert failed_messages(module.handler({"Records": [queue_message(person(2))]}, context)) == []
    assert len(cloud.dynamodb.items(USERS)) == 1


def test_what_there_is_no_time_for_comes_again(cloud: Cloud) -> None:
    left = iter([100, 60, 60])
    context: Any = Context(lambda: next(left))
    message = queue_message(person(2))
    assert failed_messages(module.handler({"Records": [message]}, context)) == [message["messageId"]]
    assert not cloud.dynamodb.items(USERS)
