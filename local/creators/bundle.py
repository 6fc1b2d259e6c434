"""Zipping a function's code in memory."""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pulumi

from ..errors import UnsupportedError
from .registry import Value

_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest date a zip can hold: same files, same bytes


def zipped(archive: Value, of: str) -> bytes:
    """The zip file of a Pulumi archive.

    Args:
        archive: an AssetArchive of file, string and archive members at any depth, or a FileArchive of a
            folder or a .zip file.
        of: what it belongs to, for the error.

    Raises:
        UnsupportedError: it is or holds another kind of thing, such as a remote asset.
    """
    if isinstance(archive, pulumi.FileArchive) and Path(archive.path).is_file():
        return Path(archive.path).read_bytes()
    buffer = io.BytesIO()
    # Stored, not deflated: it goes to the next process, and unpacks faster.
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as target:
        for path, content in sorted(_members(archive, "", of)):
            info = zipfile.ZipInfo(path, _EPOCH)
            info.external_attr = 0o644 << 16
            target.writestr(info, content)
    return buffer.getvalue()


def _members(thing: Value, path: str, of: str) -> Iterator[tuple[str, bytes]]:
    match thing:
        case pulumi.AssetArchive():
            for name, member in thing.assets.items():
                yield from _members(member, f"{path}/{name}" if path else name, of)
        case pulumi.FileArchive() if Path(thing.path).is_dir():
            for file in filter(Path.is_file, Path(thing.path).rglob("*")):
                inner = file.relative_to(thing.path).as_posix()
                yield f"{path}/{inner}" if path else inner, file.read_bytes()
        case pulumi.FileAsset():
            yield path, Path(thing.path).read_bytes()
        case pulumi.StringAsset():
            yield path, thing.text.encode()
        case _:
            raise UnsupportedError(
                f"The embedded AWS cannot bundle {path or 'code'!r} of {of}: {type(thing).__name__} is "
                "no FileAsset, StringAsset, AssetArchive or FileArchive of a folder or .zip file that exists."
            )
