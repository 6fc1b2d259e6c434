"""The embedded AWS lets in only who belongs: who has the run's key, and functions under their roles."""

import hashlib
import http.client
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import boto3
import psutil
import pytest
from botocore import auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from local import mailbox
from local.access_key import AccessKey
from local.clients import Clients
from local.embedded import Deployment, embedded_aws
from local.emulator import ACCOUNT, REGION
from local.errors import EmulatorError

from .forms import form
from .tiny import program_in, until

pytestmark = pytest.mark.e2e
PAGE, OTHER_PAGE = "https://a.example", "https://b.example"  # the bucket's CORS rules name the first
CALLS: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "s3": ("list_buckets", {}),
    "sqs": ("list_queues", {}),
    "dynamodb": ("list_tables", {}),
    "lambda": ("list_functions", {}),
    "sesv2": ("get_account", {}),
    "iam": ("list_roles", {}),
    "sts": ("get_caller_identity", {}),
    "cloudwatch": ("describe_alarms", {}),
}
MISMATCH = {"SignatureDoesNotMatch", "InvalidSignatureException"}
UNKNOWN = {"InvalidAccessKeyId", "InvalidClientTokenId", "UnrecognizedClientException"}
MISSING = {"AccessDenied", "MissingAuthenticationToken", "MissingAuthenticationTokenException"}


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    with embedded_aws(root=program_in(tmp_path_factory.mktemp("tiny"))) as deployment:
        yield deployment


@dataclass
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def allowed_origin(self) -> str | None:
        return self.headers.get("access-control-allow-origin")

    @property
    def refused(self) -> bool:
        return self.status in (400, 403) and self.allowed_origin is None


def ask(
    aws: Deployment, method: str, path: str, headers: Mapping[str, str] | None = None, body: bytes = b""
) -> Answer:
    """Send a request as it is."""
    address = urlsplit(aws.endpoint).netloc
    connection = http.client.HTTPConnection(address, timeout=30)
    try:
        connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        everything = {"Host": address, "Content-Length": str(len(body)), **(headers or {})}
        for name, value in everything.items():
            connection.putheader(name, value)
        connection.endheaders(body)
        answer = connection.getresponse()
        return Answer(
            answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
        )
    finally:
        connection.close()


def signed(
    aws: Deployment, method: str, path: str, headers: Mapping[str, str], service: str, body: bytes = b""
) -> dict[str, str]:
    """The headers with a signature by the run's key."""
    request = AWSRequest(method, aws.endpoint + path, dict(headers), body)
    key = aws.access_key
    auth.SigV4Auth(Credentials(key.id, key.secret), service, REGION).add_auth(request)
    return dict(request.headers.items())


def code_of(aws: Deployment, key: AccessKey, service: str) -> str:
    """The code with which a call with this key is refused."""
    call, parameters = CALLS[service]
    with pytest.raises(ClientError) as caught:
        getattr(Clients(aws.endpoint, key).client(service), call)(**parameters)
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] in (400, 403)
    return caught.value.response["Error"]["Code"]


@pytest.mark.parametrize("service", CALLS)
def test_the_runs_key_is_let_in_and_no_other(aws: Deployment, service: str) -> None:
    call, parameters = CALLS[service]
    getattr(aws.client(service), call)(**parameters)
    assert code_of(aws, replace(aws.access_key, secret="wrong"), service) in MISMATCH
    for key_id in ("AKIAUNKNOWN", "test", ACCOUNT):
        for secret in ("test", aws.access_key.secret):
            assert code_of(aws, AccessKey(key_id, secret), service) in UNKNOWN


@pytest.mark.parametrize("service", CALLS)
def test_an_outdated_signature_is_refused(
    aws: Deployment, monkeypatch: pytest.MonkeyPatch, service: str
) -> None:
    old = datetime.now(UTC).replace(tzinfo=None) - timedelta(minutes=20)
    monkeypatch.setattr(auth, "get_current_datetime", lambda: old)
    assert code_of(aws, aws.access_key, service) in MISMATCH | {"RequestTimeTooSkewed"}


@pytest.mark.parametrize(
    ("method", "path", "headers"),
    [
        ("GET", "/", {}),
        ("GET", "/{bucket}", {}),
        ("PUT", "/{bucket}/in/unsigned", {}),
        ("GET", "/2015-03-31/functions", {}),
        ("POST", "/2015-03-31/functions/{function}/invocations", {}),
        ("POST", "/", {"X-Amz-Target": "DynamoDB_20120810.ListTables"}),
        ("POST", "/", {"X-Amz-Target": "AmazonSQS.ListQueues"}),
        ("GET", "/v2/email/account", {}),
        ("GET", "/?Action=ListUsers&Version=2010-05-08", {}),
        ("GET", "/_ministack/ses/messages", {}),
        ("GET", "/_ministack/sqs/messages", {}),
        ("GET", "/_ministack/lambda-code/{function}", {}),
        ("POST", "/_ministack/health", {}),
        ("POST", "/_ministack/reset", {}),
        ("POST", "/_ministack/config", {}),
        ("POST", "/_ministack/eks-auth/x", {}),
        ("POST", "/_ministack/rds/iam-auth", {}),
        ("GET", "/_localstack/health", {}),
        ("GET", "/oauth2/authorize", {}),
        ("OPTIONS", "/", {}),
        ("HEAD", "/{bucket}", {}),
    ],
)
def test_without_a_signature_nothing_is_answered(
    aws: Deployment, method: str, path: str, headers: Mapping[str, str]
) -> None:
    named = path.format(bucket=aws.outputs["bucket"], function=aws.outputs["functions"][0])
    answer = ask(aws, method, named, headers)
    assert answer.refused
    assert method == "HEAD" or any(code.encode() in answer.body for code in MISSING)
    for unfinished in ("AWS4-HMAC-SHA256", "AWS test:c2lnbmF0dXJl", f"Bearer {aws.access_key.id}"):
        assert ask(aws, method, named, {**headers, "Authorization": unfinished}).refused
    assert "in/unsigned" not in keys(aws)


def keys(aws: Deployment) -> list[str]:
    found = aws.client("s3").list_objects_v2(Bucket=aws.outputs["bucket"]).get("Contents", [])
    return [each["Key"] for each in found]


def test_the_health_check_needs_none(aws: Deployment) -> None:
    answer = ask(aws, "GET", "/_ministack/health")
    assert (answer.status, answer.allowed_origin) == (200, None)


def test_a_request_is_good_for_no_other_body_or_path(aws: Deployment) -> None:
    target = {"X-Amz-Target": "DynamoDB_20120810.ListTables", "Content-Type": "application/x-amz-json-1.0"}
    headers = signed(aws, "POST", "/", target, "dynamodb", b"{}")
    assert ask(aws, "POST", "/", headers, b"{}").status == 200
    assert ask(aws, "POST", "/", headers, b'{"Limit": 1}').refused
    assert ask(aws, "POST", "/x", headers, b"{}").refused
    assert ask(aws, "POST", "/?x", headers, b"{}").refused
    other = {**headers, "X-Amz-Target": "DynamoDB_20120810.DeleteTable"}
    assert ask(aws, "POST", "/", other, b"{}").refused


def test_what_s3_hashes_is_what_it_stores(aws: Deployment) -> None:
    path = f"/{aws.outputs['bucket']}/other/hashed"
    hashed = {"X-Amz-Content-SHA256": hashlib.sha256(b"a").hexdigest()}
    headers = signed(aws, "PUT", path, hashed, "s3", b"a")
    assert ask(aws, "PUT", path, headers, b"b").refused
    assert ask(aws, "PUT", path, headers, b"a").status == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:{port}",
        "127.0.0.1",
        "localhost.evil.example:{port}",
        "bucket.localhost:{port}",
        "",
    ],
)
def test_another_host_is_refused(aws: Deployment, host: str) -> None:
    """As a page's own name would be that has come to mean this machine."""
    name = host.format(port=urlsplit(aws.endpoint).port)
    assert ask(aws, "GET", "/_ministack/health", {"Host": name}).refused
    headers = signed(aws, "GET", "/", {"Host": name}, "s3")
    assert ask(aws, "GET", "/", headers).refused


def test_localhost_is_the_same(aws: Deployment) -> None:
    clients = Clients(aws.endpoint.replace("127.0.0.1", "localhost"), aws.access_key)
    assert clients.client("s3").list_buckets()["Buckets"]


@pytest.mark.parametrize("origin", [OTHER_PAGE, PAGE, "null", "http://127.0.0.1:1", "http://localhost"])
def test_a_web_page_of_another_origin_is_refused_whatever_it_has(aws: Deployment, origin: str) -> None:
    page = {"Origin": origin}
    assert ask(aws, "GET", "/_ministack/health", page).refused
    assert ask(aws, "POST", "/", page).refused
    assert ask(aws, "GET", "/", signed(aws, "GET", "/", page, "s3")).refused
    for path in ("/", "/2015-03-31/functions", "/_ministack/reset", "/no-such-bucket"):
        question = {**page, "Access-Control-Request-Method": "POST"}
        assert ask(aws, "OPTIONS", path, question).refused


def test_the_emulators_own_origin_is_none_other(aws: Deployment) -> None:
    headers = signed(aws, "GET", "/", {"Origin": aws.endpoint}, "s3")
    assert ask(aws, "GET", "/", headers).status == 200


@pytest.mark.parametrize("service", ["dynamodb", "sqs", "sesv2", "s3"])
def test_no_answer_tells_a_browser_that_every_page_may_read_it(aws: Deployment, service: str) -> None:
    call, parameters = CALLS[service]
    answer = getattr(aws.client(service), call)(**parameters)
    headers = answer["ResponseMetadata"]["HTTPHeaders"]
    assert not [name for name in headers if name.startswith("access-control-")]


def upload(aws: Deployment, key: str, origin: str, /, **changed: str) -> Answer:
    """Send a presigned form as a page does; fields may be changed, and be left out if empty."""
    allowed = aws.client("s3").generate_presigned_post(aws.outputs["bucket"], key)
    fields = {name: value for name, value in {**allowed["fields"], **changed}.items() if value}
    body, headers = form(fields, b"data")
    return ask(aws, "POST", urlsplit(allowed["url"]).path, {**headers, "Origin": origin}, body)


def test_a_presigned_form_is_taken_and_cors_says_who_reads_the_answer(aws: Deployment) -> None:
    ours = upload(aws, "other/ours", PAGE)
    assert (ours.status, ours.allowed_origin) == (204, PAGE)
    other = upload(aws, "other/others", OTHER_PAGE)
    assert (other.status, other.allowed_origin) == (204, None)
    assert {"other/ours", "other/others"} <= set(keys(aws))


def test_a_form_is_taken_for_what_its_policy_says(aws: Deployment) -> None:
    signature = ("x-amz-signature", "x-amz-credential", "x-amz-algorithm", "x-amz-date")
    unsigned = dict.fromkeys(signature, "")
    today = f"{datetime.now(UTC):%Y%m%d}"
    for changed in (
        {"x-amz-signature": "0" * 64},
        {"x-amz-signature": ""},
        {"x-amz-credential": f"test/{today}/{REGION}/s3/aws4_request"},
        unsigned,
        {**unsigned, "policy": ""},
        {"key": "other/another"},
    ):
        assert upload(aws, "other/refused", PAGE, **changed).status in (400, 403)
    assert not {"other/refused", "other/another"} & set(keys(aws))


def test_no_form_is_taken_that_is_signed_as_s3_no_longer_takes_it(aws: Deployment) -> None:
    old = boto3.client(
        "s3",
        endpoint_url=aws.endpoint,
        region_name=REGION,
        aws_access_key_id=aws.access_key.id,
        aws_secret_access_key=aws.access_key.secret,
        config=Config(signature_version="s3"),
    )
    fields = old.generate_presigned_post(aws.outputs["bucket"], "other/refused")["fields"]
    body, headers = form(fields, b"data")
    answer = ask(aws, "POST", f"/{aws.outputs['bucket']}", headers, body)
    assert (answer.status, b"AWS4-HMAC-SHA256" in answer.body) == (400, True)
    assert "other/refused" not in keys(aws)


def test_a_form_is_good_for_a_bucket_alone(aws: Deployment) -> None:
    """Nothing else comes in that calls itself a form."""
    bucket = aws.outputs["bucket"]
    allowed = aws.client("s3").generate_presigned_post(bucket, "other/form")
    body, headers = form(allowed["fields"], b"data")
    headers["Origin"] = PAGE  # which S3 itself would tell that it may read the refusal
    for path in ("/", "/no-such-bucket", f"/{bucket}/other/form", f"/{bucket}/other/form?uploads"):
        assert ask(aws, "POST", path, headers, body).refused
    target = {**headers, "X-Amz-Target": "DynamoDB_20120810.ListTables"}
    assert ask(aws, "POST", f"/{bucket}", target, body).refused
    assert ask(aws, "PUT", f"/{bucket}/other/form", headers, body).refused
    aws.client("s3").put_object(Bucket=bucket, Key="other/form", Body=b"there")
    deletion = b"<Delete><Object><Key>other/form</Key></Object></Delete>"
    assert ask(aws, "POST", f"/{bucket}?delete", headers, deletion).refused
    assert "other/form" in keys(aws)


def test_the_bucket_answers_a_browsers_question(aws: Deployment) -> None:
    path = f"/{aws.outputs['bucket']}"
    question = {"Access-Control-Request-Method": "POST"}
    ours = ask(aws, "OPTIONS", path, {**question, "Origin": PAGE})
    assert (ours.status, ours.allowed_origin) == (200, PAGE)
    assert ask(aws, "OPTIONS", path, {**question, "Origin": OTHER_PAGE}).refused


def test_a_signed_url_works_without_a_header_and_for_nothing_else(aws: Deployment) -> None:
    s3, there = aws.client("s3"), {"Bucket": aws.outputs["bucket"], "Key": "other/url"}
    s3.put_object(**there, Body=b"data")
    session = boto3.Session(aws.access_key.id, "wrong", region_name=REGION)
    path_style = Config(s3={"addressing_style": "path"}, signature_version="s3v4")
    wrong = session.client("s3", endpoint_url=aws.endpoint, config=path_style)
    good, bad = (
        one.generate_presigned_url("get_object", there).removeprefix(aws.endpoint) for one in (s3, wrong)
    )
    assert ask(aws, "GET", good).body == b"data"
    assert ask(aws, "GET", bad).refused
    assert ask(aws, "GET", good.replace("other/url", "other/ours")).refused
    assert ask(aws, "DELETE", good).refused
    assert ask(aws, "GET", good, {"Origin": OTHER_PAGE}).refused


def test_mails_are_shown_to_the_runs_key_alone(aws: Deployment) -> None:
    assert isinstance(aws.mails(), list)
    with pytest.raises(EmulatorError, match=r"HTTP 403"):
        mailbox.read(aws.endpoint, replace(aws.access_key, secret="wrong"))


def test_a_roles_key_is_good_with_its_token_alone(aws: Deployment) -> None:
    anyone = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
    trust = json.dumps({"Version": "2012-10-17", "Statement": [anyone]})
    arn = aws.client("iam").create_role(RoleName="someone", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    issued = aws.client("sts").assume_role(RoleArn=arn, RoleSessionName="session")["Credentials"]

    def who(secret: str, token: str | None) -> str:
        session = boto3.Session(issued["AccessKeyId"], secret, token, REGION)
        arn = session.client("sts", endpoint_url=aws.endpoint).get_caller_identity()["Arn"]
        return str(arn)

    assert who(issued["SecretAccessKey"], issued["SessionToken"]).endswith("assumed-role/someone/session")
    for secret, token in (
        ("wrong", issued["SessionToken"]),
        *((issued["SecretAccessKey"], t) for t in (None, "x")),
    ):
        with pytest.raises(ClientError) as caught:
            who(secret, token)
        assert caught.value.response["Error"]["Code"] in MISMATCH | UNKNOWN


def test_a_functions_key_cannot_be_worked_out_from_its_name(aws: Deployment) -> None:
    """MiniStack makes it of the names of function and role, and of nothing else."""
    aws.client("s3").put_object(Bucket=aws.outputs["bucket"], Key="in/guess", Body=b"guess")
    table = {"TableName": aws.outputs["table"]}
    until(lambda: "guess" in json.dumps(aws.client("dynamodb").scan(**table)["Items"]))  # so it has its key
    found = aws.client("lambda").get_function_configuration(FunctionName=aws.outputs["functions"][1])
    digest = hashlib.sha256(f"{found['FunctionArn']}:{found['Role']}".encode()).hexdigest()
    secret, token = (hashlib.sha256(f"{what}:{digest}".encode()).hexdigest() for what in ("secret", "token"))
    session = boto3.Session(f"ASIA{digest[:16].upper()}", secret, token, REGION)
    with pytest.raises(ClientError) as caught:
        session.client("sts", endpoint_url=aws.endpoint).get_caller_identity()
    assert caught.value.response["Error"]["Code"] in UNKNOWN


def test_no_command_line_shows_the_secret(aws: Deployment) -> None:
    shown = [process.info["cmdline"] or [] for process in psutil.process_iter(["cmdline"])]
    assert any("serve.py" in part for line in shown for part in line)
    assert not any(aws.access_key.secret in part for line in shown for part in line)
