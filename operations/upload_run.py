"""Files checked, uploaded, and followed until their imports are settled."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .errors import OperationError
from .imports import Import, succeeded
from .reject_files import save_rejects
from .stack import Stack
from .stack_check import StackCheck
from .standard_input import File
from .upload_plan import PlannedUpload, keys_of, known_imports, plan_upload
from .uploads import upload
from .watching import Show, settlement_watch_of

# What shows that a file of so many bytes is being sent, and gives what is to be told of more of them.
Sending = Callable[[PlannedUpload, int], AbstractContextManager[Callable[[int], None]]]


@dataclass
class UploadRun:
    """Uploads to a stack: `check`, `upload`, and perhaps `watch`, in this order. Each may be interrupted.

    Attributes:
        stack: The stack.
        replace: Whether objects are overwritten that are not read yet.
        planned: The files, as far as they are checked.
        refused: Why files were not uploaded, by key.
        imports: What was uploaded, as it is known, by key.
        uploading: The key of the file that is being sent.
        saved: The files of rejected rows, by key.
        problems: Why there is no such file where there should be one.
        why: Why uploading or watching ended before its end; empty if it did not.
    """

    stack: Stack
    replace: bool = False
    planned: list[PlannedUpload] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    imports: dict[str, Import] = field(default_factory=dict)
    uploading: str = ""
    saved: dict[str, Path] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    why: str = ""
    _known: frozenset[str] = frozenset()

    @property
    def uploaded(self) -> bool:
        """Whether every file was uploaded."""
        return len(self.imports) == len(self.planned)

    @property
    def succeeded(self) -> bool:
        """Whether every file was uploaded and is settled, with nothing failed."""
        ended = list(self.imports.values())
        return self.uploaded and succeeded(ended) and all(one.settled for one in ended)

    def check(self, files: Sequence[File], on_file: Callable[[File], None]) -> None:
        """Check files by what the stack imports them by; `on_file` is called with each before.

        Raises:
            UsageError: two have one name; before any is checked.
            OperationError: the stack does not say what to check them by.
        """
        keys, by = keys_of(self.stack, files), StackCheck.of(self.stack)
        for key, file in keys.items():
            on_file(file)
            planned = plan_upload(self.stack, key, file, by.check(file), replace=self.replace)
            self.planned.append(planned)
            if planned.refusal:
                self.refused[key] = planned.refusal

    def upload(self, sending: Sending) -> Iterator[PlannedUpload]:
        """Upload the files that nothing speaks against, and yield each; one that fails leaves the others."""
        going = [planned for planned in self.planned if planned.key not in self.refused]
        self._known = known_imports(self.stack, [planned.key for planned in going])
        s3, bucket = self.stack.client("s3"), self.stack.outputs["bucket"]
        for planned in going:
            self.uploading = planned.key
            try:
                with sending(planned, _size(planned.file)) as on_bytes:
                    [one] = upload(s3, bucket, {planned.key: planned.file}, on_bytes)
            except OperationError as error:
                self.refused[planned.key] = str(error)
            else:
                self.imports[planned.key] = one
                yield planned
            self.uploading = ""

    def watch(self, show: Show) -> None:
        """Follow the imports until they are settled, or will not be; write rejected rows beside the files.

        Args:
            show: Called with the imports after every look.
        """
        watch = settlement_watch_of(self.stack, self._known)

        def keep_and_show(imports: Sequence[Import]) -> None:
            self.imports = {one.key: one for one in imports}
            show(imports)

        watch.until_settled(list(self.imports.values()), keep_and_show)
        self.why = watch.why
        self._save_rejects()

    def commands(self) -> Iterator[str]:
        """Yields what to type to see what becomes of the imports; one without an id is seen among all."""
        left = [one for one in self.imports.values() if not one.settled]
        yield from (f"rowrelay status --import {one.id}{self.stack.option}" for one in left if one.id)
        if any(one.id is None for one in left):
            yield f"rowrelay status{self.stack.option}"

    def as_json(self) -> dict[str, Any]:
        """Returns what `--json` prints."""
        return {"files": [self._entry(each) for each in self.planned], "ended_because": self.why or None}

    def _save_rejects(self) -> None:
        s3, bucket = self.stack.client("s3"), self.stack.outputs["bucket"]
        for planned in self.planned:
            if one := self.imports.get(planned.key):
                folder = planned.file.parent if isinstance(planned.file, Path) else Path()
                try:
                    path = save_rejects(s3, bucket, one, folder)
                except OperationError as error:
                    self.problems.append(str(error))
                else:
                    self.saved |= {planned.key: path} if path else {}

    def _entry(self, planned: PlannedUpload) -> dict[str, Any]:
        one, path = self.imports.get(planned.key), self.saved.get(planned.key)
        return {
            "file": str(planned.file),
            "key": planned.key,
            "uploaded": one is not None,
            "refused": self.refused.get(planned.key),
            "check": planned.checked.as_json(),
            "import": one and one.as_json(),
            "rejects_file": str(path) if path else None,
        }


def _size(file: File) -> int:
    with file.open("rb") as data:
        return os.fstat(data.fileno()).st_size
