"""What a function's first invocation waits for: importing its handler, making its clients.

A bundle has no bytecode, for it must be the same on any machine; so on AWS what is imported is compiled, and
is here.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
import zipfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from components.bundle import make_bundle
from local.creators.bundle import zipped

from .pipelines import ROWRELAY, Pipeline, deployed

FUNCTIONS = ("process_csv", "insert_records", "send_email")
_IMPORT = "import time; started = time.perf_counter(); import {module}; print(time.perf_counter() - started)"
_BARE = "boto3"


@dataclass(frozen=True)
class ImportTimes:
    """Seconds that importing a handler took, each time; and importing boto3 in the same turns."""

    seconds: list[float]
    bare: list[float]

    @property
    def ratios(self) -> list[float]:
        """Each against its turn's boto3."""
        return [own / bare for own, bare in zip(self.seconds, self.bare, strict=True)]


def cold_starts(repeats: int) -> dict[str, ImportTimes]:
    """Import each handler from its bundle, in a new process, in turn with boto3.

    Leaves out the first turn, from a cold disk.
    """
    with tempfile.TemporaryDirectory() as folder:
        for function in FUNCTIONS:
            _bundle(function).extractall(Path(folder) / function)
        places = {_BARE: (_BARE, Path(folder))}
        places |= {each: (f"lambdas.{each}.handler", Path(folder) / each) for each in FUNCTIONS}
        turns = [
            {name: _import_seconds(*place) for name, place in places.items()} for _ in range(repeats + 1)
        ]
    bare = [turn[_BARE] for turn in turns[1:]]
    return {function: ImportTimes([turn[function] for turn in turns[1:]], bare) for function in FUNCTIONS}


def first_invocations(repeats: int) -> dict[str, list[tuple[float, float]]]:
    """Seconds of each function's first and second invocation in the emulator, each time deployed anew.

    The event has no records, so the second is what the emulator takes alone.
    """
    seconds: dict[str, list[tuple[float, float]]] = {function: [] for function in FUNCTIONS}
    for _ in range(repeats):
        with deployed(ROWRELAY) as pipeline:
            names = pipeline.deployment.outputs["functions"]
            for function, of in seconds.items():
                of.append((_invoked(pipeline, names[function]), _invoked(pipeline, names[function])))
    return seconds


def _invoked(pipeline: Pipeline, name: str) -> float:
    started = time.perf_counter()
    answer = pipeline.client("lambda").invoke(FunctionName=name, Payload=json.dumps({"Records": []}))
    assert "FunctionError" not in answer, answer["Payload"].read()
    return time.perf_counter() - started


def bundle_sizes() -> dict[str, int]:
    """Bytes of each function's archive, deflated as it is uploaded, without its few data files."""
    return {function: _deflated_bytes(_bundle(function)) for function in FUNCTIONS}


def _bundle(function: str) -> zipfile.ZipFile:
    return zipfile.ZipFile(BytesIO(zipped(make_bundle(function, {}), function)))


def _import_seconds(module: str, root: Path) -> float:
    command = [sys.executable, "-c", _IMPORT.format(module=module)]
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(command, cwd=root, env=environment, check=True, capture_output=True, text=True)
    return float(done.stdout)


def _deflated_bytes(bundle: zipfile.ZipFile) -> int:
    deflated = BytesIO()
    with zipfile.ZipFile(deflated, "w", zipfile.ZIP_DEFLATED) as target:
        for name in bundle.namelist():
            target.writestr(name, bundle.read(name))
    return len(deflated.getvalue())
