"""The embedded AWSs that `rowrelay demo --keep` keeps running, by name, as the other commands find them."""

import contextlib
import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from itertools import count
from pathlib import Path
from typing import IO, Any

from .access_key import AccessKey
from .errors import EmbeddedAwsError


class NameTakenError(EmbeddedAwsError):
    """One that runs has the name."""


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
def publish(kept: KeptRun, name: str, *, exact: bool = False) -> Iterator[str]:
    """Let the other commands find it, until this ends; its file is locked meanwhile.

    Nobody else can read the file, for it holds the key. The kernel unlocks it however this process ends,
    which is how one left behind is told.

    Args:
        kept: What is kept.
        name: What it is called.
        exact: Whether it must have this name; else a number follows it where another that runs has it.

    Yields:
        The name that it has.

    Raises:
        NameTakenError: another that runs has the name, which is exact.
        OSError: the file cannot be written.
    """
    with contextlib.ExitStack() as held:
        with _one_at_a_time():
            given = name if exact else _free_name(name)
            refuse_taken_name(given)
            _write(held, {"name": given, **asdict(kept)})
        yield given


def find_kept() -> dict[str, KeptRun]:
    """Returns those that run, by name; removes the files of those that do not."""
    return dict(found for path in folder().glob("*.json") if (found := _read(path)))


def refuse_taken_name(name: str) -> None:
    """Look whether one that runs has the name.

    Raises:
        NameTakenError: one has.
    """
    if taken := find_kept().get(name):
        raise NameTakenError(
            f"a demo that runs at {taken.endpoint} has the name {name} already: give another, or end it."
        )


def _free_name(name: str) -> str:
    taken = find_kept()
    return next(free for n in count(1) if (free := f"{name}-{n}" if n > 1 else name) not in taken)


@contextlib.contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Hold the folder, so that no two take the same name at once."""
    folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    held = os.open(folder(), os.O_RDONLY)
    try:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield
    finally:
        os.close(held)


def _write(held: contextlib.ExitStack, entry: Mapping[str, Any]) -> None:
    """Write this process's file, which is locked and stays as long as `held` does."""
    path = folder() / f"{os.getpid()}.json"
    path.unlink(missing_ok=True)  # one left behind might be open to others
    opened = open(path, "x", encoding="utf-8", opener=_for_this_user)  # noqa: SIM115  # which is next
    file = held.enter_context(opened)
    fcntl.flock(file, fcntl.LOCK_EX)
    held.callback(path.unlink, missing_ok=True)
    json.dump(entry, file)
    file.flush()


def _read(path: Path) -> tuple[str, KeptRun] | None:
    with contextlib.ExitStack() as opened:
        try:
            file = opened.enter_context(path.open(encoding="utf-8"))
        except FileNotFoundError:
            return None  # it has ended meanwhile
        if not _locked(file):
            path.unlink(missing_ok=True)
            return None
        try:
            read = json.load(file)
        except ValueError:
            return None  # it is being written
        return read["name"], KeptRun(read["endpoint"], AccessKey(**read["access_key"]), read["outputs"])


def _for_this_user(path: str, flags: int) -> int:
    return os.open(path, flags, mode=0o600)


def _locked(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    return False
