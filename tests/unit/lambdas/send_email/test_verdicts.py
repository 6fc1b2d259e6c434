"""What each answer of SES means for a mail; botocore's own model says which answers there are."""

from typing import Any

import botocore.session
import pytest

from lambdas.send_email.verdicts import (
    MEANINGS,
    RATE_SECONDS,
    MailDeferred,
    MailRefused,
    MailSent,
    MailUnknown,
    Meaning,
    SesAnswers,
    Verdict,
)

from ...helpers.fakes import client_error

ANSWERS = SesAnswers("Rowrelay <hello@example.com>", "ours")
UNVERIFIED = "Email address is not verified. The following identities failed the check in region US-EAST-1: "


def of_entry(status: str, error: str = "no") -> Verdict:
    return ANSWERS.verdict_of_entry({"Status": status, "Error": error})


def of_error(code: str, message: str = "no", status: int = 400) -> Verdict:
    return ANSWERS.verdict_of_error(client_error(code, message, status=status))


def send_bulk_email() -> Any:
    return botocore.session.get_session().get_service_model("sesv2").operation_model("SendBulkEmail")


def test_every_status_that_the_model_knows_has_a_meaning() -> None:
    result = send_bulk_email().output_shape.members["BulkEmailEntryResults"].member
    assert set(result.members["Status"].enum) - set(MEANINGS) == set()


def test_every_error_that_the_model_knows_has_a_meaning() -> None:
    assert {shape.name for shape in send_bulk_email().error_shapes} - set(MEANINGS) == set()


def test_what_ses_took_is_sent() -> None:
    assert ANSWERS.verdict_of_entry({"Status": "SUCCESS", "MessageId": "m"}) == MailSent("m")


@pytest.mark.parametrize("status", ["MESSAGE_REJECTED", "INVALID_PARAMETER", "INVALID_PARAMETER_VALUE"])
def test_what_ses_says_of_one_recipient_for_good_is_that_ones(status: str) -> None:
    assert of_entry(status) == MailRefused(f"{status}: no")


@pytest.mark.parametrize("code", ["BadRequestException", "MessageRejected", "ValidationException"])
def test_a_call_may_be_refused_for_one_of_its_mails(code: str) -> None:
    assert of_error(code) == MailRefused(f"{code}: no")


@pytest.mark.parametrize("status", ["TRANSIENT_FAILURE", "FAILED"])
def test_what_passes_of_one_mail_says_nothing_of_the_others(status: str) -> None:
    assert of_entry(status) == MailDeferred(f"{status}: no", 300, others=False)


def test_a_quota_concerns_every_mail() -> None:
    status = "ACCOUNT_DAILY_QUOTA_EXCEEDED"
    assert of_entry(status) == MailDeferred(f"{status}: no", 300)


@pytest.mark.parametrize("code", ["TooManyRequestsException", "ThrottlingException", "Throttling"])
def test_a_throttling_error_may_be_the_daily_quota(code: str) -> None:
    text = "Daily message quota exceeded."
    assert of_error(code, text, status=400) == MailDeferred(f"{code}: {text}", 300)


@pytest.mark.parametrize("status", ["SOMETHING_NEW", ""])
def test_a_mail_with_a_status_nobody_knows_may_have_left(status: str) -> None:
    assert of_entry(status) == MailUnknown(f"{status}: no")


def test_an_error_nobody_knows_concerns_every_mail() -> None:
    assert of_error("SomethingNewException") == MailDeferred("SomethingNewException: no", 300)


@pytest.mark.parametrize("code", ["TooManyRequestsException", "ThrottlingException", "Throttling"])
def test_the_sending_rate_recovers_in_a_second(code: str) -> None:
    assert of_error(code, status=429) == MailDeferred(f"{code}: no", RATE_SECONDS)
    assert of_entry("ACCOUNT_THROTTLED") == MailDeferred("ACCOUNT_THROTTLED: no", RATE_SECONDS)


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_after_an_error_of_the_service_nobody_knows(status: int) -> None:
    assert of_error("AccessDeniedException", status=status) == MailUnknown("AccessDeniedException: no")


@pytest.mark.parametrize(
    ("status", "named"),
    [
        ("ACCOUNT_SENDING_PAUSED", "account's sending status"),
        ("ACCOUNT_SUSPENDED", "account's sending status"),
        ("CONFIGURATION_SET_DOES_NOT_EXIST", "configuration set ours"),
        ("CONFIGURATION_SET_NOT_FOUND", "configuration set ours"),
        ("CONFIGURATION_SET_SENDING_PAUSED", "configuration set ours"),
        ("INVALID_SENDING_POOL_NAME", "configuration set ours"),
        ("MAIL_FROM_DOMAIN_NOT_VERIFIED", "identity: Rowrelay <hello@example.com>"),
        ("TEMPLATE_DOES_NOT_EXIST", "template"),
        ("TEMPLATE_NOT_FOUND", "template"),
    ],
)
def test_a_status_of_set_up_names_what_is_missing_and_concerns_every_mail(status: str, named: str) -> None:
    verdict = of_entry(status, "erika@example.net")
    assert isinstance(verdict, MailDeferred)
    assert verdict.missing.startswith(f"{status}: ")
    assert named in verdict.missing
    assert "erika" not in verdict.missing
    assert verdict.others


@pytest.mark.parametrize(
    ("code", "named"),
    [
        ("AccountSuspendedException", "account's sending status"),
        ("SendingPausedException", "account's sending status"),
        ("MailFromDomainNotVerifiedException", "identity: Rowrelay <hello@example.com>"),
        ("NotFoundException", "configuration set ours"),
        ("AccessDeniedException", "role"),
        ("AccessDenied", "role"),
        ("ExpiredTokenException", "role"),
    ],
)
def test_an_error_of_set_up_likewise(code: str, named: str) -> None:
    verdict = of_error(code, "erika@example.net")
    assert isinstance(verdict, MailDeferred)
    assert named in verdict.missing
    assert "erika" not in verdict.missing


def test_a_denied_call_names_the_action() -> None:
    verdict = of_error(
        "AccessDeniedException",
        "User: arn:aws:x is not authorized to perform: ses:SendBulkEmail on resource: y",
    )
    assert isinstance(verdict, MailDeferred)
    assert "(not allowed: ses:SendBulkEmail)" in verdict.missing


@pytest.mark.parametrize(
    "identities",
    ["hello@example.com", "erika@example.net, Hello@Example.com", "example.com", " example.com\n"],
)
def test_an_unverified_sender_is_set_up(identities: str) -> None:
    for verdict in (
        of_error("MessageRejected", UNVERIFIED + identities),
        of_entry("MESSAGE_REJECTED", UNVERIFIED + identities),
    ):
        assert isinstance(verdict, MailDeferred)
        assert "verify the sender's identity" in verdict.missing


@pytest.mark.parametrize(
    "identities", ["erika@example.net", "erika@example.com", "othello@example.com", "hello@example.com.br"]
)
def test_an_unverified_recipient_in_the_sandbox_is_refused_alone(identities: str) -> None:
    assert isinstance(of_error("MessageRejected", UNVERIFIED + identities), MailRefused)


def test_no_meaning_is_left_without_a_code() -> None:
    assert set(MEANINGS.values()) == set(Meaning)
