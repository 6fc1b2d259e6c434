import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from .recording import Recording, record_program

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True, scope="package")
def in_project() -> Iterator[None]:
    """Pulumi runs programs in their folder and on the thread's event loop: ours, not what others left."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    # A program that is refused leaves outputs behind that nobody awaits; each would be logged at the end.
    loop.set_exception_handler(lambda _loop, _context: None)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        yield
    asyncio.set_event_loop(None)
    loop.close()


@pytest.fixture(scope="package")
def local() -> Recording:
    return record_program(ROOT, "local")
