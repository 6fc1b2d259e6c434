"""Text to typed values and to JSON, a column at a time.

Working on whole columns lets C do the loops (map, isdisjoint, join), which is what makes validating as
fast as parsing; a column of one cell tells which cell is wrong.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Clamped, Context, Decimal, DecimalException, Inexact, Overflow, Rounded, Subnormal
from functools import cache
from json.encoder import encode_basestring_ascii
from typing import Any

from ..aws.limits import DYNAMODB_NUMBER_DIGITS

# What both DynamoDB (38 digits, 1E-130 to 9.99…E+125) and boto3 (1E-128 to 9.99…E+126) take as a number.
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
_DYNAMODB = Context(
    prec=DYNAMODB_NUMBER_DIGITS, Emin=-128, Emax=125, traps=[Clamped, Overflow, Inexact, Rounded, Subnormal]
)
# Possessive, since nothing of one character more or less could match otherwise: half the time. No group is:
# before Python 3.11.5 those that try again inside fail (https://github.com/python/cpython/issues/106052).
_ATOM = r"[a-z0-9!#$%&'*+/=?^_`{|}~-]++"
_LABEL = r"(?!-)[a-z0-9-]{1,63}+(?<!-)"
_TOP_LABEL = r"(?:[a-z]{2,63}|xn--[a-z0-9-]{0,58}[a-z0-9])"
# In lower case. ASCII on both sides: SES takes no other local part, and Punycode domains only.
# https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_Destination.html
_ADDRESS = rf"{_ATOM}(?:\.{_ATOM})*@(?:{_LABEL}\.)+{_TOP_LABEL}"
_LOCAL_PART_MAX, _DOMAIN_MAX = 64, 253
_SHORT_EMAIL = re.compile(_ADDRESS, re.ASCII)  # not longer than either part may be
_EMAIL = re.compile(rf"(?=.{{1,{_LOCAL_PART_MAX}}}@.{{1,{_DOMAIN_MAX}}}(?:\n|\Z)){_ADDRESS}", re.ASCII)
_URI = re.compile(
    r"[a-z][a-z0-9+.-]*:(?:[\w.~:/?#\[\]@!$&'()*+,;=-]|%[0-9a-f]{2})+", re.IGNORECASE | re.ASCII
)
_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
_INTEGER = re.compile(rf"[+-]?[0-9]{{1,{DYNAMODB_NUMBER_DIGITS}}}")
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
# Stricter than fromisoformat, which takes an offset's minutes up to 99 and, from Python 3.14, 24:00.
_MINUTES = "(?:[01][0-9]|2[0-3]):[0-5][0-9]"
_DATETIME = re.compile(
    rf"[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}T{_MINUTES}:[0-5][0-9](?:\.[0-9]{{1,6}})?(?:Z|[+-]{_MINUTES})?"
)
# Table Schema's defaults.
TRUE_VALUES, FALSE_VALUES = ("true", "True", "TRUE", "1"), ("false", "False", "FALSE", "0")
_BOOLEANS: Mapping[str, bool] = {**dict.fromkeys(TRUE_VALUES, True), **dict.fromkeys(FALSE_VALUES, False)}


@dataclass(frozen=True)
class Kind:
    """A Table Schema type and format.

    `read` returns the values of a column's texts, or raises ValueError if any of them is not `expected`;
    `dump` returns a value as JSON; `types` are the Python types that values may be given in, `read`'s first.
    `read_json` reads as `read` does, but what is written as JSON has it, without quotes.
    """

    expected: str
    read: Callable[[Sequence[str]], list[Any]]
    dump: Callable[[Any], str]
    types: tuple[type, ...]
    read_json: Callable[[Sequence[str]], list[Any]]


@cache
def _on_each_line(pattern: re.Pattern[str]) -> re.Pattern[str]:
    return re.compile(rf"(?:(?:{pattern.pattern})\n)*(?:{pattern.pattern})", pattern.flags)


def _matches(pattern: re.Pattern[str], texts: Sequence[str]) -> bool:
    """Whether the pattern, which matches no line end, matches each: all by one match, twice as fast."""
    joined = "\n".join(texts)
    return joined.count("\n") == len(texts) - 1 and bool(_on_each_line(pattern).fullmatch(joined))


def _all_match(pattern: re.Pattern[str], texts: Sequence[str]) -> None:
    if not _matches(pattern, texts):
        raise ValueError(pattern.pattern)


def _matching(pattern: re.Pattern[str]) -> Callable[[Sequence[str]], list[Any]]:
    def read(texts: Sequence[str]) -> list[Any]:
        _all_match(pattern, texts)
        return list(texts)

    return read


def _emails(texts: Sequence[str]) -> list[Any]:
    pattern = _SHORT_EMAIL if max(map(len, texts)) <= _LOCAL_PART_MAX else _EMAIL
    if not _matches(pattern, texts):  # keys are in lower case already
        if not all(map(str.isascii, texts)):  # in lower case, the Kelvin sign is a k
            raise ValueError("not ASCII")
        _all_match(pattern, list(map(str.lower, texts)))  # faster than to match in any case
    return list(texts)


def _integers(texts: Sequence[str]) -> list[Any]:
    stripped = list(map(str.strip, texts))
    _all_match(_INTEGER, stripped)
    return list(map(int, stripped))


def _numbers(texts: Sequence[str]) -> list[Any]:
    stripped = list(map(str.strip, texts))
    _all_match(_NUMBER, stripped)
    try:
        return list(map(_DYNAMODB.create_decimal, stripped))
    except DecimalException as error:
        raise ValueError("outside DynamoDB's range") from error


def _booleans(texts: Sequence[str]) -> list[Any]:
    try:
        return [_BOOLEANS[text.strip()] for text in texts]
    except KeyError as error:
        raise ValueError(error.args[0]) from error


def _dates(texts: Sequence[str]) -> list[Any]:
    stripped = list(map(str.strip, texts))
    _all_match(_DATE, stripped)
    return list(map(date.fromisoformat, stripped))


def _datetimes(texts: Sequence[str]) -> list[Any]:
    stripped = list(map(str.strip, texts))
    _all_match(_DATETIME, stripped)
    times = map(datetime.fromisoformat, stripped)
    # Table Schema's datetimes are UTC; one that names no zone is taken at that.
    return [time if time.tzinfo else time.replace(tzinfo=UTC) for time in times]


def _iso(value: datetime) -> str:
    return f'"{value.isoformat().replace("+00:00", "Z")}"'


def _boolean_json(value: bool) -> str:
    return "true" if value else "false"


def _text(expected: str, read: Callable[[Sequence[str]], list[Any]]) -> Kind:
    return Kind(expected, read, encode_basestring_ascii, (str,), read)


INTEGER = f"a whole number of at most {DYNAMODB_NUMBER_DIGITS} digits"
NUMBER = f"a number of at most {DYNAMODB_NUMBER_DIGITS} digits"
KINDS: Mapping[tuple[str, str], Kind] = {
    ("string", "default"): _text("text", list),
    ("string", "email"): _text("an e-mail address", _emails),
    ("string", "uri"): _text("a URI with a scheme", _matching(_URI)),
    ("string", "uuid"): _text("a UUID", _matching(_UUID)),
    ("integer", "default"): Kind(INTEGER, _integers, str, (int,), _integers),
    ("number", "default"): Kind(NUMBER, _numbers, str, (Decimal, int), _numbers),
    ("boolean", "default"): Kind("true or false", _booleans, _boolean_json, (bool,), _booleans),
    ("date", "default"): Kind("a date as YYYY-MM-DD", _dates, '"%s"'.__mod__, (date,), _dates),
    ("datetime", "default"): Kind(
        "a date and time as YYYY-MM-DDThh:mm:ssZ", _datetimes, _iso, (datetime,), _datetimes
    ),
}


def read_one(kind: Kind, value: Any) -> Any:
    """Returns a constraint's value, which is text as in a cell or of JSON's own type, as the field's type.

    Raises:
        ValueError: it is no such value.
    """
    if isinstance(value, str):
        return kind.read([value])[0]
    return kind.read_json([_boolean_json(value) if isinstance(value, bool) else str(value)])[0]


def is_email(text: str) -> bool:
    """Whether SES would take this for an address."""
    return text.isascii() and _EMAIL.fullmatch(text.lower()) is not None


def is_uuid(text: str) -> bool:
    """Whether it is one, in either case."""
    return _UUID.fullmatch(text) is not None


def to_decimal(text: str) -> Decimal:
    """Returns a JSON number as DynamoDB keeps it."""
    return _DYNAMODB.create_decimal(text)
