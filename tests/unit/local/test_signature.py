"""What botocore signs is verified, and nothing else: botocore is the oracle."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import pytest
from botocore import auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from hypothesis import given
from hypothesis import strategies as st

from local.errors import AccessRefusedError
from local.signature import Request, claim_of, request_of

HOST = "127.0.0.1:4566"
KEY, SECRET, TOKEN = "AKIAKEY", "secret/of+the=key", "token/+="
SIGNERS: Mapping[tuple[str, bool], Any] = {
    ("dynamodb", False): auth.SigV4Auth,
    ("dynamodb", True): auth.SigV4QueryAuth,
    ("s3", False): auth.S3SigV4Auth,
    ("s3", True): auth.S3SigV4QueryAuth,
}


@dataclass(frozen=True)
class Sent:
    """A signed request, as it arrives."""

    request: Request
    body: bytes

    def verify(self, secret: str = SECRET) -> None:
        claim_of(self.request).verify(self.request, self.body, secret)

    def but(self, body: bytes | None = None, **changed: Any) -> "Sent":
        return Sent(replace(self.request, **changed), self.body if body is None else body)

    def with_header(self, name: str, value: str) -> "Sent":
        return self.but(headers={**self.request.headers, name: value})

    def with_parameter(self, name: str, value: str) -> "Sent":
        return self.but(query={**self.request.query, name: [value]})


def send(
    method: str = "POST",
    path: str = "/",
    query: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
    body: bytes = b"{}",
    service: str = "dynamodb",
    presigned: bool = False,
    token: str | None = None,
) -> Sent:
    parameters = "&".join(f"{quote(k, '')}={quote(v, '')}" for k, v in (query or {}).items())
    url = f"http://{HOST}{quote(path)}" + (f"?{parameters}" if parameters else "")
    if presigned and service != "s3":
        body = b""  # botocore knows no other
    request = AWSRequest(method, url, dict(headers or {}), b"" if presigned else body)
    SIGNERS[service, presigned](Credentials(KEY, SECRET, token), service, "us-east-1").add_auth(request)
    return Sent(arrived(request), body)


def arrived(request: AWSRequest) -> Request:
    prepared = request.prepare()
    url = urlsplit(prepared.url)
    lines = [(b"host", HOST.encode())]
    headers: Any = prepared.headers  # of text or bytes, whatever their type says
    lines += [
        (name.encode(), value if isinstance(value, bytes) else value.encode())
        for name, value in headers.items()
    ]
    return request_of(
        {
            "method": prepared.method,
            "path": unquote(url.path),
            "raw_path": url.path.encode(),
            "query_string": url.query.encode(),
            "headers": lines,
        }
    )


def refused(sent: Sent, secret: str = SECRET) -> str:
    with pytest.raises(AccessRefusedError) as caught:
        sent.verify(secret)
    return caught.value.code


def long_ago(monkeypatch: pytest.MonkeyPatch, minutes: float) -> None:
    then = datetime.now(UTC) - timedelta(minutes=minutes)
    monkeypatch.setattr(auth, "get_current_datetime", lambda **_: then.replace(tzinfo=None))


PATHS = st.lists(st.text(min_size=1, max_size=6).filter(lambda one: one.isprintable() and "/" not in one))
WORDS = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=9)


REQUESTS = st.tuples(
    st.sampled_from(["GET", "PUT", "POST"]),
    PATHS.map(lambda parts: "/" + "/".join(parts)),
    st.dictionaries(st.text("aZ-_.~ é+&=/", min_size=1, max_size=4), st.text("bY -_.~é+&=/", max_size=4)),
    st.dictionaries(st.sampled_from(["X-Amz-Target", "X-Amz-Meta-A", "Content-Type", "Range"]), WORDS),
    st.binary(max_size=20),
    st.sampled_from(["dynamodb", "s3"]),
    st.booleans(),
    st.sampled_from([None, TOKEN]),
)


@given(REQUESTS)
def test_what_botocore_signs_is_verified_by_its_secret_alone(request: Any) -> None:
    sent = send(*request)
    claim = claim_of(sent.request)
    assert (claim.key_id, claim.token) == (KEY, request[-1] or "")
    sent.verify()
    assert refused(sent, "another") == "SignatureDoesNotMatch"


@pytest.mark.parametrize("service", ["dynamodb", "s3"])
@pytest.mark.parametrize("presigned", [False, True], ids=["header", "url"])
def test_nothing_that_is_signed_can_be_changed(service: str, presigned: bool) -> None:
    sent = send("PUT", "/a", {"b": "c"}, {"X-Amz-Target": "d"}, b"e", service, presigned)
    sent.verify()
    changed = {
        "method": sent.but(method="POST"),
        "path": sent.but(raw_path="/A"),
        "query": sent.with_parameter("b", "C"),
        "another parameter": sent.with_parameter("f", "g"),
        "header": sent.with_header("x-amz-target", "D"),
        "host": sent.with_header("host", "127.0.0.1:1"),
        "body": sent.but(body=b"E"),
    }
    if presigned and service == "s3":
        changed.pop("body")  # which such a URL leaves open, on AWS as well
    assert {what: refused(one) for what, one in changed.items()} == dict.fromkeys(
        changed, "SignatureDoesNotMatch"
    )


def test_a_header_that_aws_wants_signed_cannot_be_added() -> None:
    assert refused(send().with_header("x-amz-target", "DynamoDB_20120810.DeleteTable")) == "AccessDenied"
    unsigned = send().request.headers["authorization"].replace("SignedHeaders=host;", "SignedHeaders=")
    assert refused(send().with_header("authorization", unsigned)) == "AccessDenied"


@pytest.mark.parametrize("said", ["UNSIGNED-PAYLOAD", "STREAMING-UNSIGNED-PAYLOAD-TRAILER"])
def test_a_body_may_be_left_unsigned_if_that_is_signed(said: str) -> None:
    sent = send(headers={"X-Amz-Content-SHA256": said}, service="dynamodb")
    sent.but(body=b"another").verify()


def test_a_request_without_a_signature_is_refused() -> None:
    bare = Sent(replace(send().request, headers={"host": HOST}), b"")
    assert refused(bare) == "MissingAuthenticationToken"


@pytest.mark.parametrize(
    ("authorization", "code"),
    [
        ("", "UnsupportedSignature"),
        ("Bearer x", "UnsupportedSignature"),
        ("AWS AKIAKEY:c2lnbmF0dXJl", "UnsupportedSignature"),
        ("AWS4-ECDSA-P256-SHA256 Credential=AKIAKEY/20260101/s3/aws4_request", "UnsupportedSignature"),
        ("AWS4-HMAC-SHA256 ", "MissingAuthorizationParameter"),
        ("AWS4-HMAC-SHA256 Credential=x, SignedHeaders=host, Signature=y", "IncompleteSignature"),
    ],
)
def test_a_malformed_signature_is_refused(authorization: str, code: str) -> None:
    assert refused(send().with_header("authorization", authorization)) == code


def test_a_header_that_names_two_keys_is_refused() -> None:
    """Else one key would be checked, and the other's policies be asked."""
    authorization = send().request.headers["authorization"]
    both = authorization.replace(" ", " XCredential=ROOT/20260101/us-east-1/dynamodb/aws4_request, ", 1)
    assert refused(send().with_header("authorization", both)) == "UnsupportedSignature"
    twice = f"{authorization},Credential={KEY}x/20260101/us-east-1/dynamodb/aws4_request"
    assert refused(send().with_header("authorization", twice)) == "UnsupportedSignature"


@pytest.mark.parametrize(("minutes", "code"), [(16, "RequestTimeTooSkewed"), (-16, "RequestTimeTooSkewed")])
def test_a_signature_is_good_for_some_minutes(
    monkeypatch: pytest.MonkeyPatch, minutes: float, code: str
) -> None:
    long_ago(monkeypatch, minutes)
    assert refused(send()) == code
    long_ago(monkeypatch, minutes - minutes / 8)
    send().verify()


def test_a_signed_url_is_good_for_as_long_as_it_says(monkeypatch: pytest.MonkeyPatch) -> None:
    long_ago(monkeypatch, 59)
    old = send(presigned=True)  # botocore says: an hour
    old.verify()
    assert refused(old.with_parameter("X-Amz-Expires", "7200")) == "SignatureDoesNotMatch"
    assert refused(old.with_parameter("X-Amz-Expires", "soon")) == "RequestExpired"
    long_ago(monkeypatch, 61)
    assert refused(send(presigned=True)) == "RequestExpired"


def test_the_date_is_the_keys() -> None:
    sent = send()
    today = sent.request.headers["x-amz-date"][:8]
    other = sent.request.headers["authorization"].replace(f"/{today}/", "/20200101/")
    assert refused(sent.with_header("authorization", other)) == "CredentialDateMismatch"
