"""The embedded AWS that `rowrelay demo --keep` keeps running, as the other commands find it."""

import contextlib
import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from .access_key import AccessKey


@dataclass(frozen=True)
class KeptRun:
    """Where it answers, the key to sign with, and the stack's outputs."""

    endpoint: str
    access_key: AccessKey
    outputs: Mapping[str, Any]


def folder() -> Path:
    """Returns where each that runs has a file: the user's cache, which nobody else can write to."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "rowrelay"


@contextlib.contextmanager
def publish(kept: KeptRun) -> Iterator[None]:
    """Let the other commands find it, until this ends; its file is locked meanwhile.

    Nobody else can read the file, for it holds the key. The kernel unlocks it however this process ends,
    which is how one left behind is told.

    Raises:
        OSError: the file cannot be written.
    """
    folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder() / f"{os.getpid()}.json"
    path.unlink(missing_ok=True)  # one left behind might be open to others
    with open(path, "x", encoding="utf-8", opener=_for_this_user) as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        try:
            json.dump(asdict(kept), file)
            file.flush()
            yield
        finally:
            path.unlink(missing_ok=True)


def find_kept() -> KeptRun | None:
    """Returns the one that was started last, if one is running; removes the files of those that are not."""
    found = [(path.stat().st_mtime, kept) for path in folder().glob("*.json") if (kept := _read(path))]
    return max(found, key=lambda each: each[0])[1] if found else None


def _read(path: Path) -> KeptRun | None:
    with path.open(encoding="utf-8") as file:
        if not _locked(file):
            path.unlink(missing_ok=True)
            return None
        try:
            read = json.load(file)
        except ValueError:
            return None  # it is being written
        return KeptRun(read["endpoint"], AccessKey(**read["access_key"]), read["outputs"])


def _for_this_user(path: str, flags: int) -> int:
    return os.open(path, flags, mode=0o600)


def _locked(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    return False
