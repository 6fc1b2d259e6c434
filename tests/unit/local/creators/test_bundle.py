import io
import zipfile
from pathlib import Path
from typing import Any

import pulumi
import pytest

from local.creators.bundle import zipped
from local.errors import UnsupportedError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "deep" / "er").mkdir(parents=True)
    (tmp_path / "top.txt").write_bytes(b"top")
    (tmp_path / "deep" / "er" / "low.txt").write_bytes(b"low\r\n")
    return tmp_path


def unzipped(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        assert all(info.external_attr >> 16 & 0o444 == 0o444 for info in archive.infolist())
        return {name: archive.read(name) for name in archive.namelist()}


def test_a_bundle_holds_every_kind_of_member_in_its_place(folder: Path) -> None:
    archive = pulumi.AssetArchive(
        {
            "a.py": pulumi.StringAsset("häh"),
            "b.txt": pulumi.FileAsset(str(folder / "top.txt")),
            "c": pulumi.FileArchive(str(folder)),
            "d": pulumi.AssetArchive({"e/f": pulumi.StringAsset("")}),
        }
    )
    assert unzipped(zipped(archive, "f")) == {
        "a.py": "häh".encode(),
        "b.txt": b"top",
        "c/deep/er/low.txt": b"low\r\n",
        "c/top.txt": b"top",
        "d/e/f": b"",
    }


def test_a_bundle_may_be_a_folder_or_a_zip_file(folder: Path, tmp_path: Path) -> None:
    data = zipped(pulumi.FileArchive(str(folder)), "f")
    assert unzipped(data).keys() == {"top.txt", "deep/er/low.txt"}
    (tmp_path / "made.zip").write_bytes(data)
    assert zipped(pulumi.FileArchive(str(tmp_path / "made.zip")), "f") == data


def test_the_same_files_make_the_same_bundle(folder: Path) -> None:
    assert zipped(pulumi.FileArchive(str(folder)), "f") == zipped(pulumi.FileArchive(str(folder)), "f")


@pytest.mark.parametrize("thing", [pulumi.RemoteAsset("https://x/y"), pulumi.RemoteArchive("https://x")])
def test_what_cannot_be_bundled_is_an_error_that_names_it(thing: Any) -> None:
    with pytest.raises(UnsupportedError, match=r"cannot bundle 'a/b' of the function: "):
        zipped(pulumi.AssetArchive({"a": pulumi.AssetArchive({"b": thing})}), "the function")


def test_a_folder_that_does_not_exist_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UnsupportedError, match="FileArchive is no"):
        zipped(pulumi.FileArchive(str(tmp_path / "none")), "f")
