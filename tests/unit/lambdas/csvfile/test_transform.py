"""The user's function: what it is given, what becomes of what it returns, and of what it does wrong."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.csvfile.header import ImportRejectedError
from lambdas.csvfile.transform import TransformError, TransformRow, import_transform_row

from ...helpers.csv_files import TEXTS, cells, csv_text, parse, schema_of

TYPES = ("integer", "number", "boolean", "date", "datetime")
TYPED = schema_of(*({"name": name, "type": name} for name in TYPES), {"name": "plan"})
HEAD = ",".join(TYPED.columns) + "\n"
ROW = HEAD + "x,7,1.50,true,2024-02-29,2024-02-29T12:00:00+01:00,free\n"
NAMES = schema_of(
    {"name": "name"},
    {"name": "first", "constraints": {"required": True, "maxLength": 5}},
    {"name": "age", "type": "integer", "constraints": {"minimum": 0}},
)


def returning(result: object) -> Callable[[dict[str, Any]], Any]:
    return lambda row: {**row, **result} if isinstance(result, dict) else result


def reason(transform_row: TransformRow, text: str = ROW) -> str:
    """Why the only row is rejected, which is given back as it was."""
    outcome = parse(text.encode(), TYPED if text == ROW else NAMES, transform_row=transform_row)
    assert outcome.accepted == []
    [reject] = outcome.rejects
    assert ",".join(reject.cells) + "\n" == text.splitlines(keepends=True)[reject.line - 1]
    return reject.reason


def module(folder: Path, source: str) -> TransformRow:
    path = folder / "transform_rows.py"
    path.write_text(source, encoding="utf-8")
    return import_transform_row(path)


def test_it_is_given_every_column_of_the_schema_with_typed_values() -> None:
    seen: list[dict[str, Any]] = []

    def see(row: dict[str, Any]) -> dict[str, Any]:
        seen.append(row)
        return row

    parse(
        b"shoe size,integer,id,boolean,number,date,datetime\n"
        b"42, 7 ,\tX ,TRUE,1.50,2024-02-29,2024-02-29T12:00:00\n43,,y,,,,\n",
        TYPED,
        transform_row=see,
    )
    noon = datetime(2024, 2, 29, 12, tzinfo=UTC)
    values = ["X", 7, Decimal("1.50"), True, date(2024, 2, 29), noon, None]
    assert seen == [
        dict(zip(TYPED.columns, values, strict=True)),
        {**dict.fromkeys(TYPED.columns), "id": "y"},
    ]
    assert str(seen[0]["number"]) == "1.50"


def test_what_it_returns_is_imported_with_every_column_normalised() -> None:
    later = datetime(2024, 3, 1, 12, 0, 0, 5, UTC)
    values = {"id": " y\t", "integer": -1, "number": Decimal("2.50"), "boolean": False, "datetime": later}
    outcome = parse(
        ROW.encode(), TYPED, transform_row=lambda _: {**values, "date": date(1, 2, 3), "plan": None}
    )
    assert outcome.rejects == []
    assert outcome.values == [
        {
            **values,
            "id": "y",
            "date": "0001-02-03",
            "datetime": "2024-03-01T12:00:00.000005Z",
            "plan": None,
        }
    ]
    assert str(outcome.values[0]["number"]) == "2.50"


def test_a_column_that_it_leaves_out_has_no_value() -> None:
    outcome = parse(ROW.encode(), TYPED, transform_row=lambda row: {"id": row["id"], "number": 3})
    assert outcome.values == [{**dict.fromkeys(TYPED.columns), "id": "x", "number": 3}]


def test_a_text_for_a_missing_value_is_one_in_what_it_returns_too() -> None:
    schema = schema_of({"name": "a"}, {"name": "n", "type": "integer"}, missing=["NA", "-1"])
    outcome = parse(b"id,a,n\nx,b,1\n", schema, transform_row=lambda row: {**row, "a": "NA", "n": -1})
    assert outcome.values == [{"id": "x", "a": None, "n": -1}]


def test_it_fills_in_what_the_schema_requires_and_the_file_lacks() -> None:
    def split(row: dict[str, Any]) -> dict[str, Any] | str:
        first, _, last = (row["name"] or "").partition(" ")
        return {"id": f"{first}.{last}", "first": first} if first else "no name"

    outcome = parse(b"Name,x\nAda Lovelace,1\n,2\nAugusta King,3\n", NAMES, transform_row=split)
    nothing = {"name": None, "age": None}
    assert outcome.accepted == [(2, {"id": "Ada.Lovelace", "first": "Ada", **nothing})]
    assert outcome.reasons == {
        3: "no name",
        4: 'what transform_row returned: first: expected at most 5 characters, got "Augusta"',
    }


def test_a_file_that_has_none_of_the_columns_is_rejected_as_a_whole() -> None:
    with pytest.raises(ImportRejectedError, match="the header lacks the columns id, first"):
        parse(b"shoe size\n42\n", NAMES, transform_row=lambda row: row)


def test_a_row_that_breaks_the_schema_is_not_shown_to_it() -> None:
    lines: list[str] = []

    def see(row: dict[str, Any]) -> dict[str, Any]:
        lines.append(row["id"])
        return row

    data = b"id,first,age\na,A,1\nb,B,-1\nc,C,none\nd,D,\n,E,\nf,,\n"
    outcome = parse(data, NAMES, transform_row=see)
    assert outcome.reasons == {
        3: 'age: expected 0 or more, got "-1"',
        4: 'age: expected a whole number of at most 38 digits, got "none"',
        6: "id: a value is required, got none",
        7: "first: a value is required, got none",
    }
    assert lines == ["a", "d"]


@given(st.lists(st.tuples(cells, cells, cells), min_size=1, max_size=30))
def test_a_function_that_changes_nothing_changes_nothing(table: list[tuple[str, str, str]]) -> None:
    data = csv_text([("id", "a", "b"), *table]).encode()
    plain, same = parse(data, TEXTS), parse(data, TEXTS, transform_row=lambda row: row)
    assert same.accepted == plain.accepted
    assert same.reasons.keys() == plain.reasons.keys()


@given(
    st.lists(
        st.tuples(
            st.uuids().map(str),
            st.integers(-(10**37), 10**37),
            st.decimals(-1000, 1000, allow_nan=False, places=3),
            st.booleans(),
            st.dates(),
            st.datetimes(timezones=st.just(UTC)),
            st.sampled_from(["", "free"]),
        ),
        min_size=1,
        max_size=600,
    )
)
def test_what_is_read_is_written_as_it_was(table: list[tuple[Any, ...]]) -> None:
    data = csv_text([TYPED.columns, *(list(map(_cell, row)) for row in table)]).encode()
    plain, same = parse(data, TYPED), parse(data, TYPED, transform_row=lambda row: row)
    assert (plain.rejects, same.rejects) == ([], [])
    assert list(map(repr, same.accepted)) == list(map(repr, plain.accepted))


def _cell(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


@given(st.lists(st.sampled_from(["keep", "drop", "raise", "break", "unknown"]), max_size=40))
def test_each_row_is_accepted_or_rejected_alone(fates: list[str]) -> None:
    def transform_row(row: dict[str, Any]) -> dict[str, Any] | str:
        match row["a"]:
            case "drop":
                return "dropped"
            case "raise":
                raise KeyError("a")
            case "break":
                return {**row, "a": 1}
            case "unknown":
                return {**row, "c": "d"}
        return row

    data = csv_text([("id", "a"), *((f"{n}", fate) for n, fate in enumerate(fates))]).encode()
    outcome = parse(data, TEXTS, transform_row=transform_row)
    kept = [n + 2 for n, fate in enumerate(fates) if fate == "keep"]
    assert [line for line, _ in outcome.accepted] == kept
    assert outcome.lines == list(range(2, len(fates) + 2))
    assert [reject.line for reject in outcome.rejects] == sorted(outcome.reasons)
    assert {reject.line: list(reject.cells) for reject in outcome.rejects} == {
        n + 2: [f"{n}", fate] for n, fate in enumerate(fates) if fate != "keep"
    }


RETURNED = "what transform_row returned: "


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        ("no plan", "no plan"),
        (" a\r\n\tb\0c\ud800\u2028d\x1b ", "a b c d"),
        ("x" * 201, "x" * 200 + "…"),
        (" \n", "dropped by transform_row, which gave no reason"),
        (None, "transform_row returned NoneType: expected a row, or a text that says why there is none"),
        ([{}], "transform_row returned list: expected a row, or a text that says why there is none"),
        (
            {"z": 1, "a\n": 2, 3: 4},
            "transform_row returned columns that the schema does not have: 3, a , z",
        ),
        ({"id": None}, RETURNED + "id: a value is required, got none"),
        ({"id": " "}, RETURNED + "id: a value is required, got none"),
        ({"id": 1}, RETURNED + "id: expected str, or None; got int"),
        ({"id": "x" * 2049}, RETURNED + f'id: expected a key of at most 2,048 bytes, got "{"x" * 60}…"'),
        ({"plan": "a\0b"}, RETURNED + "plan: expected text that UTF-8 can have, without control characters"),
        (
            {"plan": "\ud800"},
            RETURNED + "plan: expected text that UTF-8 can have, without control characters",
        ),
        ({"integer": "7"}, RETURNED + "integer: expected int, or None; got str"),
        ({"integer": True}, RETURNED + "integer: expected int, or None; got bool"),
        ({"integer": 10**5000}, RETURNED + "integer: expected a whole number of at most 38 digits"),
        ({"number": 1.5}, RETURNED + "number: expected Decimal or int, or None; got float"),
        (
            {"number": Decimal("NaN")},
            RETURNED + 'number: expected a number of at most 38 digits, got "NaN"',
        ),
        ({"boolean": 1}, RETURNED + "boolean: expected bool, or None; got int"),
        ({"date": datetime(2024, 1, 1)}, RETURNED + "date: expected date, or None; got datetime"),
        ({"datetime": date(2024, 1, 1)}, RETURNED + "datetime: expected datetime, or None; got date"),
        (
            {"plan": 1, "date": 1},
            RETURNED + "date: expected date, or None; got int; plan: expected str, or None; got int",
        ),
        ({"plan": "p" * 500_000}, "expected a record of at most 409,600 bytes, got 500,"),
    ],
)
def test_what_it_returns_wrong_is_told(result: object, expected: str) -> None:
    assert reason(returning(result)).startswith(expected)


def test_what_it_raises_is_told_without_what_it_says(tmp_path: Path) -> None:
    source = "def transform_row(row):\n    return inner(row)\n\ndef inner(row):\n    return row['secret']\n"
    expected = "transform_row raised KeyError (transform_rows.py, line 5)"
    assert reason(module(tmp_path, source)) == expected

    def transform_row(_: dict[str, Any]) -> str:
        raise RecursionError

    assert reason(transform_row) == "transform_row raised RecursionError (transform_rows.py)"


def test_a_function_that_exits_ends_the_row_alone(tmp_path: Path) -> None:
    source = "import sys\n\ndef transform_row(row):\n    sys.exit('no plan')\n"
    assert reason(module(tmp_path, source)) == "transform_row raised SystemExit (transform_rows.py, line 4)"


@pytest.mark.parametrize(
    ("base", "method"), [("dict", "get"), ("dict", "keys"), ("str", "__iter__"), ("object", "__str__")]
)
def test_what_the_result_itself_raises_is_told(tmp_path: Path, base: str, method: str) -> None:
    source = f"""
class Mine({base}):
    def {method}(self, *_):
        raise LookupError

def transform_row(row):
    return {"{Mine(): 1}" if base == "object" else "Mine()"}
"""
    expected = "transform_row raised LookupError (transform_rows.py, line 4)"
    assert reason(module(tmp_path, source)) == expected


def test_a_module_may_begin_with_a_byte_order_mark(tmp_path: Path) -> None:
    assert module(tmp_path, "\ufeffdef transform_row(row):\n    return 'read'\n")({}) == "read"


def test_a_module_may_have_what_modules_have(tmp_path: Path) -> None:
    source = """
from __future__ import annotations
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar
if TYPE_CHECKING:
    from rowrelay import TransformRow

@dataclass
class Plan:
    known: ClassVar[set[str]] = {"frée"}
    name: str

def transform_row(row: dict[str, Any]) -> dict[str, Any] | str:
    row["plan"] = Plan(re.sub("e+", "é", row["plan"])).name
    return row if row["plan"] in Plan.known else f"no such plan"
"""
    outcome = parse(ROW.encode().replace(b"free", b"fre"), TYPED, transform_row=module(tmp_path, source))
    assert outcome.reasons == {2: "no such plan"}


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("import no_such\n", ", line 1: the module cannot be imported: ModuleNotFoundError"),
        ("x = 1\n\n1 / 0", ", line 3: the module cannot be imported: ZeroDivisionError: division by zero"),
        ("x = (", ": line 1 is not valid Python: '(' was never closed: `x = (`"),
        ("import sys\nsys.exit(2)", ", line 2: the module cannot be imported: SystemExit: 2"),
        ("def other(row): ...", ": expected a function transform_row(row), found none"),
        ("transform_row = 1", ": expected a function transform_row(row), found none"),
    ],
)
def test_a_module_that_cannot_be_imported(tmp_path: Path, source: str, told: str) -> None:
    with pytest.raises(TransformError) as error:
        module(tmp_path, source)
    assert str(error.value).startswith(f"{tmp_path / 'transform_rows.py'}{told}")
    assert ("it may import" in str(error.value)) == ("no_such" in source)
