"""The embedded AWS that `rowrelay demo --keep` keeps running, as the other commands find it."""

import contextlib
import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any


@dataclass(frozen=True)
class Kept:
    """Where it answers, and the stack's outputs."""

    endpoint: str
    outputs: Mapping[str, Any]


def folder() -> Path:
    """Where each that runs has a file: the user's cache, which nobody else can write to."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "rowrelay"


@contextlib.contextmanager
def announced(endpoint: str, outputs: Mapping[str, Any]) -> Iterator[None]:
    """Let the other commands find it, until this ends; its file is locked meanwhile.

    The kernel unlocks the file however this process ends, which is how one left behind is told.

    Raises:
        OSError: the file cannot be written.
    """
    folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder() / f"{os.getpid()}.json"
    with path.open("w", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        try:
            json.dump({"endpoint": endpoint, "outputs": outputs}, file)
            file.flush()
            yield
        finally:
            path.unlink(missing_ok=True)


def find_kept() -> Kept | None:
    """The one that was started last, if one is running; removes the files of those that are not."""
    found = [(path.stat().st_mtime, kept) for path in folder().glob("*.json") if (kept := _read(path))]
    return max(found, key=lambda each: each[0])[1] if found else None


def _read(path: Path) -> Kept | None:
    with path.open(encoding="utf-8") as file:
        if not _locked(file):
            path.unlink(missing_ok=True)
            return None
        try:
            return Kept(**json.load(file))
        except ValueError:
            return None  # it is being written


def _locked(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    return False
