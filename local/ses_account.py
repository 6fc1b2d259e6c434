"""The emulator's SES with the limits of an account (`ses_limits.py`), which a test sets (`mailbox.py`)."""

import json
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any, TypeAlias

from .ses_limits import Refusal, SesAccount, SesLimits

Answer: TypeAlias = tuple[int, dict[str, str], bytes]
Handle: TypeAlias = Callable[[str, str, Any, bytes, Any], Awaitable[Answer]]

# An address of the emulator's own: on AWS, limits are asked for by hand.
LIMITS = ("PUT", "/v2/email/account/limits")
_ACCOUNT = ("GET", "/v2/email/account")
_MAIL = ("POST", "/v2/email/outbound-emails")
_BULK = ("POST", "/v2/email/outbound-bulk-emails")


def keep_to_limits() -> None:
    """Let MiniStack's SES keep to an account's limits; there are none until some are set."""
    from ministack.services import ses_v2

    ses_v2.handle_request = within_limits(
        SesAccount(lambda: ses_v2._sent_emails_list()), ses_v2.handle_request
    )


def within_limits(account: SesAccount, handle: Handle) -> Handle:
    """What handles SES's requests as `handle` does, as far as the account's limits allow."""

    async def handle_within_limits(method: str, path: str, headers: Any, body: bytes, query: Any) -> Answer:
        def go_on(body: bytes = body) -> Awaitable[Answer]:
            return handle(method, path, headers, body, query)

        request = (method, path)
        if request == LIMITS:
            limits = json.loads(body)
            account.limits = SesLimits(**limits) if limits else None
            return _json({})
        if account.limits is None:
            return await go_on()
        if request == _ACCOUNT:
            return _refused(account.refusal_of_look()) or _told(account.limits, await go_on())
        if request == _MAIL:
            return _refused(account.refusal_of_mail()) or await go_on()
        return await (_bulk(account, json.loads(body), go_on) if request == _BULK else go_on())

    return handle_within_limits


async def _bulk(
    account: SesAccount, request: dict[str, Any], go_on: Callable[[bytes], Awaitable[Answer]]
) -> Answer:
    """Send those mails of a bulk call that may be sent."""
    entries = request["BulkEmailEntries"]
    if refused := _refused(account.refusal_of_bulk(len(entries))):
        return refused
    statuses = account.statuses(len(entries))
    taken = [entry for entry, status in zip(entries, statuses, strict=True) if status is None]
    results = iter(())
    if taken:
        answer = await go_on(json.dumps({**request, "BulkEmailEntries": taken}).encode())
        if answer[0] != HTTPStatus.OK:
            return answer
        results = iter(json.loads(answer[2])["BulkEmailEntryResults"])
    return _json(
        {"BulkEmailEntryResults": [{"Status": status} if status else next(results) for status in statuses]}
    )


def _told(limits: SesLimits, answer: Answer) -> Answer:
    """The answer to GetAccount with the limits in it."""
    account = json.loads(answer[2])
    account["SendingEnabled"] = limits.sending_enabled
    account["SendQuota"] |= {
        "Max24HourSend": float(limits.max_24_hour_send),
        "MaxSendRate": float(limits.max_send_rate),
    }
    return _json(account)


def _refused(refusal: Refusal | None) -> Answer | None:
    if refusal is None:
        return None
    headers = {"Content-Type": "application/x-amz-json-1.1", "x-amzn-errortype": refusal.code}
    return refusal.status, headers, json.dumps({"message": refusal.message}).encode()


def _json(value: Any) -> Answer:
    return HTTPStatus.OK, {"Content-Type": "application/json"}, json.dumps(value).encode()
