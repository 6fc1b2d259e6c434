"""What is too much of a file costs its first so many bytes, whoever sends it: the function goes on."""

import gzip
from collections.abc import Iterator

import pytest

from lambdas.aws.limits import MIB
from lambdas.csvfile.options import DEFAULT_OPTIONS
from local.embedded import embedded_aws
from operations.imports import Import

from .pipeline import HEADER, Pipeline

pytestmark = pytest.mark.e2e

COLUMNS, ROWS, BYTES, ROW_BYTES = 50, 20, 2 * MIB, 2_000
LIMITS = {
    "maxColumns": str(COLUMNS),
    "maxRows": str(ROWS),
    "maxBytes": str(BYTES),
    "maxRowBytes": str(ROW_BYTES),
}
BLANK_LINE = b" " * 1_999 + b"\n"  # is skipped, so that only its bytes count
COMMAS = gzip.compress(b"," * 1_000_000, mtime=0)


def person(n: int, last_name: bytes = b"Lee") -> bytes:
    return b"limit%d@example.com,Ann,%s,,,\n" % (n, last_name)


def bomb(beginning: bytes, filling: bytes, size: int) -> bytes:
    """Gzip of a few KB that becomes a beginning and so many bytes."""
    step = 16 * MIB
    member = gzip.compress(filling * (step // len(filling)), mtime=0)
    return gzip.compress(beginning, mtime=0) + member * (size // step + 1)


@pytest.fixture(scope="module")
def limited() -> Iterator[Pipeline]:
    """A pipeline with small limits."""
    with embedded_aws(settings=LIMITS) as deployment:
        yield Pipeline(deployment)


def goes_on(pipeline: Pipeline) -> bool:
    """Whether the next file is imported by a function that nothing has ended, and nothing else waits."""
    after = pipeline.run_one(HEADER + person(1_000))
    return after.balanced and after.books.accepted == 1 and not pipeline.messages("ingest_failure_queue_url")


def reasons(pipeline: Pipeline, one: Import) -> str:
    """Why a file's rows, or the whole of it, were rejected."""
    return one.reason or pipeline.report(one, "rejects").decode("utf-8-sig")


@pytest.mark.parametrize(
    ("name", "data", "limit", "accepted", "rejected"),
    [
        ("wide.csv.gz", COMMAS, "max_columns", 0, 0),
        ("wide.csv", HEADER.strip() + b",x" * COLUMNS + b"\n", "max_columns", 0, 0),
        ("long.csv", HEADER + b"".join(map(person, range(ROWS + 5))), "max_rows", ROWS, 1),
        ("large.csv", HEADER + person(1) + BLANK_LINE * 2_000, "max_bytes", 0, 0),
        ("bomb.csv.gz", bomb(HEADER + person(1), BLANK_LINE, 300 * MIB), "max_bytes", 1, 1),
        ("zeros.csv.gz", bomb(b"", b"\0", 300 * MIB), "max_", 0, 0),
        ("row.csv", HEADER + person(1, b"x" * ROW_BYTES) + person(2), "max_row_bytes", 1, 1),
    ],
    ids=[
        *["header of commas", "header of columns", "rows", "plain bytes"],
        *["unpacked bytes", "no line end", "a row's bytes"],
    ],
)
def test_the_reason_names_the_limit_and_the_function_goes_on(
    limited: Pipeline, name: str, data: bytes, limit: str, accepted: int, rejected: int
) -> None:
    one = limited.run_one(data, name)
    assert one.balanced
    assert (one.books.accepted, one.books.rejected) == (accepted, rejected)
    assert limit in reasons(limited, one)
    assert goes_on(limited)


@pytest.mark.parametrize(
    ("data", "limit", "accepted", "rejected"),
    [
        (COMMAS, "max_columns", 0, 0),
        (
            bomb(HEADER + person(2_000), b" " * (MIB - 1) + b"\n", DEFAULT_OPTIONS.max_bytes),
            "max_bytes",
            1,
            1,
        ),
    ],
    ids=["a header of commas", "more than max_bytes"],
)
def test_a_bomb_does_no_harm_under_the_limits_by_default(
    pipeline: Pipeline, data: bytes, limit: str, accepted: int, rejected: int
) -> None:
    assert len(data) < 2 * MIB
    one = pipeline.run_one(data, "bomb.csv.gz")
    assert one.balanced
    assert (one.books.accepted, one.books.rejected) == (accepted, rejected)
    assert limit in reasons(pipeline, one)
    assert goes_on(pipeline)
