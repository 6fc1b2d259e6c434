"""Writing one item under a condition."""

from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

from ..errors import code_of
from .outcomes import Item


def write_if(write: Callable[..., Any], **request: Any) -> tuple[bool, Item]:
    """Make a write that has a condition.

    Args:
        write: The client's `put_item`, `update_item` or `delete_item`.
        request: What it is called with.

    Returns:
        Whether the condition held; and the item, as far as the request asks for it: by `ReturnValues` if it
        held, by `ReturnValuesOnConditionCheckFailure` if it did not.
    """
    # https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateItem.html
    try:
        answer = write(**request)
    except ClientError as error:
        if code_of(error) != "ConditionalCheckFailedException":
            raise
        refusal: Any = error.response
        return False, refusal.get("Item", {})
    return True, answer.get("Attributes", {})
