"""Standard input as a file, which can be read again from its beginning."""

import os
import shutil
import tempfile
from pathlib import Path
from typing import BinaryIO, Literal, TypeAlias

_NAME = "stdin.csv"
_GZIP = b"\x1f\x8b"  # https://datatracker.ietf.org/doc/html/rfc1952#section-2.3.1


class StandardInput:
    """What came in by standard input.

    It is kept in a temporary file that has no name, so that nothing of it stays behind however the process
    ends. As text it is the name by which it is shown.

    Args:
        data: The stream, which is read to its end.

    Raises:
        OSError: the stream cannot be read, or not be kept.
    """

    def __init__(self, data: BinaryIO) -> None:
        self._kept = tempfile.TemporaryFile()  # noqa: SIM115  # closed when nothing refers to it any more
        shutil.copyfileobj(data, self._kept)
        self._kept.flush()
        with self.open("rb") as kept:
            self.name = _NAME + (".gz" if kept.read(len(_GZIP)) == _GZIP else "")

    def __str__(self) -> str:
        return self.name

    def open(self, mode: Literal["rb"]) -> BinaryIO:
        """Open it at its beginning; one at a time, as `Path.open`."""
        opened = os.fdopen(os.dup(self._kept.fileno()), mode)
        opened.seek(0)
        return opened


File: TypeAlias = Path | StandardInput
