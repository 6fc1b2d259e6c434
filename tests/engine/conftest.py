import os
from collections.abc import Iterator

import pytest

from local.clients import Clients
from local.emulator import Emulator, emulator

from .installed import missing
from .project import Project, project


@pytest.fixture(autouse=True, scope="session")
def engine() -> None:
    """Skip without the engine, saying so; in CI it must be there."""
    if reason := missing():
        assert os.environ.get("CI") != "true", f"CI runs the engine's tests: {reason}"
        pytest.skip(f"no Pulumi engine: {reason}")


@pytest.fixture(scope="module")
def running() -> Iterator[Emulator]:
    """An emulator that has nothing in it."""
    with emulator() as started:
        started.wait_until_ready()
        yield started


@pytest.fixture(scope="module")
def clients(running: Emulator) -> Iterator[Clients]:
    """Its clients."""
    made = Clients(running.endpoint, running.access_key)
    yield made
    made.close()


@pytest.fixture(scope="module")
def program(clients: Clients, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """The program, with nothing deployed yet."""
    with project(tmp_path_factory.mktemp("project"), clients) as made:
        yield made
