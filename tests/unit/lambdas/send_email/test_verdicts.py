"""What each answer of SES means for a mail and the door; botocore's own model says which there are."""

from typing import Any

import botocore.session
import pytest

from lambdas.core.mail_gate import DoorKind
from lambdas.send_email.verdicts import (
    MEANINGS,
    MailDeferred,
    MailRefused,
    MailSent,
    MailUnknown,
    Meaning,
    SesAnswers,
    Verdict,
)

from ...helpers.fakes import client_error

ANSWERS = SesAnswers("Rowrelay <hello@example.com>")
UNVERIFIED = "Email address is not verified. The following identities failed the check in region US-EAST-1: "
RATE_CODES = ["TooManyRequestsException", "ThrottlingException", "Throttling"]


def of_entry(status: str, error: str = "no") -> Verdict:
    return ANSWERS.verdict_of_entry({"Status": status, "Error": error})


def of_error(code: str, message: str = "no", status: int = 400) -> Verdict:
    return ANSWERS.verdict_of_error(client_error(code, message, status=status))


def operation(name: str) -> Any:
    return botocore.session.get_session().get_service_model("sesv2").operation_model(name)


def door_of(verdict: Verdict) -> DoorKind | None:
    assert isinstance(verdict, MailDeferred)
    return verdict.door


def test_every_status_that_the_model_knows_has_a_meaning() -> None:
    result = operation("SendBulkEmail").output_shape.members["BulkEmailEntryResults"].member
    statuses = set(result.members["Status"].enum)
    assert len(statuses) >= 14
    assert statuses - set(MEANINGS) == set()


@pytest.mark.parametrize("name", ["SendEmail", "SendBulkEmail", "GetAccount"])
def test_every_error_that_the_model_knows_has_a_meaning(name: str) -> None:
    errors = {shape.name for shape in operation(name).error_shapes}
    assert "TooManyRequestsException" in errors
    assert errors - set(MEANINGS) == set()


def test_no_meaning_is_without_a_code_but_those_read_from_texts() -> None:
    assert set(Meaning) - set(MEANINGS.values()) == {Meaning.RECIPIENT, Meaning.ROLE, Meaning.UNKNOWN}


def test_what_ses_took_is_sent() -> None:
    assert ANSWERS.verdict_of_entry({"Status": "SUCCESS", "MessageId": "m"}) == MailSent("m")


@pytest.mark.parametrize("status", ["MESSAGE_REJECTED", "INVALID_PARAMETER", "INVALID_PARAMETER_VALUE"])
def test_what_ses_says_of_one_recipient_for_good_is_that_ones(status: str) -> None:
    assert of_entry(status) == MailRefused(f"{status}: SES does not take this mail")


@pytest.mark.parametrize("code", ["BadRequestException", "MessageRejected", "ValidationException"])
def test_a_call_may_be_refused_for_one_of_its_mails(code: str) -> None:
    assert of_error(code) == MailRefused(f"{code}: SES does not take this mail")


@pytest.mark.parametrize("status", ["TRANSIENT_FAILURE", "FAILED"])
def test_what_passes_of_one_mail_says_nothing_of_the_others(status: str) -> None:
    assert of_entry(status) == MailDeferred(f"{status}: SES could not take this mail now", None)


QUOTA = MailDeferred("ACCOUNT_DAILY_QUOTA_EXCEEDED: the account's daily quota is used up", DoorKind.QUOTA)


def test_a_quota_concerns_every_mail() -> None:
    assert of_entry("ACCOUNT_DAILY_QUOTA_EXCEEDED") == QUOTA
    assert door_of(of_error("LimitExceededException")) == DoorKind.QUOTA


@pytest.mark.parametrize("code", RATE_CODES)
@pytest.mark.parametrize(
    "text", ["Daily message quota exceeded.", "Throttling: daily message quota exceeded"]
)
def test_a_throttling_error_may_be_the_daily_quota(code: str, text: str) -> None:
    assert door_of(of_error(code, text, status=400)) == DoorKind.QUOTA


@pytest.mark.parametrize("code", RATE_CODES)
@pytest.mark.parametrize("text", ["Maximum sending rate exceeded.", "Too Many Requests", "no", ""])
def test_the_sending_rate_is_kept_by_the_rounds(code: str, text: str) -> None:
    assert door_of(of_error(code, text, status=429)) == DoorKind.PACED
    assert door_of(of_entry("ACCOUNT_THROTTLED", text)) == DoorKind.PACED


@pytest.mark.parametrize("status", ["SOMETHING_NEW", ""])
def test_a_mail_with_a_status_nobody_knows_may_have_left(status: str) -> None:
    assert of_entry(status) == MailUnknown(f"{status}: its meaning is not known")


def test_an_error_nobody_knows_concerns_every_mail() -> None:
    verdict = of_error("SomethingNewException")
    assert door_of(verdict) == DoorKind.SET_UP
    assert "SomethingNewException: " in str(verdict)


@pytest.mark.parametrize("status", [500, 502, 503, 504])
@pytest.mark.parametrize("code", ["AccessDeniedException", "TooManyRequestsException", "MessageRejected"])
def test_after_an_error_of_the_service_nobody_knows(code: str, status: int) -> None:
    assert of_error(code, status=status) == MailUnknown(f"{code}: SES failed")


SET_UP = [
    ("CONFIGURATION_SET_DOES_NOT_EXIST", "configuration set"),
    ("CONFIGURATION_SET_NOT_FOUND", "configuration set"),
    ("CONFIGURATION_SET_SENDING_PAUSED", "configuration set"),
    ("INVALID_SENDING_POOL_NAME", "configuration set"),
    ("MAIL_FROM_DOMAIN_NOT_VERIFIED", "identity"),
    ("TEMPLATE_DOES_NOT_EXIST", "template"),
    ("TEMPLATE_NOT_FOUND", "template"),
]
PAUSED = ["ACCOUNT_SENDING_PAUSED", "ACCOUNT_SUSPENDED"]


@pytest.mark.parametrize(
    ("status", "named", "door"),
    [
        *((status, named, DoorKind.SET_UP) for status, named in SET_UP),
        *((status, "account's status", DoorKind.PAUSED) for status in PAUSED),
    ],
)
def test_a_status_of_set_up_names_what_is_missing_and_shuts_the_door(
    status: str, named: str, door: DoorKind
) -> None:
    verdict = of_entry(status, "erika@example.net")
    assert isinstance(verdict, MailDeferred)
    assert verdict.reason.startswith(f"{status}: ")
    assert named in verdict.reason
    assert "erika" not in verdict.reason
    assert verdict.door == door


@pytest.mark.parametrize(
    ("code", "named", "door"),
    [
        ("AccountSuspendedException", "account's status", DoorKind.PAUSED),
        ("SendingPausedException", "account's status", DoorKind.PAUSED),
        ("MailFromDomainNotVerifiedException", "identity", DoorKind.SET_UP),
        ("NotFoundException", "configuration set", DoorKind.SET_UP),
        ("AccessDeniedException", "role", DoorKind.SET_UP),
        ("AccessDenied", "role", DoorKind.SET_UP),
        ("ExpiredTokenException", "role", DoorKind.SET_UP),
    ],
)
def test_an_error_of_set_up_likewise(code: str, named: str, door: DoorKind) -> None:
    verdict = of_error(code, "erika@example.net")
    assert isinstance(verdict, MailDeferred)
    assert named in verdict.reason
    assert "erika" not in verdict.reason
    assert verdict.door == door


def test_a_denied_call_names_the_action() -> None:
    verdict = of_error(
        "AccessDeniedException",
        "User: arn:aws:x is not authorized to perform: ses:SendBulkEmail on resource: y",
    )
    assert isinstance(verdict, MailDeferred)
    assert "(not allowed: ses:SendBulkEmail)" in verdict.reason


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
        assert "verify the sender's identity" in verdict.reason
        assert verdict.door == DoorKind.SET_UP


@pytest.mark.parametrize(
    "identities", ["erika@example.net", "erika@example.com", "othello@example.com", "hello@example.com.br"]
)
def test_an_unverified_recipient_in_the_sandbox_is_refused_alone(identities: str) -> None:
    verdict = of_error("MessageRejected", UNVERIFIED + identities)
    assert isinstance(verdict, MailRefused)
    assert "sandbox" in verdict.reason
    assert identities not in verdict.reason


@pytest.mark.parametrize("name", MEANINGS)
def test_every_meaning_makes_a_verdict_that_says_its_code(name: str) -> None:
    verdict = of_entry(name)
    if MEANINGS[name] == Meaning.SENT:
        assert isinstance(verdict, MailSent)
    else:
        assert not isinstance(verdict, MailSent)
        assert verdict.reason.startswith(f"{name}: ")
