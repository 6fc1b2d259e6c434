"""What a stack checks files by, as its outputs have it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from lambdas.csvfile.options import DEFAULT_OPTIONS
from operations.errors import OperationError
from operations.stack import Outputs, Stack
from operations.stack_check import StackCheck

from ..helpers.uploads import HEADER, SCHEMA


def check_of(outputs: Mapping[str, Any]) -> StackCheck:
    return StackCheck.of(Stack("stack dev", " --stack dev", Outputs("stack dev", outputs), lambda _: None))


def test_files_are_checked_by_the_schema_the_module_and_the_options(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_bytes(HEADER + b"a@example.com,Ann\nno,Bob\nc@example.com,Cy\nd@example.com,too many\n")
    drop = 'def transform_row(row):\n    return "no Cy" if row["name"] == "Cy" else row\n'
    outputs = {"schema": SCHEMA, "transform_rows": drop, "read_options": {"max_rows": 3.0, "encoding": None}}
    checked = check_of(outputs).check(file)
    assert (checked.accepted, checked.rejected) == (1, 3)
    reasons = [each.reason for each in checked.findings.reasons]
    assert reasons[0].startswith("email: expected an e-mail address")
    assert reasons[1] == "dropped by transform_row"
    assert "max_rows" in reasons[2]


def test_what_is_not_said_is_as_by_default() -> None:
    by = check_of({"schema": SCHEMA, "read_options": {"encoding": "windows-1252"}})
    assert (by.transform_row, by.options.encoding, by.options.max_rows) == (
        None,
        "windows-1252",
        DEFAULT_OPTIONS.max_rows,
    )
    assert check_of({"schema": SCHEMA}).options == DEFAULT_OPTIONS


@pytest.mark.parametrize(
    ("outputs", "told"),
    [
        ({}, "stack dev has no output schema, which this command needs: "),
        ({"schema": {"fields": []}}, "what stack dev checks files by cannot be used here: "),
        ({"schema": SCHEMA, "transform_rows": "import no_such_package"}, "no_such_package"),
    ],
)
def test_what_cannot_be_used_is_told(outputs: Mapping[str, Any], told: str) -> None:
    with pytest.raises(OperationError, match=told):
        check_of(outputs)
