"""The fake SES within an account's limits."""

from typing import Any

import pytest
from botocore import session
from botocore.exceptions import ClientError

from . import fakes_ses
from .clock import Clock
from .fakes_ses import DAY, FakeSes, SesLimits, single_error


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    the_clock = Clock()
    monkeypatch.setattr(fakes_ses, "time", the_clock)
    return the_clock


def ses(*of: float, **more: bool) -> FakeSes:
    fake = FakeSes()
    fake.limits = SesLimits(*of, **more)
    return fake


def bulk(fake: FakeSes, count: int) -> Any:
    """The entries' statuses, or the code that refuses the call."""
    entries = [{"Destination": {"ToAddresses": [f"p{n}@example.com"]}} for n in range(count)]
    template = {"TemplateContent": {"Subject": "s", "Text": "t"}, "TemplateData": "{}"}
    try:
        answer = fake.send_bulk_email(BulkEmailEntries=entries, DefaultContent={"Template": template})
    except ClientError as error:
        return error.response["Error"]["Code"]
    return [result["Status"] for result in answer["BulkEmailEntryResults"]]


def single(fake: FakeSes, address: str = "a@example.com", data: str = "{}") -> Any:
    template = {"TemplateContent": {"Subject": "s", "Text": "t"}, "TemplateData": data}
    request = {"FromEmailAddress": "hello@example.com", "Content": {"Template": template}}
    try:
        answer = fake.send_email(**request, Destination={"ToAddresses": [address]})
    except ClientError as error:
        return error.response["Error"]["Code"]
    return set(answer)


SENT, THROTTLED = {"MessageId"}, "TooManyRequestsException"


def test_the_rate_is_that_of_any_second(clock: Clock) -> None:
    fake = ses(14)
    assert bulk(fake, 15) == THROTTLED
    assert bulk(fake, 10) == ["SUCCESS"] * 10
    clock.sleep(0.5)
    assert bulk(fake, 5) == THROTTLED
    assert [single(fake) for _ in range(5)] == [SENT] * 4 + [THROTTLED]
    clock.sleep(0.5)
    assert bulk(fake, 10) == ["SUCCESS"] * 10
    assert single(fake) == THROTTLED
    assert len(fake.sent) == 24


def test_where_bulk_calls_are_limited_send_email_is_not(clock: Clock) -> None:
    fake = ses(100, bulk_limited=True)
    assert [bulk(fake, 1), bulk(fake, 1), single(fake)] == [["SUCCESS"], THROTTLED, SENT]
    clock.sleep(1)
    assert [bulk(fake, 1), single(fake)] == [["SUCCESS"], SENT]
    fake.get_account()
    with pytest.raises(ClientError, match=THROTTLED):
        fake.get_account()


def test_the_quota_is_that_of_any_24_hours(clock: Clock) -> None:
    fake = ses(100, 3)
    assert bulk(fake, 2) == ["SUCCESS"] * 2
    clock.sleep(DAY / 2)
    assert bulk(fake, 2) == ["SUCCESS", "ACCOUNT_DAILY_QUOTA_EXCEEDED"]
    assert single(fake) == "LimitExceededException"
    quota = fake.get_account()["SendQuota"]
    assert quota == {"Max24HourSend": 3.0, "MaxSendRate": 100.0, "SentLast24Hours": 3.0}
    clock.sleep(DAY / 2)
    assert bulk(fake, 3) == ["SUCCESS"] * 2 + ["ACCOUNT_DAILY_QUOTA_EXCEEDED"]


@pytest.mark.usefixtures("clock")
def test_a_paused_account_sends_nothing() -> None:
    fake = ses()
    fake.paused = True
    assert bulk(fake, 1) == ["ACCOUNT_SENDING_PAUSED"]
    assert single(fake) == "SendingPausedException"
    assert fake.get_account()["SendingEnabled"] is False
    assert not fake.sent


@pytest.mark.parametrize("count", [0, 51])
def test_a_bulk_call_has_1_to_50_entries(count: int) -> None:
    assert bulk(ses(), count) == "BadRequestException"


@pytest.mark.usefixtures("clock")
def test_values_that_are_no_json_are_refused() -> None:
    assert single(ses(), data="{") == "BadRequestException"


def test_every_status_of_an_entry_has_an_exception_of_the_model() -> None:
    model: Any = session.get_session().get_service_model("sesv2")
    known = {shape.name for shape in model.operation_model("SendEmail").error_shapes}
    for status in set(model.shape_for("BulkEmailStatus").enum) - {"SUCCESS"}:
        error: Any = single_error(status)
        code = error.response["Error"]["Code"]
        assert code in known or (code == "InternalFailure" and status in ("TRANSIENT_FAILURE", "FAILED"))
