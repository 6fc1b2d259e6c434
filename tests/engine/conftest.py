import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.clients import Clients
from local.emulator import Emulator, emulator

from ..wheel import install
from .installed import PYTHON, missing, missing_yaml
from .project import Project, project


@pytest.fixture(autouse=True, scope="session")
def engine() -> None:
    """Skip without the engine, saying so; in CI it must be there."""
    if reason := missing():
        assert os.environ.get("CI") != "true", f"CI runs the engine's tests: {reason}"
        pytest.skip(f"no Pulumi engine: {reason}")


@pytest.fixture(scope="session")
def yaml_host() -> None:
    """The same of Pulumi's host for programs in YAML."""
    if reason := missing_yaml():
        assert os.environ.get("CI") != "true", f"CI runs the engine's tests: {reason}"
        pytest.skip(f"no Pulumi host for YAML: {reason}")


@pytest.fixture(scope="session")
def commands(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The commands of an environment of the wheel and of what it requires; no extra of it."""
    return install(wheel, tmp_path_factory.mktemp("installed") / "venv", PYTHON)


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
