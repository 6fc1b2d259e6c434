import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.core.field import parse_field
from lambdas.csvfile.hints import hint, settings_for


def hint_for(kind: str, text: str, **properties: Any) -> str:
    problems: list[str] = []
    field = parse_field({"name": "x", "type": kind, **properties}, "x", problems)
    assert problems == []
    return hint(field, text)


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("date", "31.12.2025", '"format": "%d.%m.%Y"'),
        ("date", "1.2.2025", '"format": "%d.%m.%Y"'),
        ("date", "31/12/2025", '"format": "%d/%m/%Y"'),
        ("date", "12/31/2025", '"format": "%m/%d/%Y"'),
        ("date", "11/12/2025", '"format": "%d/%m/%Y" or "format": "%m/%d/%Y"'),
        ("date", "2025/12/31", '"format": "%Y/%m/%d"'),
        ("date", "31.12.25", '"format": "%d.%m.%y"'),
        ("date", "20251231", '"format": "%Y%m%d"'),
        ("date", "32.12.2025", ""),
        ("date", "soon", ""),
        ("datetime", "31.12.2025 10:00", '"format": "%d.%m.%Y %H:%M"'),
        ("datetime", "2025-12-31 10:00:00", '"format": "%Y-%m-%d %H:%M:%S"'),
        ("datetime", "2025-12-31 10:00:00 +0200", '"format": "%Y-%m-%d %H:%M:%S %z"'),
        ("datetime", "2025-12-31 10:00:00 UTC", '"format": "%Y-%m-%d %H:%M:%S UTC"'),
        ("number", "1,234.50", '"groupChar": ","'),
        ("number", "1.234,50", '"groupChar": ".", "decimalChar": ","'),
        ("number", "1.234.567", '"groupChar": ".", "decimalChar": ","'),
        ("number", "12,5", '"decimalChar": ","'),
        ("number", "1,234", '"groupChar": "," or "decimalChar": ","'),
        ("number", "1 234,5", '"groupChar": " ", "decimalChar": ","'),
        ("number", "1\u00a0234,5", '"groupChar": "\\u00a0", "decimalChar": ","'),
        ("number", "1'234.5", '"groupChar": "\'"'),
        ("number", "€ 12", '"bareNumber": false'),
        ("number", "12 %", '"bareNumber": false'),
        ("number", "-12.5 USD", '"bareNumber": false'),
        ("number", "€ 1.234,50", '"groupChar": ".", "decimalChar": ",", "bareNumber": false'),
        ("number", "(12)", ""),
        ("number", "twelve", ""),
        ("number", "Room 5", ""),
        ("integer", "1,234", '"groupChar": ","'),
        ("integer", "1.234", '"groupChar": "."'),
        ("integer", "12,5", ""),
        ("integer", "$5", '"bareNumber": false'),
        ("boolean", "yes", '"trueValues": ["yes"], "falseValues": ["no"]'),
        ("boolean", "Nein", '"trueValues": ["Ja"], "falseValues": ["Nein"]'),
        ("boolean", "OUI", '"trueValues": ["OUI"], "falseValues": ["NON"]'),
        ("boolean", "N", '"trueValues": ["Y"], "falseValues": ["N"]'),
        ("boolean", "wahr", '"trueValues": ["wahr"], "falseValues": ["falsch"]'),
        ("boolean", "x", '"trueValues": ["x"]'),
        ("boolean", "perhaps", ""),
        ("string", "12,5", ""),
    ],
)
def test_what_to_set_is_told(kind: str, text: str, expected: str) -> None:
    assert hint_for(kind, text) == expected


def test_what_the_schema_sets_stays() -> None:
    assert hint_for("date", "31/12/2025", format="%d.%m.%Y") == ""
    assert hint_for("number", "1.234,5", decimalChar=",") == '"groupChar": "."'
    assert hint_for("number", "1.5", decimalChar=",") == ""
    assert hint_for("number", "12 %", bareNumber=True) == ""
    assert hint_for("boolean", "Yes", trueValues=["yes"]) == (
        '"trueValues": ["yes", "Yes"], "falseValues": ["No"]'
    )
    assert (
        hint_for("boolean", "No", falseValues=["no"]) == '"trueValues": ["Yes"], "falseValues": ["no", "No"]'
    )


words = st.sampled_from(["yes", "NO", "ja", "x", "Non", "€", "%", "kg", " ", "UTC"])
pieces = st.one_of(words, st.sampled_from([*"0123456789.,/-:T'\u00a0+"]), st.integers(0, 2999).map(str))


@given(
    st.sampled_from(["integer", "number", "boolean", "date", "datetime"]),
    st.lists(pieces, max_size=9).map("".join),
)
def test_what_is_told_makes_the_field_take_the_text(kind: str, text: str) -> None:
    field = parse_field({"name": "x", "type": kind}, "x", [])
    for settings in settings_for(field, text):
        problems: list[str] = []
        changed = {"name": "x", "type": kind, **json.loads(json.dumps(settings))}
        parse_field(changed, "x", problems).kind.read([text])
        assert problems == []
