"""Checking who signed a request: AWS Signature Version 4, in its header or in its (presigned) URL.

What is signed with what, MiniStack's own `core.sigv4` computes; this says what a request must meet.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, quote

from ministack.core.router import extract_access_key_id
from ministack.core.sigv4 import (
    SIGNATURE_MISMATCH,
    HeaderSignature,
    decode_header_value,
    header_signature_failure,
    parse_header_signature,
    parse_query_signature,
    presigned_request_is_expired,
    request_time_failure,
)

from .errors import AccessRefusedError

ALGORITHM = "AWS4-HMAC-SHA256"
# What `x-amz-content-sha256` may say in place of a hash; the last signs each chunk by itself.
# https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
_NO_HASH = ("UNSIGNED-PAYLOAD", "STREAMING-UNSIGNED-PAYLOAD-TRAILER", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD")


@dataclass(frozen=True)
class Request:
    """A request less its body.

    Attributes:
        method: the HTTP method.
        path: the path, decoded.
        raw_path: the path as it was sent.
        query: the query's parameters, decoded.
        headers: the headers by their names in lower case; values of the same name joined by a comma.
    """

    method: str
    path: str
    raw_path: str
    query: Mapping[str, Sequence[str]]
    headers: Mapping[str, str]


@dataclass(frozen=True)
class Claim:
    """What a request says of its signer.

    Attributes:
        key_id: the id of the access key.
        token: the session token; empty for a key that needs none.
    """

    key_id: str
    token: str
    _signature: HeaderSignature
    _presigned: bool

    def verify(self, request: Request, body: bytes, secret: str) -> None:
        """Verify the signature of the request and its body with the key's secret.

        Raises:
            AccessRefusedError: another secret signed it, or it is not what was signed.
        """
        failure = header_signature_failure(
            self._signature,
            secret,
            request.method,
            request.raw_path,
            request.query,
            request.headers,
            body,
            presigned=self._presigned,
        )
        if failure:
            raise AccessRefusedError(*failure)
        # Of a body without this header the hash itself was signed.
        said = request.headers.get("x-amz-content-sha256")
        if said and not said.startswith(_NO_HASH) and said != hashlib.sha256(body).hexdigest():
            raise AccessRefusedError("SignatureDoesNotMatch", SIGNATURE_MISMATCH)


def request_of(scope: Mapping[str, Any]) -> Request:
    """The request of an ASGI scope."""
    headers: dict[str, str] = {}
    for name, value in scope["headers"]:
        key, text = name.decode("latin-1").lower(), decode_header_value(value)
        headers[key] = f"{headers[key]},{text}" if key in headers else text
    path = scope["path"]
    raw_path = scope.get("raw_path") or quote(path).encode()
    query = parse_qs(scope["query_string"].decode("utf-8", "replace"), keep_blank_values=True)
    return Request(scope["method"], path, raw_path.decode("latin-1"), query, headers)


def claim_of(request: Request) -> Claim:
    """Who a request says has signed it, and that recently.

    Raises:
        AccessRefusedError: its signature is missing, malformed or outdated, or covers too little.
    """
    presigned = "authorization" not in request.headers
    signature = _in_url(request) if presigned else _in_header(request)
    # MiniStack takes the key for its policies from there; in a crafted header that may be another one.
    if signature.access_key_id != extract_access_key_id(request.headers, request.query):
        raise AccessRefusedError("UnsupportedSignature", "The request names more than one access key.")
    signed = set(signature.signed_headers.split(";"))
    unsigned = {name for name in request.headers if name == "host" or name.startswith("x-amz-")} - signed
    if unsigned:
        raise AccessRefusedError(
            "AccessDenied", f"Headers that are not signed: {', '.join(sorted(unsigned))}"
        )
    token = _parameter(request, "X-Amz-Security-Token") if presigned else None
    return Claim(
        signature.access_key_id,
        token if token is not None else request.headers.get("x-amz-security-token", ""),
        signature,
        presigned,
    )


def _in_header(request: Request) -> HeaderSignature:
    if not request.headers["authorization"].startswith(f"{ALGORITHM} "):
        raise AccessRefusedError("UnsupportedSignature", f"Expected a signature by {ALGORITHM}.")
    signature = _parsed(parse_header_signature(request.headers))
    if failure := request_time_failure(signature):
        raise AccessRefusedError(*failure)
    return signature


def _in_url(request: Request) -> HeaderSignature:
    if _parameter(request, "X-Amz-Signature") is None:
        raise AccessRefusedError("MissingAuthenticationToken", "Request is missing Authentication Token")
    if _parameter(request, "X-Amz-Algorithm") != ALGORITHM:
        raise AccessRefusedError("UnsupportedSignature", f"Expected a signature by {ALGORITHM}.")
    signature = _parsed(parse_query_signature(request.query))
    try:
        expired = presigned_request_is_expired(signature.amz_date, _parameter(request, "X-Amz-Expires") or "")
    except (ValueError, OverflowError):  # no date, or no number of seconds
        expired = True
    if expired:
        raise AccessRefusedError("RequestExpired", "Request has expired")
    return signature


def _parsed(signature: HeaderSignature | tuple[str, str]) -> HeaderSignature:
    if isinstance(signature, tuple):
        raise AccessRefusedError(*signature)
    return signature


def _parameter(request: Request, name: str) -> str | None:
    values = request.query.get(name)
    return values[0] if values else None
