"""What is wrong with a component's arguments is told all at once, before anything is created."""

from collections.abc import Callable
from typing import Any

import pulumi
import pytest

from components import BufferedWriter, CsvIngest, StreamNotifier
from components.bundle import BundleError
from components.uploads import prefix_problem

from .problems import ingest_problems, notifier_problems, problems_of, writer_problems
from .recording import record
from .samples import BUCKET_ARN, SCHEMA, TABLE_ARN, ingest_args, writer_args

URL = "https://sqs.eu-central-1.amazonaws.com/123456789012/q"
QUEUE = "arn:aws:sqs:eu-central-1:123456789012:q"


def test_every_problem_is_told() -> None:
    problems = ingest_problems(
        name="in_",
        schema={"fields": [{"name": "email", "type": "geopoint"}], "primaryKey": "mail"},
        queue={"url": "https://sqs"},
        upload_prefix="reports/in/",
        rows_per_chunk=1001,
        function={"log_retention_days": 31, "timeout_seconds": 901.0, "memory_mb": 64},
        colour="red",
    )
    expected = [
        "name: expected a letter, then letters, digits and hyphens, at most 36",
        "colour: unknown; the arguments are alarm_actions, alarms, bucket,",
        "schema: field 'email': type 'geopoint' is not supported",
        "schema: primaryKey: expected the name of one field, got 'mail'",
        "queue: expected an object of arn and url, got {'url': 'https://sqs'}",
        "upload_prefix: overlaps reports/",
        "rows_per_chunk: expected a whole number from 1 to 1,000 (more gain nothing), got 1001",
        "function.timeout_seconds: expected a whole number from 240 to 900 (what its calls may take, "
        "Lambda's limit), got 901.0",
        "function.memory_mb: expected a whole number from 128 to 10,240 (Lambda's limits), got 64",
        "function.log_retention_days: expected one of 1, 3, 5, 7, 14, 30,",
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


@pytest.mark.parametrize(
    ("encoding", "told"),
    [
        ("utf-16", "'utf-16' does not contain ASCII"),
        ("windows", "'windows' is no text encoding that Python knows"),
        ("UTF8", "'UTF8' is what is read in any case"),
    ],
)
def test_encodings_that_would_not_do(encoding: str, told: str) -> None:
    (problem,) = ingest_problems(encoding=encoding)
    assert problem.startswith(f"encoding: {told}")


@pytest.mark.parametrize("encoding", [1252, " ", pulumi.Output.from_input("latin-1")])
def test_an_encoding_is_a_name(encoding: Any) -> None:
    (problem,) = ingest_problems(encoding=encoding)
    assert problem.startswith("encoding: expected a text encoding that contains ASCII")


@pytest.mark.parametrize(
    ("limit", "bounds"),
    [
        ("max_columns", "1 to 10,000 (more are no table's)"),
        ("max_rows", "1 to 50,000,000,000,000 (no file has more)"),
        ("max_bytes", "1 to 50,000,000,000,000 (S3's limit)"),
        ("max_row_bytes", "1,024 to 1,048,576 (SQS's limit, for a message carries the row)"),
    ],
)
@pytest.mark.parametrize("number", [0, 10**14, 1024.5, True, "2000"])
def test_limits_that_would_not_do(limit: str, bounds: str, number: Any) -> None:
    (problem,) = ingest_problems(**{limit: number})
    assert problem.startswith(f"{limit}: expected a whole number from {bounds}, got ")


@pytest.mark.parametrize("days", [29, 3651, 30.5, True, "400"])
@pytest.mark.parametrize("problems", [ingest_problems, writer_problems, notifier_problems])
def test_days_that_no_ledger_takes(problems: Callable[..., list[str]], days: Any) -> None:
    (problem,) = problems(ledgers_expire_days=days)
    assert problem.startswith(
        "ledgers_expire_days: expected a whole number from 30 to 3,650 "
        "(longer than any queue keeps a message, ten years), got "
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


@pytest.mark.parametrize("args", [pulumi.ResourceOptions(), "orders", None])
def test_arguments_are_one_dict(args: Any) -> None:
    first, *_ = problems_of(lambda: BufferedWriter("w", args))
    assert first.startswith("args: ")
    assert "expected one dict of arguments, before the options" in first


def test_a_resource_is_no_reference_to_it() -> None:
    made: Any = pulumi.ResourceOptions()
    assert ingest_problems(queue=made) == ["queue: expected an object of arn and url, got a ResourceOptions"]


@pytest.mark.parametrize(
    ("queue", "told"),
    [
        ({"arn": URL, "url": URL}, f"expected an SQS queue's ARN as arn, got {URL!r}"),
        ({"arn": QUEUE, "url": QUEUE}, f"expected an SQS queue's URL as url, got {QUEUE!r}"),
    ],
)
def test_a_reference_is_of_its_service(queue: Any, told: str) -> None:
    assert ingest_problems(queue=queue) == [f"queue: {told}"]


def test_a_table_and_a_bucket_are_told_by_their_arns() -> None:
    wrong: Any = {"name": "t", "arn": "t"}
    assert writer_problems(table=wrong) == ["table: expected a DynamoDB table's ARN as arn, got 't'"]
    assert ingest_problems(bucket=wrong) == ["bucket: expected an S3 bucket's ARN as arn, got 't'"]


def test_what_is_bundled_is_known_before_anything_is_created() -> None:
    schema = {**SCHEMA, "title": pulumi.Output.from_input("later")}
    first, second = ingest_problems(schema=schema, rows_per_chunk=0)
    assert first.startswith("schema: another resource's output stands in it")
    assert second.startswith("rows_per_chunk: ")


def test_what_is_missing() -> None:
    args: Any = {}
    assert problems_of(lambda: CsvIngest("in", args)) == [
        "schema: missing; expected a Table Schema as an object; load_schema reads one from a file",
        "queue: missing; expected an object of arn and url",
    ]
    assert problems_of(lambda: BufferedWriter("w", args)) == [
        "key: missing; expected a text that is not empty"
    ]
    assert problems_of(lambda: StreamNotifier("n", args)) == [
        "mail: missing; expected an object of texts; load_mail reads one from a folder",
        "sender: missing; expected an address, or Name <address>",
        "stream_arn: missing; expected a text that is not empty, or another resource's output",
    ]


def test_the_writers() -> None:
    assert writer_problems(
        key_type="B", on_conflict="merge", max_receive_count=4, maximum_concurrency=1, protect_data="yes"
    ) == [
        "maximum_concurrency: expected a whole number from 2 to 1,000 (Lambda's limits), got 1",
        "key_type: expected one of S, N (DynamoDB's types of keys that a column can have), got 'B'",
        "on_conflict: expected one of skip, replace, got 'merge'",
        "max_receive_count: expected a whole number from 5 to 1,000 (Lambda's advice, SQS's limit), got 4",
        "protect_data: expected true or false, got 'yes'",
    ]
    table = {"name": "people", "arn": TABLE_ARN}
    assert writer_problems(key_type="S", table=table) == [
        "key_type: contradicts table, which has its keys already; leave one out"
    ]


@pytest.mark.parametrize(
    ("key", "told"),
    [
        ("import_id", "the name 'import_id' is taken by the record or the report; rename it"),
        ("created_at", "the name 'created_at' is taken by the record or the report; rename it"),
        ("import_line", "the name 'import_line' is taken by the record or the report; rename it"),
        ("Import_ID", "the name 'Import_ID' is taken by the record or the report; rename it"),
        (" email", "expected a name without outer blanks, got ' email'"),
        ("email\n", r"expected a name without outer blanks, got 'email\n'"),
        ("x" * 256, "expected a name of at most 255 bytes (DynamoDB's limit), got 256 bytes; shorten 'xxx"),
        ("é" * 128, "expected a name of at most 255 bytes (DynamoDB's limit), got 256 bytes; shorten 'ééé"),
    ],
)
def test_keys_that_no_record_can_have(key: str, told: str) -> None:
    (problem,) = writer_problems(key=key)
    assert problem.startswith(f"key: {told}")


def test_a_key_may_be_as_long_as_dynamodb_takes() -> None:
    recorded = record(lambda: BufferedWriter("w", writer_args(key="x" * 255)))
    assert recorded.inputs("dynamodb/table:Table", "w-table")["hashKey"] == "x" * 255


def test_what_is_nested_too_deeply_is_told() -> None:
    nested: Any = []
    for _ in range(2_000):
        nested = [nested]
    (problem,) = ingest_problems(schema={**SCHEMA, "title": nested})
    assert problem == "schema: nested too deeply to be read; take levels out"


def test_none_is_the_same_as_not_given() -> None:
    recorded = record(lambda: BufferedWriter("w", writer_args(queue=None, key_type=None)))
    assert recorded.inputs("sqs/queue:Queue", "w-queue")


def test_a_broken_environment_is_told_before_anything_is_created(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("components.bundle.VENDORED", ("not-installed-anywhere",))

    def program() -> None:
        with pytest.raises(BundleError, match=r"not-installed-anywhere .* is not installed"):
            BufferedWriter("w", writer_args())

    assert record(program).resources == []
