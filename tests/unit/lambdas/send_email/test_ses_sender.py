"""Handing mails to SES: what it says of each, and whether the mail could have left."""

import json
from dataclasses import replace
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

from lambdas.aws.limits import SES_INLINE_INPUT_BYTES
from lambdas.core.mail import Mail
from lambdas.send_email.ses_sender import OUT_OF_TIME
from lambdas.send_email.verdicts import (
    MEANINGS,
    MailDeferred,
    MailRefused,
    MailSent,
    MailUnknown,
    Meaning,
    Verdict,
)

from ...helpers.cloud import Cloud, mail, mails
from ...helpers.fakes import client_error

URL = "https://email.us-east-1.amazonaws.com"


def send(cloud: Cloud, *group: Mail) -> list[Verdict]:
    return cloud.ses_sender.send(group, lambda: True)


def send_one(cloud: Cloud, a_mail: Mail) -> Verdict:
    return cloud.ses_sender.send_one(a_mail, lambda: True)


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
    send(cloud, replace(a_mail, columns={"email": "a@example.com"}))
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
    refused, sent = send(cloud, mail(address, 2), mail("b@example.com", 3))
    assert isinstance(refused, MailRefused)
    assert refused.reason.startswith("the record's email is no e-mail address")
    assert sent == MailSent("message-1")
    assert send_one(cloud, mail(address, 2)) == refused
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
    assert verdicts[16] == MailRefused(f"{code}: {MEANINGS[code].text}")
    assert sum(isinstance(verdict, MailSent) for verdict in verdicts) == 49
    assert len(cloud.ses.sent) == len(set(cloud.ses.sent)) == 49
    assert len(cloud.calls.made) <= 2 * 6 + 1


def test_what_is_more_than_a_call_may_carry_goes_by_several() -> None:
    cloud = Cloud()
    # Each is in the subject, the text and the HTML.
    large = [replace(each, columns={**each.columns, "name": "x" * 60_000}) for each in mails(6)]
    assert send(cloud, *large) == [MailSent(f"message-{n}") for n in range(1, 7)]
    sizes = [len(json.dumps(request)) for request in cloud.calls.named("send_bulk_email")]
    assert len(sizes) > 1
    assert max(sizes) < SES_INLINE_INPUT_BYTES


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
    cloud.ses.script("send_email", error)
    assert isinstance(send_one(cloud, mails(1)[0]), MailDeferred)


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
    lost = MailUnknown(f"SES's answer was lost: {type(error).__name__}")
    assert send(cloud, *mails(2)) == [lost] * 2
    cloud.ses.script("send_email", error)
    assert send_one(cloud, mails(1)[0]) == lost


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


def test_a_mail_sent_alone_is_the_same_as_one_of_many() -> None:
    cloud = Cloud()
    a_mail = mail("a@example.com", 2, name="<b>")
    assert send_one(cloud, a_mail) == MailSent("message-1")
    send(cloud, a_mail)
    (single,), (bulk,) = cloud.calls.named("send_email"), cloud.calls.named("send_bulk_email")
    (entry,) = bulk["BulkEmailEntries"]
    replacement = entry["ReplacementEmailContent"]["ReplacementTemplate"]["ReplacementTemplateData"]
    assert single["Content"]["Template"]["TemplateData"] == replacement
    of_bulk = bulk["DefaultContent"]["Template"]["TemplateContent"]
    assert single["Content"]["Template"]["TemplateContent"] == of_bulk
    for name in ("FromEmailAddress", "ConfigurationSetName"):
        assert single[name] == bulk[name]
    assert single["Destination"] == entry["Destination"]


def test_a_mail_is_not_sent_alone_without_time() -> None:
    cloud = Cloud()
    assert cloud.ses_sender.send_one(mails(1)[0], lambda: False) == OUT_OF_TIME
    assert not cloud.calls.made


def test_the_columns_are_those_of_the_address_and_the_template() -> None:
    assert Cloud().ses_sender.columns == ("email", "name")


SECRET = "erika.mustermann@example.com"
STATUSES = [name for name, meaning in MEANINGS.items() if name.isupper() and meaning != Meaning.SENT]
CODES = [name for name in MEANINGS if not name.isupper()] + ["AccessDeniedException", "SomethingNew"]


def reason(verdict: Verdict) -> str:
    assert not isinstance(verdict, MailSent)
    return verdict.reason


@pytest.mark.parametrize("status", [*STATUSES, "SOMETHING_NEW"])
def test_the_reason_of_an_entry_quotes_neither_address_nor_value(status: str) -> None:
    cloud = Cloud()
    cloud.ses.statuses[SECRET] = {"Status": status, "Error": f"{SECRET} is bad: Erika"}
    (verdict,) = send(cloud, mail(SECRET, 2, name="Erika"))
    assert status in reason(verdict)
    assert "rika" not in reason(verdict)


@pytest.mark.parametrize("status", [400, 429, 500])
@pytest.mark.parametrize("code", CODES)
def test_the_reason_of_a_call_quotes_neither_address_nor_value(code: str, status: int) -> None:
    cloud = Cloud()
    unverified = f"identities failed the check in region US-EAST-1: {SECRET}"
    for text in (f"{SECRET} is bad: Erika", unverified):
        for name in ("send_bulk_email", "send_email"):
            cloud.ses.script(name, client_error(code, text, status=status))
        a_mail = mail(SECRET, 2, name="Erika")
        for verdict in (*send(cloud, a_mail), send_one(cloud, a_mail)):
            assert code in reason(verdict)
            assert "rika" not in reason(verdict)


@pytest.mark.parametrize("address", ["erika", "erika@", "", None])
def test_the_reason_of_what_is_no_address_does_not_quote_it(address: str | None) -> None:
    (verdict,) = send(Cloud(), mail(address, 2, name="Erika"))
    assert "rika" not in reason(verdict)
