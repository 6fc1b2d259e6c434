"""The values' own rules; test_against_frictionless.py holds the reading of cells to Table Schema."""

import json
import re
from decimal import Decimal, DecimalException
from typing import Any

import pytest
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from hypothesis import given
from hypothesis import strategies as st

from lambdas.core.values import KINDS, is_email, read_one, to_decimal

NUMBER = KINDS["number", "default"]

numbers = st.one_of(
    st.decimals(allow_nan=False, allow_infinity=False).map(str),
    st.from_regex(r"[+-]?[0-9]{0,40}\.?[0-9]{0,40}(e[+-]?[0-9]{1,4})?", fullmatch=True),
    st.sampled_from(
        ["9." + "9" * 37 + "e125", "1e126", "1e-128", "1e-129", "0e-165", "1e-9999999999999999999"]
    ),
)


@given(numbers)
def test_every_number_that_is_taken_arrives_in_dynamodb_as_it_was(text: str) -> None:
    try:
        (value,) = NUMBER.read([text])
    except ValueError:
        return
    assert value == Decimal(text.strip())
    arrived = json.loads(NUMBER.dump(value), parse_float=to_decimal)
    assert arrived == value
    # boto3 refuses what DynamoDB would not keep exactly.
    assert TypeDeserializer().deserialize(TypeSerializer().serialize(arrived)) == value
    assert value == 0 or value.adjusted() <= 125


@pytest.mark.parametrize(
    "text", ["NaN", "sNaN", "Infinity", "-inf", "1e", "e5", ".", "", "+", "0x1", "1 2", "1,5"]
)
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        NUMBER.read(["1", text])


@pytest.mark.parametrize(
    "text", ["1" * 39, "1e126", "1e-129", "1e-9999999999999999999", "1e9999999999999999999"]
)
def test_numbers_from_json_are_held_to_the_same_bounds(text: str) -> None:
    with pytest.raises(DecimalException):
        to_decimal(text)


@pytest.mark.parametrize(
    "address",
    ["a@b.co", "A.B+c@d-e.example", "o'neil@x.de", "x@xn--p1ai.xn--p1ai", "a" * 64 + "@b.co", "1@2.de"],
)
def test_addresses_that_ses_takes(address: str) -> None:
    assert is_email(address)


@pytest.mark.parametrize(
    "address",
    [
        "", "a", "@", "a@", "@b.co", "a@b", "a@b.c", "a@@b.co", "a@b@c.de", "a b@c.de", " a@b.co", "a@b.co\n",
        ".a@b.co", "a.@b.co", "a..b@c.de", "a@.co", "a@b..co", "a@-b.co", "a@b-.co", "a@b.co.", "a@b.c0",
        "a@[1.2.3.4]", "a@1.2.3.4", "é@b.co", "a@é.de", "\u017f@b.co", "\u212a@b.co", "a,b@c.de",
         "<a@b.co>", "a@b_c.de",
        "a" * 65 + "@b.co", "a@" + "b" * 64 + ".co", "a@" + "b.c" * 100 + ".de", "a@b.co,c@d.ef", "a@b.co;",
        "a@b.co\r\nBcc: c@d.ef", "a\0@b.co", "a@b.xn--x-",
    ],
)  # fmt: skip
def test_what_ses_would_not_take_is_no_address(address: str) -> None:
    assert not is_email(address)


def test_a_long_wrong_address_is_refused_at_once() -> None:
    assert not is_email("a." * 100_000 + "@")
    assert not is_email("a@" + "b." * 100_000)
    assert not is_email("a@" + "b-" * 100_000)


# The same, as one would write it who does not care how long it takes.
_ATOM, _LABEL = r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+", r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_PLAINLY = re.compile(
    rf"{_ATOM}(?:\.{_ATOM})*@(?:{_LABEL}\.)+(?:[a-z]{{2,63}}|xn--[a-z0-9-]{{0,58}}[a-z0-9])"
)
_almost_addresses = st.one_of(
    st.text("ab1-.@", max_size=12),
    st.tuples(st.sampled_from("ab-."), st.integers(58, 66), st.sampled_from(["", "-", ".com", "-.com"])).map(
        lambda of: f"a@{of[0] * 2}{'b' * of[1]}{of[2]}"
    ),
    st.from_regex(_PLAINLY, fullmatch=True).map(lambda address: address[:64]),
)


@given(_almost_addresses)
def test_addresses_are_what_the_plain_pattern_takes(text: str) -> None:
    assert is_email(text) == bool(_PLAINLY.fullmatch(text))


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (("date", "default"), "2024-02-29"),
        (("string", "email"), "a@b.com"),
        (("string", "email"), "a" * 64 + "@b.com"),
    ],
)
def test_many_cells_are_read_as_one_is(kind: tuple[str, str], text: str) -> None:
    read = KINDS[kind].read
    assert read([text] * 3) == read([text]) * 3
    for bad in (f"{text}\n{text}", "", "x"):
        for texts in ([bad], [text, bad], [bad, text], [text, bad, text]):
            with pytest.raises(ValueError, match=r"."):
                read(texts)


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ("integer", 5, 5),
        ("integer", "-5", -5),
        ("number", 0.1, Decimal("0.1")),
        ("number", 1e-7, Decimal("0.0000001")),
        ("boolean", True, True),
        ("boolean", "FALSE", False),
        ("string", "5", "5"),
    ],
)
def test_a_constraint_s_value_is_read_as_the_field_s_cells_are(kind: str, value: Any, expected: Any) -> None:
    assert read_one(KINDS[kind, "default"], value) == expected


@pytest.mark.parametrize("kind", [kind for kind, _ in KINDS if kind != "string"])
@pytest.mark.parametrize("value", [None, [], {}, [1], "x", float("nan"), float("inf")])
def test_a_constraint_s_value_of_another_type_is_refused(kind: str, value: Any) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_one(KINDS[kind, "default"], value)


@pytest.mark.parametrize("offset", ["+01:60", "+01:99", "-24:00", "+1:00", "+0100", "z", "+00:00:00"])
def test_offsets_are_hours_and_minutes(offset: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_one(KINDS["datetime", "default"], f"2024-02-29T00:00:00{offset}")


@pytest.mark.parametrize("time", ["24:00:00", "23:60:00", "23:59:60", "3:00:00", "23:59", "23:59:59."])
def test_times_are_hours_minutes_and_seconds(time: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_one(KINDS["datetime", "default"], f"2024-02-29T{time}Z")
