"""Files held against a schema; what the command prints of it is tested with the command."""

import re
from pathlib import Path
from typing import Any

import pytest

from lambdas.csvfile.csv_file import CsvFile, open_csv
from lambdas.csvfile.findings import Findings
from lambdas.csvfile.options import ReadOptions
from lambdas.csvfile.reason_counts import ReasonCount
from lambdas.csvfile.repeated_keys import RepeatedKeys
from lambdas.csvfile.validate import Reject
from operations.check import SCHEMA, Checked, check_file, read_schema, read_transform
from operations.errors import UsageError

HEADER = "email,first_name,last_name,company,plan,joined_on\n"
GOOD = "ada@example.com,Ada,Lovelace,,free,2026-01-31\n"
BAD = "nobody,Bob,,,,\n"


def check(folder: Path, text: str) -> tuple[Checked, list[Reject]]:
    """What a file comes to, and its rejects."""
    path, rejects = folder / "users.csv", list[Reject]()
    path.write_text(text)
    return check_file(path, read_schema(SCHEMA), rejects.append), rejects


def test_every_row_is_counted_and_every_reject_told(tmp_path: Path) -> None:
    checked, rejects = check(tmp_path, HEADER + GOOD + BAD + BAD)
    assert (checked.read, checked.accepted, checked.rejected) == (3, 1, 2)
    assert [reject.line for reject in rejects] == [3, 4]
    assert (checked.status, checked.reason, checked.valid) == ("done", None, False)


def test_a_file_whose_rows_are_all_good_is_valid(tmp_path: Path) -> None:
    checked, rejects = check(tmp_path, HEADER + GOOD)
    assert (checked.read, checked.valid, rejects) == (1, True, [])


def test_a_file_that_is_rejected_as_a_whole_has_no_rows(tmp_path: Path) -> None:
    checked, rejects = check(tmp_path, "name\nAda\n")
    assert (checked.status, checked.read, checked.valid, rejects) == ("rejected", 0, False, [])
    assert "the header lacks the columns email, first_name" in (checked.reason or "")
    assert checked.findings == Findings()


def test_reasons_repeated_keys_and_ignored_columns_are_found(tmp_path: Path) -> None:
    checked, _ = check(tmp_path, HEADER.replace("company", "Compny") + GOOD + BAD + GOOD)
    assert checked.findings == Findings(
        [ReasonCount("email: expected an e-mail address", 1, [3])],
        RepeatedKeys(1, [[4, 2]], 2),
        "Compny (nearest: company)",
    )
    assert (checked.unknown_columns, checked.nearest_columns) == (["Compny"], {"Compny": "company"})


def test_a_file_is_opened_with_its_size_and_options(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[dict[str, Any]] = []

    def listening(*args: Any, **options: Any) -> CsvFile:
        heard.append(options)
        return open_csv(*args, **options)

    monkeypatch.setattr("operations.check.open_csv", listening)
    path, options = tmp_path / "users.csv", ReadOptions(encoding="latin-1")
    path.write_text(HEADER + GOOD)
    check_file(path, read_schema(SCHEMA), lambda _: None, options=options)
    assert heard == [{"options": options, "size": len(HEADER + GOOD)}]


def changed(folder: Path, source: str) -> dict[int, str]:
    """Why rows are rejected with a module."""
    module, path, rejects = folder / "mine.py", folder / "users.csv", list[Reject]()
    module.write_text(source)
    path.write_text(HEADER + GOOD + "bob@example.com,Bob,,,,\n")
    check_file(path, read_schema(SCHEMA), rejects.append, read_transform(module))
    return {reject.line: reject.reason for reject in rejects}


def test_a_module_s_rejects_are_told(tmp_path: Path) -> None:
    source = "def transform_row(row):\n    return row if row['plan'] else 'no plan'\n"
    assert changed(tmp_path, source) == {3: "no plan"}


def test_a_module_that_is_not_pure_is_told(tmp_path: Path) -> None:
    source = """
import itertools
count = itertools.count()
def transform_row(row):
    return row | {"company": str(next(count)) if row["plan"] else None}
"""
    impure = "transform_row is not pure: it returned two results for this row"
    assert changed(tmp_path, source) == {2: impure}


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("import no_such_package", r", line 1: .*No module named 'no_such_package' \(it may import .*\)\."),
        ("\n1 / 0", r", line 2: the module cannot be imported: ZeroDivisionError: division by zero\."),
        ("x = 1", r": expected a function transform_row\(row\), found none\."),
        ("x = 1\n  retrun row x\r\n", ": line 2 is not valid Python: unexpected indent: `retrun row x`."),
        ("\xff", ": expected a Python module in UTF-8, got .*"),
    ],
)
def test_a_module_that_cannot_be_used_is_named_once(tmp_path: Path, source: str, told: str) -> None:
    path = tmp_path / "mine.py"
    path.write_text(source, encoding="latin-1")
    with pytest.raises(UsageError) as error:
        read_transform(path)
    assert re.fullmatch(re.escape(str(path)) + told, str(error.value))
    with pytest.raises(UsageError, match=r"none\.py cannot be read \(No such file"):
        read_transform(tmp_path / "none.py")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", "got no JSON"),
        ("[]", "JSON that is no object"),
        ("[" * 200_000, "JSON that is nested too deeply"),
        ('{"fields": []}', "at least one field"),
    ],
)
def test_a_schema_that_cannot_be_used_is_named(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "schema.json"
    path.write_text(text)
    with pytest.raises(UsageError) as error:
        read_schema(path)
    assert str(error.value).startswith(f"{path}: ")
    assert told in str(error.value)
