"""What a function is told by its environment, and the files that its bundle carries."""

import json
import os
from pathlib import Path
from typing import Any

_BUNDLE = Path(__file__).parents[2]


def setting(name: str) -> str:
    """An environment variable that the function cannot do without.

    Raises:
        KeyError: it is not set, with what sets it.
    """
    try:
        return os.environ[name]
    except KeyError:
        raise KeyError(
            f"the environment variable {name} is not set: the component that made this function sets it"
        ) from None


def bundled(name: str) -> Any:
    """A JSON file at the root of the bundle."""
    return json.loads((_BUNDLE / name).read_text(encoding="utf-8"))
