"""The function `mail_round`: a round each minute, and what it reports."""

import io
import json
from typing import Any

import pytest

from lambdas.core.mail_gate import DoorKind
from lambdas.core.mail_writes import Owing
from lambdas.send_email import round_handler

from ...helpers.clock import Clock
from ...helpers.cloud import IMPORT, IMPORTS, ROUND_TIMEOUT, Cloud, mails
from ...helpers.fakes import client_error
from .conftest import run_round


def owe(cloud: Cloud, clock: Clock, count: int, due: float = 0) -> None:
    cloud.gate.register([IMPORT], cloud.gate.read([IMPORT]))
    cloud.mails.owe(mails(count), "stream", Owing("because", clock.now + due, clock.now))


def reported(capsys: pytest.CaptureFixture[str]) -> list[Any]:
    return list(map(json.loads, capsys.readouterr().out.splitlines()))


def test_with_nothing_owed_it_reads_little_and_reports_nothing(
    cloud: Cloud, clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    run_round()
    assert reported(capsys) == []
    assert {name for name, _ in cloud.calls.made} == {"query", "batch_get_item"}
    assert len(cloud.calls.made) <= 4
    assert not clock.sleeps


def test_what_is_due_is_sent(cloud: Cloud, clock: Clock) -> None:
    owe(cloud, clock, 30)
    run_round()
    assert len(cloud.ses.sent) == 30
    assert cloud.ended() == {"mailed": 30}


def test_what_waits_is_reported_in_one_line_of_its_own(
    cloud: Cloud, clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    owe(cloud, clock, 3, due=10_000)
    cloud.gate.shut(DoorKind.SET_UP, "because", None)
    clock.sleep(100)
    run_round()
    (line,) = reported(capsys)
    assert (line["FunctionName"], line["OldestOwedSeconds"], line["DoorShut"]) == ("function", 100, 1)
    assert line["_aws"]["Timestamp"] == int(clock.now * 1000)


def test_a_round_beside_another_reports_nothing(
    cloud: Cloud, clock: Clock, capsys: pytest.CaptureFixture[str], log: io.StringIO
) -> None:
    owe(cloud, clock, 3)
    cloud.mail_round().lease.acquire()
    run_round()
    assert reported(capsys) == []
    assert "another round is at it" in log.getvalue()
    assert not cloud.ses.sent


def test_a_round_that_fails_says_what_kind_of_error_it_was_and_no_more(cloud: Cloud, clock: Clock) -> None:
    owe(cloud, clock, 3)
    cloud.ses.script("get_account", client_error("InternalFailure", "erika@example.com", status=500))
    with pytest.raises(RuntimeError, match=r"^round not ended: ClientError InternalFailure$"):
        run_round()
    run_round()
    assert cloud.ended() == {"mailed": 3}


def test_a_connection_of_another_invocation_is_not_used(cloud: Cloud, clock: Clock) -> None:  # noqa: ARG001
    for _ in range(2):
        run_round()
    assert cloud.ses.closed == 2


@pytest.mark.parametrize(
    ("kind", "noted"), [(DoorKind.QUOTA, "quota"), (DoorKind.SET_UP, "SES takes no mails: set_up")]
)
def test_what_keeps_all_mails_is_noted_of_the_import(
    cloud: Cloud, clock: Clock, kind: DoorKind, noted: str
) -> None:
    owe(cloud, clock, 3)
    cloud.gate.shut(kind, "because", None)
    for _ in range(11):
        cloud.gate.shut(kind, "because", cloud.gate.read().door)
        run_round()
        clock.sleep(60)
    assert cloud.dynamodb.tables[IMPORTS][IMPORT, "error#mail_round"]["class"] == {"S": noted}
    assert len([one for one in cloud.calls.named("update_item") if one["TableName"] == IMPORTS]) == 2


def test_what_keeps_all_mails_is_not_noted_when_time_runs_out(
    cloud: Cloud, clock: Clock, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    owe(cloud, clock, 3)
    cloud.gate.shut(DoorKind.SET_UP, "because", None)
    monkeypatch.setattr(round_handler, "REPORT_SECONDS", ROUND_TIMEOUT + 1)
    run_round()
    (line,) = reported(capsys)
    assert line["DoorShut"] == 1
    assert (IMPORT, "error#mail_round") not in cloud.dynamodb.tables[IMPORTS]


def test_mails_that_leave_at_their_pace_are_no_error(cloud: Cloud, clock: Clock) -> None:
    owe(cloud, clock, 3)
    cloud.gate.shut(DoorKind.PACED, "because", None)
    run_round()
    assert (IMPORT, "error#mail_round") not in cloud.dynamodb.tables[IMPORTS]


def test_a_round_that_may_not_ask_for_the_account_shuts_the_door(cloud: Cloud, clock: Clock) -> None:
    owe(cloud, clock, 3)
    cloud.ses.script("get_account", client_error("AccessDeniedException", "erika@example.com"))
    run_round()
    door = cloud.gate.read().door
    assert door
    assert door.kind == DoorKind.SET_UP
    assert door.reason == "SES does not tell what the account may send: look at the function's role"
    assert not cloud.ses.sent
