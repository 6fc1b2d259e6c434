"""Errors as they may be logged, and those that no repetition mends."""

import pytest

from lambdas.aws.dynamodb.outcomes import TableError
from lambdas.aws.errors import is_set_up_error, kind_of

from ...helpers.fakes import client_error


@pytest.mark.parametrize(
    "code",
    [
        "AccessDenied",
        "AccessDeniedException",
        "AWS.SimpleQueueService.NonExistentQueue",
        "KMS.AccessDeniedException",
        "KMSDisabledException",
        "KmsNotFound",
        "IncompleteSignatureException",
        "InvalidAddress",
        "MissingAuthenticationTokenException",
        "ResourceNotFoundException",
    ],
)
def test_what_is_not_allowed_or_not_there_is_a_fault_of_set_up(code: str) -> None:
    assert is_set_up_error(client_error(code))


def test_a_statements_own_error_may_be_one() -> None:
    assert is_set_up_error(TableError("DynamoDB refused to insert", "AccessDenied"))
    assert not is_set_up_error(TableError("put off"))


@pytest.mark.parametrize(
    "error",
    [
        client_error("ThrottlingException"),
        client_error("KmsThrottled"),
        client_error("KMS.ThrottlingException"),
        client_error("InternalServerError", status=500),
        client_error("NoSuchKey"),
        KeyError("AccessDenied"),
    ],
    ids=str,
)
def test_what_passes_is_none(error: Exception) -> None:
    assert not is_set_up_error(error)


def test_the_log_has_the_action_and_nothing_else_of_the_message() -> None:
    message = "User: arn:x/erika is not authorized to perform: dynamodb:PartiQLInsert on resource: erika"
    assert kind_of(client_error("AccessDeniedException", message)) == (
        "ClientError AccessDeniedException (not allowed: dynamodb:PartiQLInsert)"
    )
    assert kind_of(client_error("ThrottlingException", "erika")) == "ClientError ThrottlingException"
    assert kind_of(ValueError("erika")) == "ValueError"
