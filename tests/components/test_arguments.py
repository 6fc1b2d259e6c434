"""What is wrong with a component's arguments is told all at once, before anything is created."""

from typing import Any

import pulumi
import pytest

from components import BufferedWriter, CsvIngest, StreamNotifier
from components.bundle import BundleError
from components.uploads import prefix_problem

from .problems import ingest_problems, problems_of, writer_problems
from .recording import record
from .samples import BUCKET_ARN, TABLE_ARN, ingest_args, writer_args


def test_every_problem_is_told() -> None:
    problems = ingest_problems(
        name="in_",
        schema={"fields": [{"name": "email", "type": "geopoint"}], "primaryKey": "mail"},
        queue={"url": "https://sqs"},
        upload_prefix="reports/in/",
        rows_per_chunk=1001,
        log_retention_days=31,
        timeout_seconds=901.0,
        memory_mb=64,
        colour="red",
    )
    expected = [
        "name: expected a letter, then letters, digits and hyphens, at most 36",
        "colour: unknown; the arguments are alarm_topic_arn, bucket,",
        "schema: field 'email': type 'geopoint' is not supported",
        "schema: primaryKey: expected the name of one field, got 'mail'",
        "queue: expected an object of arn and url, got {'url': 'https://sqs'}",
        "upload_prefix: overlaps reports/",
        "rows_per_chunk: expected a whole number from 1 to 1,000 (more gain nothing), got 1001",
        "timeout_seconds: expected a whole number from 240 to 900 (what its calls may take, Lambda's limit), "
        "got 901.0",
        "memory_mb: expected a whole number from 128 to 10,240 (Lambda's limits), got 64",
        "log_retention_days: expected one of 1, 3, 5, 7, 14, 30,",
    ]
    assert len(problems) == len(expected)
    for start in expected:
        assert any(problem.startswith(start) for problem in problems), (start, problems)


@pytest.mark.parametrize(
    "prefix",
    [
        *["uploads", "/", "/in/", "a//b/", "in/*/", "in/${x}/", "a b/", "x" * 600 + "/"],
        *["./", "../", ".../", "./in/", "in/./", "in/../", "in/../reports/"],
    ],
)
def test_prefixes_that_would_not_do(prefix: str) -> None:
    (problem,) = ingest_problems(upload_prefix=prefix)
    assert problem.startswith("upload_prefix: expected folders of letters, digits")


@pytest.mark.parametrize("prefix", [".in/", "in./", "..a/b../", "a.b/c/", "-/", "in/.csv/"])
def test_prefixes_may_have_dots(prefix: str) -> None:
    assert prefix_problem(prefix) is None


@pytest.mark.parametrize("origin", ["*", "app.example.com", "https://a.com/path", "https://*", "ftp://a.com"])
def test_origins_that_would_not_do(origin: str) -> None:
    (problem,) = ingest_problems(cors_origins=["https://good.example.com", origin])
    assert problem.startswith("cors_origins: expected an origin such as")


@pytest.mark.parametrize("days", [0, -1, 1.5, True, "1", float("inf"), float("nan"), 2**31])
def test_days_that_would_not_do(days: Any) -> None:
    (problem,) = ingest_problems(uploads_expire_days=days)
    assert problem.startswith(
        "uploads_expire_days: expected a whole number from 1 to 2,147,483,647 (S3's limit)"
    )


def test_a_bucket_keeps_its_owners_settings() -> None:
    bucket = {"name": "files", "arn": BUCKET_ARN}
    problems = ingest_problems(bucket=bucket, cors_origins=["https://a.example.com"], uploads_expire_days=1)
    assert problems == [
        "cors_origins: contradicts bucket, whose settings stay its owner's; leave one out",
        "uploads_expire_days: contradicts bucket, whose settings stay its owner's; leave one out",
    ]


def test_what_must_be_known_is_no_output() -> None:
    (problem,) = problems_of(
        lambda: CsvIngest("in", ingest_args(upload_prefix=pulumi.Output.from_input("in/")))
    )
    assert problem == (
        "upload_prefix: expected a text that is not empty, known while the program runs; "
        "got another resource's output"
    )


def test_what_is_missing() -> None:
    args: Any = {}
    assert problems_of(lambda: CsvIngest("in", args)) == [
        "schema: missing; expected an object",
        "queue: missing; expected an object of arn and url",
    ]
    assert problems_of(lambda: BufferedWriter("w", args)) == [
        "key: missing; expected a text that is not empty"
    ]
    assert problems_of(lambda: StreamNotifier("n", args)) == [
        "mail: missing; expected an object",
        "sender: missing; expected an address, or Name <address>",
        "stream_arn: missing; expected a text that is not empty, or another resource's output",
    ]


def test_the_writers() -> None:
    assert writer_problems(
        key_type="B", on_conflict="merge", max_receive_count=4, maximum_concurrency=1, protect_data="yes"
    ) == [
        "key_type: expected one of S, N (DynamoDB's types of keys that a column can have), got 'B'",
        "on_conflict: expected one of skip, replace (what there is), got 'merge'",
        "max_receive_count: expected a whole number from 5 to 1,000 (Lambda's advice, SQS's limit), got 4",
        "maximum_concurrency: expected a whole number from 2 to 1,000 (Lambda's limits), got 1",
        "protect_data: expected true or false, got 'yes'",
    ]
    table = {"name": "people", "arn": TABLE_ARN}
    assert writer_problems(key_type="S", table=table) == [
        "key_type: contradicts table, which has its keys already; leave one out"
    ]


def test_none_is_the_same_as_not_given() -> None:
    recorded = record(lambda: BufferedWriter("w", writer_args(queue=None, key_type=None)))
    assert recorded.inputs("sqs/queue:Queue", "w-queue")


def test_a_broken_environment_is_told_before_anything_is_created(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("components.bundle.VENDORED", ("not-installed-anywhere",))

    def program() -> None:
        with pytest.raises(BundleError, match=r"not-installed-anywhere .* is not installed"):
            BufferedWriter("w", writer_args())

    assert record(program).resources == []
