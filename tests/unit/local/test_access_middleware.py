"""Which requests reach the emulator; the rest needs an emulator (tests/e2e/test_embedded_access.py)."""

import asyncio
from collections.abc import Mapping
from typing import Any

from local.access_middleware import AccessMiddleware

SIGNED = (
    b"AWS4-HMAC-SHA256 Credential=AKIASTRANGER/20260101/us-east-1/dynamodb/aws4_request, "
    b"SignedHeaders=host;x-amz-date, Signature=0"
)


class Run:
    """A request to the middleware: what came to the application and what was answered."""

    def __init__(self, scope: Mapping[str, Any], *messages: dict[str, Any]) -> None:
        self.scopes: list[Mapping[str, Any]] = []
        self.answers: list[Mapping[str, Any]] = []
        self.left = [*messages]
        asyncio.run(AccessMiddleware(self._app, 4)(scope, self._receive, self._send))

    async def _app(self, scope: Mapping[str, Any], *_: Any) -> None:
        self.scopes.append(scope)

    async def _receive(self) -> dict[str, Any]:
        return self.left.pop(0)

    async def _send(self, message: Mapping[str, Any]) -> None:
        self.answers.append(message)


def test_no_web_socket_comes_to_the_emulator() -> None:
    run = Run({"type": "websocket", "headers": []}, {"type": "websocket.connect"})
    assert (run.scopes, run.answers) == ([], [{"type": "websocket.close"}])


def test_its_start_and_end_do() -> None:
    assert Run({"type": "lifespan"}).scopes == [{"type": "lifespan"}]


def test_a_refused_request_is_read_to_its_end_and_answered_once() -> None:
    """Else its client would find the connection closed before it has sent everything, and see no answer."""
    headers = [(b"host", b"127.0.0.1:4"), (b"authorization", SIGNED), (b"x-amz-date", b"20260101T000000Z")]
    scope = {"type": "http", "method": "POST", "path": "/", "query_string": b"", "headers": headers}
    parts = [{"type": "http.request", "body": b"x", "more_body": more} for more in (True, True, False)]
    run = Run(scope, *parts)
    assert (run.scopes, run.left) == ([], [])
    assert [answer["type"] for answer in run.answers] == ["http.response.start", "http.response.body"]
    assert run.answers[0]["status"] == 403
