"""The user's module that changes rows: bundled as it is, checked, never run."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pulumi
import pytest

from components import CsvIngest, load_transform

from .problems import ingest_problems
from .recording import record
from .samples import ingest_args

SOURCE = "raise RuntimeError('it is not run here')\n\ndef transform_row(row):\n    return row\n"


def bundle_with(**changes: Any) -> Mapping[str, pulumi.Asset | pulumi.Archive]:
    recording = record(lambda: CsvIngest("in", ingest_args(**changes)))
    code = recording.inputs("lambda/function:Function", "in-process-csv")["code"]
    assert isinstance(code, pulumi.AssetArchive)
    return code.assets


def test_it_stands_beside_the_schema_in_the_bundle(tmp_path: Path) -> None:
    path = tmp_path / "mine.py"
    path.write_text(SOURCE)
    plain, changed = bundle_with(), bundle_with(transform_rows=load_transform(path))
    assert changed.keys() - plain.keys() == {"transform_rows.py"}
    asset = changed["transform_rows.py"]
    assert isinstance(asset, pulumi.StringAsset)
    assert asset.text == SOURCE


@pytest.mark.parametrize("signature", ["(row)", "(row: dict[str, int]) -> str", "(row, /)", "(row={})"])
def test_functions_that_take_a_row(signature: str) -> None:
    source = f"def transform_row{signature}:\n    return row\n"
    assert "transform_rows.py" in bundle_with(transform_rows=source)


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("def transform_row(row):\nreturn row", "line 2 is not valid Python: expected an indented block"),
        ("def transform_row(row):\n    yield = 1", "line 2 is not valid Python: "),
        (
            "def transform_row(row):\r\n    retrun row x\r\n",
            "line 2 is not valid Python: invalid syntax: `retrun row x`",
        ),
        ("return 1", "line 1 is not valid Python: 'return' outside function: `return 1`"),
        ("a = '\0'", "not valid Python: "),
        ("a = " + "(" * 10_000, "line 1 is not valid Python: too many nested parentheses: `a = ((("),
        ("a = " + "-" * 100_000 + "1", "not valid Python: "),
        ("def transform(row): ...", "expected a function transform_row(row), found none at the top level"),
        ("class A:\n  def transform_row(row): ...", "expected a function transform_row(row), found none"),
        (
            "\nasync def transform_row(row): ...",
            "line 2: expected transform_row to be a function that is not",
        ),
        ("class transform_row: ...", "line 1: expected transform_row to be a function that is not async"),
        ("def transform_row(): ...", "line 1: expected transform_row to take one argument, the row; got ()"),
        (
            "def transform_row(row, line): ...",
            "line 1: expected transform_row to take one argument, the row;",
        ),
        (
            "def transform_row(*rows): ...",
            "line 1: expected transform_row to take one argument, the row; got",
        ),
        ("def transform_row(*, row): ...", "line 1: expected transform_row to take one argument, the row;"),
        (
            "def transform_row(row, **more): ...",
            "line 1: expected transform_row to take one argument, the row",
        ),
        ("transform_rows.py", 'got a file\'s name; load_transform("transform_rows.py") reads it'),
        ("C:\\my rows\\a-b.py", 'got a file\'s name; load_transform("C:\\my rows\\a-b.py") reads it'),
        (" \n", "expected the source of a Python module with a function transform_row(row), got ' \\n'"),
        (7, "expected the source of a Python module with a function transform_row(row), got 7"),
    ],
)
def test_what_cannot_be_used(source: object, problem: str) -> None:
    [told] = ingest_problems(transform_rows=source)
    assert told.startswith(f"transform_rows: {problem}")


def test_the_last_definition_counts() -> None:
    source = "def transform_row(): ...\ndef transform_row(row): ..."
    assert "transform_rows.py" in bundle_with(transform_rows=source)
