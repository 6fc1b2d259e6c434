"""Files that are to be uploaded to a stack: where to, and what speaks against it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from lambdas.core.import_entries import ImportStatus

from .check import Checked
from .errors import UsageError
from .import_reader import ImportReader
from .imports import Import
from .looking import existing
from .queues import Queues
from .stack import Stack
from .standard_input import File
from .text import moment


@dataclass(frozen=True)
class PlannedUpload:
    """A file that is to be uploaded.

    Attributes:
        file: The file.
        key: The object's key.
        checked: What an import of it would come to.
        there: When an object of that key was uploaded, in Unix seconds; None if there is none.
        unread: Whether that was not read to its end yet, so that what is in it would be lost.
        replace: Whether it is replaced all the same.
    """

    file: File
    key: str
    checked: Checked
    there: float | None = None
    unread: bool = False
    replace: bool = False

    @property
    def refusal(self) -> str:
        """Why it is not to be uploaded; empty if it is."""
        if self.checked.status == ImportStatus.REJECTED:
            return "it would be rejected as a whole"
        if self.there is not None and self.unread and not self.replace:
            return (
                f"{self.key} was uploaded at {moment(self.there)} and is not read to its end yet: wait for"
                " that, rename the file, or add --replace to lose what is in the bucket"
            )
        return ""


def keys_of(stack: Stack, files: Sequence[File]) -> Mapping[str, File]:
    """Returns the files by the keys that they get: their names under the stack's upload prefix.

    Raises:
        UsageError: with a line for each two of one name, of which one would overwrite the other.
    """
    found: dict[str, File] = {}
    problems = []
    for file in files:
        key = f"{stack.outputs['upload_prefix']}{file.name}"
        if key in found:
            problems.append(f"{found[key]} and {file} would both be {key}: rename one of them.")
        found.setdefault(key, file)
    if problems:
        raise UsageError(*problems)
    return found


def plan_upload(
    stack: Stack, key: str, file: File, checked: Checked, *, replace: bool = False
) -> PlannedUpload:
    """Look what is under the key already; returns what there is to say of the upload."""
    s3, bucket = stack.client("s3"), stack.outputs["bucket"]
    head = existing(lambda: s3.head_object(Bucket=bucket, Key=key))
    if head is None:
        return PlannedUpload(file, key, checked)
    uploaded: datetime = head["LastModified"]  # in whole seconds
    one = ImportReader.of(stack).refresh(Import(key, key))
    begun = datetime.fromisoformat(one.started_at) if one.started_at else None
    read = one.read_to_the_end and begun is not None and begun >= uploaded
    return PlannedUpload(file, key, checked, uploaded.timestamp(), unread=not read, replace=replace)


def known_imports(stack: Stack, keys: Iterable[str]) -> frozenset[str]:
    """Returns the ids of imports that there were of these keys, which uploads now are to be told from."""
    reader, queues = ImportReader.of(stack), Queues(stack.client("sqs"), stack.outputs)
    newest = {import_id for key in keys for import_id in reader.ids_of(key, 1)}
    return frozenset(newest | {one.import_id for one in queues.ingest_failures()})
