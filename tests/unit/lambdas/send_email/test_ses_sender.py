"""Handing mails to SES: what it says of each, and whether the mail could have left."""

import json
from typing import Any

import pytest
from botocore.exceptions import (
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ProxyConnectionError,
    ReadTimeoutError,
    SSLError,
)

from lambdas.core.mail import Mail
from lambdas.send_email.ses_sender import OUT_OF_TIME
from lambdas.send_email.verdicts import MailDeferred, MailRefused, MailSent, MailUnknown, Verdict

from ...helpers.cloud import Cloud, mail, mails
from ...helpers.fakes import client_error

URL = "https://email.us-east-1.amazonaws.com"


def send(cloud: Cloud, *group: Mail) -> list[Verdict]:
    return cloud.ses_sender.send(group, lambda: True)


def sole_request(cloud: Cloud) -> Any:
    (request,) = cloud.calls.named("send_bulk_email")
    return request


def template_data(cloud: Cloud) -> list[Any]:
    return [
        json.loads(entry["ReplacementEmailContent"]["ReplacementTemplate"]["ReplacementTemplateData"])
        for entry in sole_request(cloud)["BulkEmailEntries"]
    ]


def test_fifty_mails_travel_in_one_call_and_are_sent() -> None:
    cloud = Cloud()
    verdicts = send(cloud, *mails(50))
    assert verdicts == [MailSent(f"message-{n}") for n in range(1, 51)]
    assert cloud.ses.sent == [f"p{n}@example.com" for n in range(1, 51)]
    request = sole_request(cloud)
    assert request["FromEmailAddress"] == "Rowrelay <hello@example.com>"
    assert request["ConfigurationSetName"] == "set"


def test_values_are_safe_for_the_part_that_they_stand_in() -> None:
    cloud = Cloud()
    send(cloud, mail("a@example.com", 2, name='<b>"Ann" & Bob\r\nBcc: all@example.com'))
    content = sole_request(cloud)["DefaultContent"]["Template"]["TemplateContent"]
    assert content == {"Subject": "Welcome, {{s0}}!", "Text": "Hello {{t0}}", "Html": "<p>Hello {{h0}}</p>"}
    assert template_data(cloud) == [
        {
            "s0": '<b>"Ann" & Bob Bcc: all@example.com',
            "t0": '<b>"Ann" & Bob\r\nBcc: all@example.com',
            "h0": "&lt;b&gt;&quot;Ann&quot; &amp; Bob\r\nBcc: all@example.com",
        }
    ]


def test_a_column_without_a_value_is_empty() -> None:
    cloud = Cloud()
    a_mail = mail("a@example.com", 2)
    del a_mail.image["name"]
    send(cloud, a_mail)
    assert template_data(cloud) == [{"s0": "", "t0": "", "h0": ""}]


@pytest.mark.parametrize(
    "address",
    [
        None,
        "",
        "a@example.com\nBcc: b@example.com",
        "a@example.com\n",
        "a b@example.com",
        "ä@example.com",
        "a@",
    ],
)
def test_an_address_that_is_none_is_refused_without_asking_ses(address: str | None) -> None:
    cloud = Cloud()
    verdicts = send(cloud, mail(address, 2), mail("b@example.com", 3))
    assert verdicts == [MailRefused("the record's email is no e-mail address"), MailSent("message-1")]
    assert cloud.ses.sent == ["b@example.com"]


def test_no_good_address_makes_no_call() -> None:
    cloud = Cloud()
    send(cloud, mail("nobody", 2))
    assert not cloud.calls.made


def test_entries_that_the_answer_does_not_name_may_have_left() -> None:
    cloud = Cloud()
    cloud.ses.script("send_bulk_email", lambda _: {"BulkEmailEntryResults": [{"Status": "SUCCESS"}]})
    first, *others = send(cloud, *mails(3))
    assert first == MailSent("")
    assert others == [MailUnknown("SES's answer does not name this mail")] * 2


def test_an_answer_with_more_entries_than_mails_is_read_as_far_as_it_goes() -> None:
    cloud = Cloud()
    cloud.ses.script("send_bulk_email", lambda _: {"BulkEmailEntryResults": [{"Status": "SUCCESS"}] * 9})
    assert send(cloud, *mails(2)) == [MailSent("")] * 2


@pytest.mark.parametrize("code", ["BadRequestException", "MessageRejected", "ValidationException"])
def test_a_refused_call_is_halved_until_the_mail_at_fault_is_alone(code: str) -> None:
    cloud = Cloud()

    def refuse(request: Any) -> Any:
        if any("p17@" in entry["Destination"]["ToAddresses"][0] for entry in request["BulkEmailEntries"]):
            raise client_error(code, "bad recipient")
        return cloud.ses.send(request)

    cloud.ses.script("send_bulk_email", *[refuse] * 100)
    verdicts = send(cloud, *mails(50))
    assert verdicts[16] == MailRefused(f"{code}: bad recipient")
    assert sum(isinstance(verdict, MailSent) for verdict in verdicts) == 49
    assert len(cloud.ses.sent) == len(set(cloud.ses.sent)) == 49
    assert len(cloud.calls.made) <= 2 * 6 + 1


def test_halves_have_verdicts_of_their_own() -> None:
    cloud = Cloud()
    cloud.ses.script(
        "send_bulk_email", client_error("BadRequestException"), client_error("TooManyRequestsException"), None
    )
    one, two, three, four = send(cloud, *mails(4))
    assert isinstance(one, MailDeferred)
    assert isinstance(two, MailDeferred)
    assert isinstance(three, MailSent)
    assert isinstance(four, MailSent)


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_after_an_error_of_the_service_nobody_knows(status: int) -> None:
    cloud = Cloud()
    cloud.ses.script("send_bulk_email", client_error("InternalServiceErrorException", status=status))
    assert [type(verdict) for verdict in send(cloud, *mails(2))] == [MailUnknown] * 2
    assert len(cloud.calls.made) == 1


@pytest.mark.parametrize(
    "error",
    [
        ConnectTimeoutError(endpoint_url=URL),
        EndpointConnectionError(endpoint_url=URL),
        ProxyConnectionError(proxy_url=URL),
    ],
    ids=lambda error: type(error).__name__,
)
def test_without_a_connection_nothing_left(error: Exception) -> None:
    cloud = Cloud()
    cloud.ses.script("send_bulk_email", error)
    assert [type(verdict) for verdict in send(cloud, *mails(2))] == [MailDeferred] * 2


@pytest.mark.parametrize(
    "error",
    [
        ReadTimeoutError(endpoint_url=URL),
        ConnectionClosedError(endpoint_url=URL),
        SSLError(endpoint_url=URL, error=OSError("record")),
        KeyError("an answer that cannot be parsed"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_when_an_answer_was_lost_nobody_knows(error: Exception) -> None:
    cloud = Cloud()
    cloud.ses.script("send_bulk_email", error)
    assert send(cloud, *mails(2)) == [MailUnknown(f"SES's answer was lost: {type(error).__name__}")] * 2


def test_an_answer_of_another_form_is_a_lost_one() -> None:
    cloud = Cloud()
    cloud.ses.script("send_bulk_email", lambda _: {})
    assert [type(verdict) for verdict in send(cloud, *mails(2))] == [MailUnknown] * 2


def test_reconnecting_drops_connections() -> None:
    cloud = Cloud()
    cloud.ses_sender.close_connections()
    assert cloud.ses.closed == 1


def test_looking_for_the_mail_at_fault_ends_with_the_time() -> None:
    cloud = Cloud()
    cloud.ses.script("send_bulk_email", *[client_error("BadRequestException")] * 3)
    calls = iter([True, True, True, False, False, False, False, False])
    verdicts = cloud.ses_sender.send(mails(8), lambda: next(calls))
    # 8 refused, 4 refused, 2 refused; then there is no time for any of them, nor for the rest.
    assert len(cloud.calls.named("send_bulk_email")) == 3
    assert verdicts == [OUT_OF_TIME] * 8
    assert cloud.ses.sent == []
