"""The embedded SES as that of an account with limits, in the words in which boto3 hears of them."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.clients import Clients
from local.emulator import Emulator, emulator
from local.mailbox import put_limits, read
from local.ses_limits import SesLimits

pytestmark = pytest.mark.e2e
SENDER = "sender@example.com"
TEMPLATE = {"TemplateContent": {"Subject": "Hi", "Text": "Hi"}, "TemplateData": "{}"}


@pytest.fixture(scope="module")
def aws() -> Iterator[Emulator]:
    with emulator() as running:
        running.wait_until_ready()
        Clients(running.endpoint, running.access_key).client("sesv2").create_email_identity(
            EmailIdentity=SENDER
        )
        yield running


@pytest.fixture
def ses(aws: Emulator) -> Iterator[Any]:
    """A client that repeats nothing by itself, after a second in which nothing was sent."""
    time.sleep(1)
    yield Clients(aws.endpoint, aws.access_key).client("sesv2")
    put_limits(aws.endpoint, aws.access_key, None)


def limit(aws: Emulator, **limits: Any) -> None:
    put_limits(aws.endpoint, aws.access_key, SesLimits(**limits))


def mail(ses: Any) -> None:
    to = {"ToAddresses": ["someone@example.com"]}
    ses.send_email(FromEmailAddress=SENDER, Destination=to, Content={"Template": TEMPLATE})


def bulk(ses: Any, mails: int) -> list[str]:
    entries = [{"Destination": {"ToAddresses": [f"someone{n}@example.com"]}} for n in range(mails)]
    answer = ses.send_bulk_email(
        FromEmailAddress=SENDER, DefaultContent={"Template": TEMPLATE}, BulkEmailEntries=entries
    )
    return [result["Status"] for result in answer["BulkEmailEntryResults"]]


def refused(call: Any, *arguments: Any) -> tuple[int, str, str]:
    """With what a call is refused: HTTP's status, the exception, its message."""
    with pytest.raises(ClientError) as caught:
        call(*arguments)
    answer = caught.value.response
    status = answer["ResponseMetadata"]["HTTPStatusCode"]
    return status, type(caught.value).__name__, answer["Error"]["Message"]


def quota(ses: Any) -> dict[str, float]:
    found: dict[str, float] = ses.get_account()["SendQuota"]
    return found


def test_without_limits_all_is_sent(aws: Emulator, ses: Any) -> None:
    before = quota(ses)
    assert bulk(ses, 50) + bulk(ses, 50) == ["SUCCESS"] * 100
    after = quota(ses)
    assert after == {**before, "SentLast24Hours": before["SentLast24Hours"] + 100}
    assert (after["MaxSendRate"], after["Max24HourSend"]) == (14, 50_000)
    assert len(read(aws.endpoint, aws.access_key)) == after["SentLast24Hours"]


def test_the_account_tells_its_limits_once_a_second(aws: Emulator, ses: Any) -> None:
    limit(aws, max_send_rate=80, max_24_hour_send=-1, sending_enabled=False)
    account = ses.get_account()
    assert account["SendingEnabled"] is False
    assert (account["SendQuota"]["MaxSendRate"], account["SendQuota"]["Max24HourSend"]) == (80, -1)
    assert refused(ses.get_account) == (429, "TooManyRequestsException", "Rate exceeded")


def test_mails_beyond_the_rate_are_refused(aws: Emulator, ses: Any) -> None:
    limit(aws, max_send_rate=5)
    too_fast = (429, "TooManyRequestsException", "Maximum sending rate exceeded.")
    assert refused(bulk, ses, 6) == too_fast
    assert bulk(ses, 4) == ["SUCCESS"] * 4
    mail(ses)
    assert refused(mail, ses) == too_fast
    time.sleep(1)
    assert bulk(ses, 5) == ["SUCCESS"] * 5


def test_a_bulk_call_beyond_the_rate_may_be_taken_in_part(aws: Emulator, ses: Any) -> None:
    limit(aws, max_send_rate=2, refuses_entries=True)
    sent = len(read(aws.endpoint, aws.access_key))
    assert bulk(ses, 4) == ["SUCCESS", "SUCCESS", "ACCOUNT_THROTTLED", "ACCOUNT_THROTTLED"]
    mails = read(aws.endpoint, aws.access_key)[sent:]
    assert [mail["To"] for mail in mails] == [["someone0@example.com"], ["someone1@example.com"]]


def test_mails_beyond_the_quota_are_refused(aws: Emulator, ses: Any) -> None:
    sent = int(quota(ses)["SentLast24Hours"])
    limit(aws, max_send_rate=50, max_24_hour_send=sent + 3)
    over = "ACCOUNT_DAILY_QUOTA_EXCEEDED"
    assert bulk(ses, 5) == ["SUCCESS", "SUCCESS", "SUCCESS", over, over]
    assert bulk(ses, 1) == [over]
    assert refused(mail, ses) == (400, "LimitExceededException", "Daily message quota exceeded.")
    limit(aws, max_send_rate=50, max_24_hour_send=sent + 4)  # as on the next day
    mail(ses)


@pytest.mark.parametrize("refuses_entries", [True, False])
def test_a_paused_account_sends_nothing(aws: Emulator, ses: Any, refuses_entries: bool) -> None:
    sent = quota(ses)["SentLast24Hours"]
    limit(aws, sending_enabled=False, refuses_entries=refuses_entries)
    paused = (400, "SendingPausedException", "Email sending is paused for this account.")
    assert refused(mail, ses) == paused
    if refuses_entries:
        assert bulk(ses, 2) == ["ACCOUNT_SENDING_PAUSED"] * 2
    else:
        assert refused(bulk, ses, 2) == paused
    assert quota(ses)["SentLast24Hours"] == sent


def test_bulk_calls_may_be_limited_to_one_a_second(aws: Emulator, ses: Any) -> None:
    limit(aws, one_bulk_call_a_second=True)
    assert bulk(ses, 1) == ["SUCCESS"]
    mail(ses)  # is no bulk call
    assert refused(bulk, ses, 1) == (429, "TooManyRequestsException", "Rate exceeded")
    time.sleep(1)
    assert bulk(ses, 1) == ["SUCCESS"]


def test_what_ses_itself_refuses_is_refused_as_ever(aws: Emulator, ses: Any) -> None:
    limit(aws)
    with pytest.raises(ses.exceptions.MessageRejected):
        ses.send_bulk_email(
            FromEmailAddress="stranger@example.org",
            DefaultContent={"Template": TEMPLATE},
            BulkEmailEntries=[{"Destination": {"ToAddresses": ["someone@example.com"]}}],
        )
