"""Checks every request before the emulator sees it: signed with the run's key, or by a function's role.

The emulator creates functions and so runs code, and any user of this machine and any web page in its browser
can reach its port. So every request must be signed, as on AWS, and the signature is verified here: MiniStack
takes a request for root's that says so, and serves many paths without asking for a signature.
Three kinds of requests need none:
- the health check, which tells nothing of the run;
- a form upload to a bucket: its policy is signed, and S3 verifies that;
- a browser's CORS preflight for a bucket: S3 answers it by the bucket's CORS rules.
https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-authentication-HTTPPOST.html
https://docs.aws.amazon.com/AmazonS3/latest/userguide/cors.html
"""

import uuid
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any, TypeAlias

from ministack import app as ministack
from ministack.core.iam_evaluator import (
    AmbiguousAccessKeyError,
    AuthError,
    CredentialResolutionError,
    find_iam_access_key_account,
    resolve_credential,
)
from ministack.core.responses import _account_from_sts_session
from ministack.core.router import detect_service

from .errors import AccessRefusedError
from .signature import Claim, Request, claim_of, request_of

Scope: TypeAlias = Mapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[dict[str, Any]]]
Send: TypeAlias = Callable[[Mapping[str, Any]], Awaitable[None]]
App: TypeAlias = Callable[[Scope, Receive, Send], Awaitable[None]]

_HEALTH = ("GET", "/_ministack/health")


class AccessMiddleware:
    """An ASGI application in front of the emulator's, which gets the requests that are allowed."""

    def __init__(self, app: App, port: int) -> None:
        """Guard an emulator that answers on this port of the loopback interface."""
        self._app = app
        self._hosts = {f"{name}:{port}" for name in ("127.0.0.1", "localhost", "[::1]")}
        self._origins = {f"http://{host}" for host in self._hosts}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or refuse it as its service would."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":  # none of our services talks by it
            await receive()
            await send({"type": "websocket.close"})
        else:
            await self._answer(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = request_of(scope)
        try:
            self._check_address(request)
            if _is_for_s3_to_check(request):
                await self._app(scope, receive, send)
                return
            self._check_origin(request)
            if (request.method, request.path) != _HEALTH:
                claim = claim_of(request)
                secret = _secret_of(claim)  # before the body: a stranger cannot have us keep a large one
                body = await _read(receive)
                receive = _replayed(body, receive)
                claim.verify(request, body, secret)
        except AccessRefusedError as refused:
            await _refuse(request, refused, receive, send)
        else:
            await self._app(scope, receive, _without_cors(send))

    def _check_address(self, request: Request) -> None:
        """Refuse other names than ours: a web page's own name may resolve to this machine (DNS rebinding)."""
        host = request.headers.get("host", "")
        if host not in self._hosts:
            raise AccessRefusedError("AccessDenied", f"Expected the host {min(self._hosts)}, got {host!r}.")

    def _check_origin(self, request: Request) -> None:
        origin = request.headers.get("origin")
        if origin is not None and origin not in self._origins:
            raise AccessRefusedError(
                "AccessDenied", f"Web pages of {origin!r} may only post forms to a bucket."
            )


def _is_for_s3_to_check(request: Request) -> bool:
    """Whether MiniStack takes it for a form upload to a bucket or for a bucket's CORS preflight."""
    headers = request.headers
    form = (
        request.method == "POST"
        and headers.get("content-type", "").startswith("multipart/form-data")
        and "authorization" not in headers
        and not request.query
    )
    preflight = request.method == "OPTIONS" and "origin" in headers
    if (
        not (form or preflight)
        or detect_service(request.method, request.path, headers, request.query) != "s3"
    ):
        return False
    bucket_and_key = ministack._s3_cors_target(headers["host"], request.path)
    return bucket_and_key is not None and (preflight or not bucket_and_key[1])


def _secret_of(claim: Claim) -> str:
    """The secret of the run's key or of one that the emulator has issued.

    Raises:
        AccessRefusedError: there is no such key, or its session token is another or too old.
    """
    try:
        account = _account_from_sts_session(claim.key_id) or find_iam_access_key_account(claim.key_id)
        found = resolve_credential(claim.key_id, account, claim.token) if claim.key_id else None
    except AmbiguousAccessKeyError:
        found = None
    if found is None:
        raise AccessRefusedError(
            "UnrecognizedClientException", "The security token included in the request is invalid."
        )
    if isinstance(found, CredentialResolutionError):
        raise AccessRefusedError(found.code, found.message)
    return str(found.secret_access_key)


async def _read(receive: Receive) -> bytes:
    """The whole body, which MiniStack reads whole as well."""
    parts = []
    more = True
    while more:
        message = await receive()
        parts.append(message.get("body", b""))
        more = message.get("more_body", False)
    return b"".join(parts)


def _replayed(body: bytes, receive: Receive) -> Receive:
    """A `receive` that returns the body that has been read, then what is still to come."""
    left = [{"type": "http.request", "body": body, "more_body": False}]

    async def replayed() -> dict[str, Any]:
        return left.pop() if left else await receive()

    return replayed


def _without_cors(send: Send) -> Send:
    """A `send` that leaves out the headers by which MiniStack lets every web page read a response."""

    async def send_without(message: Mapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": _less_cors(message["headers"])}
        await send(message)

    return send_without


def _less_cors(headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    return [header for header in headers if not header[0].lower().startswith(b"access-control-")]


async def _refuse(request: Request, refused: AccessRefusedError, receive: Receive, send: Send) -> None:
    """Answer as the service does that the request is for, once its body is there: clients send all of it."""
    while (await receive()).get("more_body", False):
        pass
    service = detect_service(request.method, request.path, request.headers, request.query)
    if service == "ses" and request.path.startswith("/v2/email"):
        service = "sesv2"  # has another protocol
    why = AuthError(refused.code, refused.message)
    status, headers, body = ministack._credential_failure(
        service, "", str(uuid.uuid4()), why, request.headers
    )
    await ministack._send_response(send, status, headers, b"" if request.method == "HEAD" else body)
