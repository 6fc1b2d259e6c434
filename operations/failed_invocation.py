"""Messages of invocations of process_csv that failed for good.

Lambda writes a record of each that it gave up, with the event in it; EventBridge sends the event itself, if
Lambda did not take it.
https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lambdas.core.upload import Upload, is_eventbridge_event, uploads

from .messages import QueueMessage


@dataclass(frozen=True)
class Failure:
    """An invocation of process_csv: its event, the uploads of that, and how the last attempt ended."""

    event: Mapping[str, Any]
    uploads: tuple[Upload, ...]
    reason: str


def parse_failure(message: QueueMessage) -> Failure | None:
    """Returns the failed invocation in a message; None if it is of another kind."""
    try:
        document = json.loads(message.body)
        event = document if is_eventbridge_event(document) else document["requestPayload"]
        found = tuple(uploads(event))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    return Failure(event, found, reason_of(message)) if found else None


def reason_of(message: QueueMessage) -> str:
    """Returns why a message is in its queue, as our functions, EventBridge or Lambda say."""
    if message.reason:
        return message.reason
    try:
        record = json.loads(message.body)
    except (ValueError, RecursionError):
        record = None
    return _reason(record) if isinstance(record, dict) and "requestContext" in record else "no reason given"


def _reason(record: Mapping[str, Any]) -> str:
    payload, context = record.get("responsePayload"), record.get("requestContext")
    payload = payload if isinstance(payload, dict) else {}
    told = ": ".join(str(payload[name]) for name in ("errorType", "errorMessage") if payload.get(name))
    condition = context.get("condition") if isinstance(context, dict) else None
    return told or f"the function failed ({condition or 'no reason given'})"
