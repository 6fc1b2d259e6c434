from collections.abc import Iterator
from pathlib import Path

import pytest

from local.embedded import embedded_aws

from .faults import Faults
from .pipeline import Pipeline


@pytest.fixture(scope="module")
def pipeline() -> Iterator[Pipeline]:
    """The program of stack `local`, deployed once for a test module."""
    with embedded_aws() as deployment:
        yield Pipeline(deployment)


@pytest.fixture
def faults(tmp_path: Path) -> Iterator[Faults]:
    """What can go wrong in a pipeline of small chunks that is deployed for one test."""
    with embedded_aws(settings={"rowsPerChunk": "5"}) as deployment:
        faults = Faults(Pipeline(deployment), tmp_path)
        faults.hasten()
        yield faults
