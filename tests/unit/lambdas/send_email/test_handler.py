"""The function `send_email`: the stream is never held up; and what it may log."""

import io
import json
import traceback
from typing import Any

import boto3
import pytest
from botocore.exceptions import ReadTimeoutError

from lambdas.core.mail_entries import MailState

from ...helpers.clock import Clock
from ...helpers.cloud import IMPORT, IMPORTS, Cloud, image, mail, stream_record
from ...helpers.fakes import Killed, Step, client_error, kill
from .conftest import QUOTA, SecondsLeft, inserted, invoke, run_round

MARKER = "erika.mustermann@example.com"
REJECTED = {"Status": "MESSAGE_REJECTED"}


def test_records_that_were_inserted_are_mailed(cloud: Cloud, seconds_left: SecondsLeft) -> None:
    assert invoke(seconds_left, *inserted(100)) == []
    assert len(cloud.ses.sent) == 100
    assert cloud.ended() == {"mailed": 100}


def test_other_changes_of_the_table_are_ignored(cloud: Cloud, seconds_left: SecondsLeft) -> None:
    changes = [stream_record(image("a@example.com", 2), event) for event in ("MODIFY", "REMOVE")]
    assert invoke(seconds_left, *changes) == []
    assert not cloud.calls.made


def test_no_records_are_nothing_to_do(cloud: Cloud, seconds_left: SecondsLeft) -> None:
    assert invoke(seconds_left) == []
    assert not cloud.calls.made


@pytest.mark.parametrize("status", ["ACCOUNT_THROTTLED", "ACCOUNT_DAILY_QUOTA_EXCEEDED", "TRANSIENT_FAILURE"])
def test_what_ses_takes_later_does_not_hold_up_the_stream(
    cloud: Cloud, clock: Clock, seconds_left: SecondsLeft, status: str
) -> None:
    cloud.ses.statuses["p2@example.com"] = {"Status": status}
    assert invoke(seconds_left, *inserted(3)) == []
    assert len(cloud.ses.sent) == 2
    (listed,) = cloud.outbox.owed(IMPORT)
    assert status in cloud.entries()[listed.mail_id].reason
    assert not clock.sleeps
    cloud.ses.statuses.clear()
    clock.sleep(301)
    run_round()
    assert cloud.ended() == {"mailed": 3}


@pytest.mark.parametrize("missing", ["CONFIGURATION_SET_NOT_FOUND", "TEMPLATE_NOT_FOUND"])
def test_what_is_missing_in_the_set_up_loses_nothing(
    cloud: Cloud, clock: Clock, seconds_left: SecondsLeft, missing: str
) -> None:
    cloud.ses.statuses |= {f"p{n}@example.com": {"Status": missing} for n in (1, 2)}
    assert invoke(seconds_left, *inserted(2)) == []
    assert set(cloud.states().values()) == {MailState.OWED}
    cloud.ses.statuses.clear()
    clock.sleep(301)
    run_round()
    assert cloud.ended() == {"mailed": 2}


def test_a_call_of_ses_that_is_denied_shuts_the_door(cloud: Cloud, seconds_left: SecondsLeft) -> None:
    cloud.ses.script("send_bulk_email", client_error("AccessDeniedException", status=403))
    assert invoke(seconds_left, *inserted(2)) == []
    door = cloud.gate.read().door
    assert door
    assert door.reason == "AccessDeniedException: look at the function's role"


@pytest.mark.parametrize("name", ["batch_get_item", "batch_execute_statement", "transact_write_items"])
def test_a_call_denied_elsewhere_fails_the_invocation(
    cloud: Cloud, seconds_left: SecondsLeft, name: str
) -> None:
    cloud.ses.statuses["p2@example.com"] = REJECTED
    cloud.dynamodb.script(name, *[client_error("AccessDeniedException")] * 9)
    with pytest.raises(RuntimeError, match="mails not delivered: ClientError AccessDeniedException"):
        invoke(seconds_left, *inserted(2))
    error = cloud.dynamodb.tables[IMPORTS][IMPORT, "error#send_email"]
    assert error["class"] == {"S": "ClientError AccessDeniedException"}


def test_every_line_about_an_import_names_it(
    cloud: Cloud, seconds_left: SecondsLeft, log: io.StringIO
) -> None:
    records = [*inserted(2), stream_record(image("other@example.com", 2, import_id="other"))]
    invoke(seconds_left, *records)
    cloud.dynamodb.script("batch_execute_statement", *[client_error("AccessDeniedException")] * 9)
    with pytest.raises(RuntimeError):
        invoke(seconds_left, stream_record(image("late@example.com", 3)))
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    assert [(line["message"], line["import"], line.get("mails")) for line in lines] == [
        ("mails from the stream", IMPORT, 2),
        ("mails from the stream", "other", 1),
        ("mails not delivered", IMPORT, None),
    ]
    assert (lines[2]["level"], lines[2]["error"]) == ("ERROR", "ClientError AccessDeniedException")


def test_a_record_that_makes_no_mail_holds_up_nobody(cloud: Cloud, seconds_left: SecondsLeft) -> None:
    odd = {**image("odd@example.com"), "picture": {"B": "aGVsbG8="}, "import_line": {"N": "1.5"}}
    nameless = stream_record({"id": {"N": "7"}})
    assert invoke(seconds_left, stream_record(odd), nameless, *inserted(1)) == []
    assert cloud.ses.sent == ["odd@example.com", "p1@example.com"]
    (listed,) = cloud.outbox.listed(MailState.UNDELIVERABLE)
    assert cloud.entries()[listed.mail_id].reason.startswith("the record's email is no e-mail address")


@pytest.mark.parametrize("name", ["update_item", "batch_execute_statement"])
def test_when_mails_cannot_be_owed_nobody_is_mailed_twice(
    cloud: Cloud, clock: Clock, seconds_left: SecondsLeft, name: str
) -> None:
    cloud.ses.statuses["p2@example.com"] = QUOTA
    before = [None] if name == "batch_execute_statement" else []
    cloud.dynamodb.script(name, *before, client_error("InternalServerError", status=500))
    with pytest.raises(RuntimeError, match="mails not delivered: ClientError InternalServerError"):
        invoke(seconds_left, *inserted(3))
    cloud.ses.statuses.clear()
    for _ in range(10):
        assert invoke(seconds_left, *inserted(3)) == []
        run_round()
        clock.sleep(200)
    assert len(cloud.ses.sent) == len(set(cloud.ses.sent))
    ended = cloud.ended()
    # Whether it left, nobody can tell of what stays claimed.
    assert ended in ({"mailed": 3}, {"mailed": 2, "held": 1})


def test_after_a_crash_the_stream_goes_on_and_a_round_sees_to_it(
    cloud: Cloud, clock: Clock, seconds_left: SecondsLeft
) -> None:
    cloud.calls.after[2] = kill
    with pytest.raises(Killed):
        invoke(seconds_left, *inserted(1))
    assert invoke(seconds_left, *inserted(2)) == []
    clock.sleep(331)
    run_round()
    assert cloud.ended() == {"mailed": 1, "held": 1}
    assert cloud.ses.sent == ["p1@example.com", "p2@example.com"]


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
        run_round()
    assert sorted(made) == ["dynamodb", "sesv2"]


@pytest.mark.usefixtures("cloud")
@pytest.mark.parametrize("name", ["SENDER", "MAILS_TABLE", "CLAIM_SECONDS", "LEDGERS_EXPIRE_DAYS"])
def test_a_missing_setting_names_itself(
    seconds_left: SecondsLeft, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.delenv(name)
    with pytest.raises(KeyError, match=f"the environment variable {name} is not set"):
        invoke(seconds_left, *inserted(1))


def test_an_invocation_logs_one_line_when_all_is_well(
    cloud: Cloud, seconds_left: SecondsLeft, log: io.StringIO
) -> None:
    invoke(seconds_left, *inserted(3))
    (line,) = log.getvalue().splitlines()
    assert '"mails":3' in line
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
}
NAMES = ["batch_execute_statement", "transact_write_items", "update_item", "send_bulk_email"]


@pytest.mark.parametrize("call", [1, 2, 3])
@pytest.mark.parametrize("error", ERRORS.values(), ids=ERRORS)
@pytest.mark.parametrize("name", [*NAMES, "send_email", "get_account", "query"])
def test_no_log_line_has_personal_data_nor_a_reason(
    cloud: Cloud,
    seconds_left: SecondsLeft,
    log: io.StringIO,
    capsys: pytest.CaptureFixture[str],
    name: str,
    error: Step,
    call: int,
) -> None:
    for service in (cloud.dynamodb, cloud.ses):
        service.script(name, *[None] * (call - 1), *[error] * 100)
    cloud.ses.statuses[MARKER] = {**REJECTED, "Error": MARKER}
    cloud.ses.statuses["later@example.com"] = {**QUOTA, "Error": MARKER}
    group = [
        mail(email, n, name=MARKER) for n, email in enumerate((MARKER, "later@example.com", f"no {MARKER}"))
    ]
    records = [
        stream_record(image(each.columns["email"], each.line, name=each.columns["name"])) for each in group
    ]
    for run in (lambda: invoke(seconds_left, *records), run_round):
        try:
            run()
        except Exception as raised:  # Lambda would log it
            log.write("".join(traceback.format_exception(raised)))
    assert log.getvalue()
    assert MARKER not in log.getvalue() + capsys.readouterr().out
    assert not [entry for entry in cloud.entries().values() if MARKER in entry.reason]
