"""What holds for every test: no real AWS, no odds from the machine's speed or from how pytest was started."""

import gc
import os
import signal
from pathlib import Path

import pytest
from hypothesis import settings

from .wheel import build, copy_sources, install_backend

# A client that a test forgot to point at the emulator must not find anybody's account.
os.environ.update(
    AWS_ACCESS_KEY_ID="test",
    AWS_SECRET_ACCESS_KEY="test",
    AWS_DEFAULT_REGION="us-east-1",
    AWS_CONFIG_FILE=os.devnull,
    AWS_SHARED_CREDENTIALS_FILE=os.devnull,
    AWS_EC2_METADATA_DISABLED="true",
)
for _name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL", "AWS_REGION"):
    os.environ.pop(_name, None)

# A shell has what it starts in the background ignore Ctrl-C, and whatever a test starts would ignore it, too.
signal.signal(signal.SIGINT, signal.default_int_handler)

settings.register_profile("rowrelay", deadline=None, print_blob=True, derandomize=True)
settings.register_profile("quick", settings.get_profile("rowrelay"), max_examples=20)  # for `make check`
settings.load_profile("rowrelay")


# Left alone, Python looks for garbage among all modules and tests again and again, a sixth of the time.
gc.disable()


def pytest_collection_finish() -> None:
    """Look for garbage among what comes from now on, and less often."""
    gc.freeze()
    gc.enable()
    gc.set_threshold(20_000, 20, 50)


# Whose files take longest; where one of them began last, a core would wait for the other.
_FOLDERS = ("e2e", "engine", "simulation", "package", "components")  # and then all others


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the files that take longest begin first."""
    here = Path(__file__).parent

    def rank(item: pytest.Item) -> int:
        folder = item.path.relative_to(here).parts[0]
        return _FOLDERS.index(folder) if folder in _FOLDERS else len(_FOLDERS)

    items.sort(key=rank)


@pytest.fixture(scope="session")
def backend(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What builds the package."""
    return install_backend(tmp_path_factory.mktemp("backend"))


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory, backend: Path) -> Path:
    """The wheel of this repository."""
    folder = tmp_path_factory.mktemp("wheel")
    return build("wheel", copy_sources(folder / "sources"), folder / "dist", backend)
