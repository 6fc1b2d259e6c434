"""Standard input as a file."""

import gzip
import io
import os
from pathlib import Path

import pytest

from operations.standard_input import StandardInput


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"", "stdin.csv"),
        (b"a,b\n", "stdin.csv"),
        (b"\x1f", "stdin.csv"),
        (gzip.compress(b"a", mtime=0), "stdin.csv.gz"),
    ],
)
def test_its_name_is_of_what_it_is(data: bytes, name: str) -> None:
    piped = StandardInput(io.BytesIO(data))
    assert piped.name == str(piped) == name


def test_it_can_be_read_again_and_again() -> None:
    data = os.urandom(3_000_000)
    piped = StandardInput(io.BytesIO(data))
    for _ in range(2):
        with piped.open("rb") as opened:
            assert opened.read(10) == data[:10]
            assert opened.read() == data[10:]
            assert os.fstat(opened.fileno()).st_size == len(data)


def test_nothing_of_it_is_found_in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    piped = StandardInput(io.BytesIO(b"ada@example.com"))
    assert list(tmp_path.iterdir()) == []
    with piped.open("rb") as opened:
        assert opened.read() == b"ada@example.com"
