"""Files held against a schema; what the command prints of it is tested with the command."""

from pathlib import Path

import pytest

from lambdas.csvfile.validate import Reject
from operations.check import SCHEMA, Checked, check_file, read_schema
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
    assert "the header lacks the column email" in (checked.reason or "")


@pytest.mark.parametrize(
    ("text", "told"),
    [("{", "got no JSON"), ("[]", "JSON that is no object"), ('{"fields": []}', "at least one field")],
)
def test_a_schema_that_cannot_be_used_is_named(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "schema.json"
    path.write_text(text)
    with pytest.raises(UsageError) as error:
        read_schema(path)
    assert str(error.value).startswith(f"{path}: ")
    assert told in str(error.value)
