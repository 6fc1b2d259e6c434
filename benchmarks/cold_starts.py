"""What a function's first invocation waits for: importing its handler, against importing boto3 alone."""

import subprocess
import sys
import zipfile
from dataclasses import dataclass
from io import BytesIO

from components.bundle import make_bundle
from local.creators.bundle import zipped
from local.root import ROOT

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
    """Import each handler in a new process, in turn with boto3; leaves out the first turn, which compiles."""
    modules = {_BARE: _BARE, **{function: f"lambdas.{function}.handler" for function in FUNCTIONS}}
    turns = [{name: _import_seconds(module) for name, module in modules.items()} for _ in range(repeats + 1)]
    bare = [turn[_BARE] for turn in turns[1:]]
    return {function: ImportTimes([turn[function] for turn in turns[1:]], bare) for function in FUNCTIONS}


def bundle_sizes() -> dict[str, int]:
    """Bytes of each function's archive, deflated as it is uploaded, without its few data files."""
    return {function: _deflated(zipped(make_bundle(function, {}), function)) for function in FUNCTIONS}


def _import_seconds(module: str) -> float:
    command = [sys.executable, "-c", _IMPORT.format(module=module)]
    return float(subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout)


def _deflated(stored: bytes) -> int:
    deflated = BytesIO()
    with (
        zipfile.ZipFile(BytesIO(stored)) as source,
        zipfile.ZipFile(deflated, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in source.namelist():
            target.writestr(name, source.read(name))
    return len(deflated.getvalue())
