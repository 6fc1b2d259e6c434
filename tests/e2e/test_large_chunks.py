"""A chunk may be larger than what the provider gives a queue that leaves the size out."""

import pytest

from local.embedded import embedded_aws
from local.provider_defaults import with_provider_defaults

from .pipeline import HEADER, Pipeline

pytestmark = pytest.mark.e2e

ROWS = 1000


def test_a_chunk_of_more_than_the_providers_message_size_goes_through() -> None:
    row = f"{{}}@example.com,{'f' * 100},{'l' * 100},{'c' * 200},,\n"
    data = HEADER + "".join(map(row.format, range(ROWS))).encode()
    assert len(data) > with_provider_defaults("aws:sqs/queue:Queue", {})["maxMessageSize"]
    with embedded_aws(settings={"rowsPerChunk": str(ROWS)}) as deployment:
        one = Pipeline(deployment).run_one(data)
    assert one.balanced
    assert one.books.mailed == ROWS
