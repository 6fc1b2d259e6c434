from collections.abc import Iterator

import pytest

from local.embedded import embedded_aws

from .pipeline import Pipeline


@pytest.fixture(scope="module")
def pipeline() -> Iterator[Pipeline]:
    """The program of stack `local`, deployed once for a test module."""
    with embedded_aws() as deployment:
        yield Pipeline(deployment)
