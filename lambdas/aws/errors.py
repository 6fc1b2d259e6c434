"""Errors: how they may be logged, and which of them no repetition mends."""

import re
from typing import Any

from botocore.exceptions import ClientError

from .rowrelay_error import RowrelayError

# What is not allowed, or not there: the same until somebody changes the set-up.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_troubleshooting_common-errors.html
_NOT_ALLOWED = frozenset(
    {
        "AccessDenied",
        "AccessDeniedException",
        "AuthorizationError",
        "ExpiredTokenException",
        "IncompleteSignature",
        "IncompleteSignatureException",
        "InvalidClientTokenId",
        "InvalidSecurity",
        "InvalidSignatureException",
        "MissingAuthenticationTokenException",
        "NotAuthorized",
        "OptInRequired",
        "SignatureDoesNotMatch",
        "UnrecognizedClientException",
    }
)
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html
# https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchStatementError.html
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html
_NOT_THERE = frozenset(
    {
        "InvalidAddress",  # of a queue
        "NonExistentQueue",
        "QueueDoesNotExist",
        "ResourceNotFound",
        "ResourceNotFoundException",
    }
)
# A key of KMS: SQS's and Lambda's codes for it begin so. Throttling passes.
_KEY = re.compile(r"kms(?!\.?Throttl)", re.IGNORECASE)
# What a service refuses for now, and may take a moment later:
# https://docs.aws.amazon.com/boto3/latest/guide/retries.html
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html#API_SendMessageBatch_Errors
# https://docs.aws.amazon.com/sns/latest/api/API_Publish.html#API_Publish_Errors
PUT_OFF = frozenset(
    {
        "KMS.ThrottlingException",  # SQS's, as botocore gives it by the protocol
        "KmsThrottled",
        "KMSThrottling",  # SNS's
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "SlowDown",
        "Throttled",  # SNS's
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
        # Another's transaction is writing the item:
        # https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html#transaction-conflict-handling
        "TransactionConflictException",
    }
)
# The same of one operation among many: of a transaction, for which all of it is cancelled, or of a batch.
# https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CancellationReason.html
TRANSACTION_PUT_OFF = frozenset({"ProvisionedThroughputExceeded", "ThrottlingError", "TransactionConflict"})
_ACTION = re.compile(r"not authorized to perform: ([a-z0-9-]+:[A-Za-z0-9]+)")


class SetUpError(RowrelayError):
    """The deployment lacks something. Raised once all that the invocation was given is safe."""


def code_of(error: Exception) -> str:
    """Returns the service's code for the error; empty if it has none."""
    if isinstance(error, ClientError):
        return str(error.response["Error"]["Code"])
    return str(getattr(error, "code", ""))


def is_put_off(error: Exception) -> bool:
    """Whether a service refused what it may take a moment later."""
    if not isinstance(error, ClientError):
        return False
    answer: Any = error.response
    reasons = {reason.get("Code", "None") for reason in answer.get("CancellationReasons", [])} - {"None"}
    return reasons <= TRANSACTION_PUT_OFF if reasons else code_of(error) in PUT_OFF


def kind_of(error: Exception) -> str:
    """Returns what may be logged: the error's type, the service's code, the action that is not allowed.

    The error's message is left out, for it may quote a row's values.
    """
    return " ".join(filter(None, (type(error).__name__, code_of(error), denied_action(error))))


def denied_action(error: Exception) -> str:
    """Returns the action that is not allowed, in words; empty if that is not what the error says."""
    message = error.response["Error"].get("Message", "") if isinstance(error, ClientError) else ""
    return f"(not allowed: {match[1]})" if (match := _ACTION.search(message)) else ""


def is_set_up_error(error: Exception) -> bool:
    """Whether the error says that the deployment lacks something: a permission, a table, a queue, a key."""
    return is_set_up_code(code_of(error))


def is_set_up_code(code: str) -> bool:
    """Whether a service's code says so."""
    name = code.removeprefix("AWS.SimpleQueueService.")
    return name in _NOT_ALLOWED | _NOT_THERE or _KEY.match(name) is not None
