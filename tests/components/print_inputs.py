"""Prints, as JSON, all that the program in the current folder registers."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pulumi

import components

from .recording import record_program


def plain(value: Any) -> Any:
    """Inputs as JSON, assets as their paths or texts and the hashes of their contents."""
    if isinstance(value, pulumi.AssetArchive):
        return {name: plain(asset) for name, asset in value.assets.items()}
    if isinstance(value, pulumi.FileAsset):
        return {"path": value.path, "sha256": hashlib.sha256(Path(value.path).read_bytes()).hexdigest()}
    if isinstance(value, pulumi.StringAsset):
        return {"text": value.text}
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value


def main() -> None:
    """Run the program for the stack `local`."""
    here = Path.cwd()
    recorded = record_program(here, "local")
    assert Path(components.__path__[0]).parent == here
    inputs = {f"{r.kind} {r.name}": plain(r.inputs) for r in recorded.resources}
    print(json.dumps({"inputs": inputs, "outputs": plain(recorded.outputs)}, sort_keys=True))


if __name__ == "__main__":
    main()
