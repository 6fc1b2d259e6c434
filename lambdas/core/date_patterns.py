"""Table Schema's patterns for dates and times, such as `%d.%m.%Y`, as Python's strptime reads them.

https://specs.frictionlessdata.io/table-schema/#date has them. Of strptime's directives those are taken that
mean the same in every locale, and that leave nothing of a date to be guessed.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from functools import cache
from typing import Any

from .values import KINDS, Kind

# By directive: how people write it, what matches it as in strptime, and that with its leading zeros.
_DATE: Mapping[str, tuple[str, str, str]] = {
    "Y": ("YYYY", "[0-9]{4}", "[0-9]{4}"),
    "y": ("YY", "[0-9]{2}", "[0-9]{2}"),
    "m": ("MM", "1[0-2]|0[1-9]|[1-9]", "1[0-2]|0[1-9]"),
    "d": ("DD", "3[01]|[12][0-9]|0[1-9]|[1-9]| [1-9]", "3[01]|[12][0-9]|0[1-9]"),
}
_TIME: Mapping[str, tuple[str, str, str]] = {
    "H": ("hh", "2[0-3]|[01][0-9]|[0-9]", "2[0-3]|[01][0-9]"),
    "M": ("mm", "[0-5][0-9]|[0-9]", "[0-5][0-9]"),
    "S": ("ss", "[0-5][0-9]|[0-9]", "[0-5][0-9]"),
    "f": ("ffffff", "[0-9]{1,6}", "[0-9]{1,6}"),
    "z": ("+hh:mm", _OFFSET := "(?-i:Z)|[+-](?:[01][0-9]|2[0-3]):?[0-5][0-9]", _OFFSET),
}
_DIRECTIVES = {"date": _DATE, "datetime": {**_DATE, **_TIME}}
PATTERN_TYPES = tuple(_DIRECTIVES)
_TOKEN = re.compile(r"%(.?)|(\s+)|([^%\s]+)", re.DOTALL)
_CENTURY_FROM = 69  # POSIX: two digits from 69 on are of the 20th century, the others of the 21st
_WANTED = "a pattern of %d, %m and %Y (or %y), each once, such as %d.%m.%Y"


def pattern_problem(field_type: str, pattern: str) -> str | None:
    """Returns what a format of a date or datetime field must be, if it is none; otherwise None."""
    found = [directive for directive, _, _ in _TOKEN.findall(pattern) if directive != "%"]
    directives = [each for each in found if each] if "%" in pattern else []
    whole = {"m", "d"} <= set(directives) and len({"Y", "y"} & set(directives)) == 1
    known = set(directives) <= set(_DIRECTIVES[field_type]) and len(set(directives)) == len(directives)
    if whole and known and pattern == pattern.strip() and not re.search("(?<!%)(%%)*%$", pattern):
        return None
    times = "; it may have %H, %M, %S, %f, %z (the offset), each once" if field_type == "datetime" else ""
    guess = " (any is none: it guesses which number is the month)" if pattern == "any" else ""
    return f"default, or {_WANTED}{times}{guess}"


@cache
def pattern_kind(field_type: str, pattern: str) -> Kind:
    """Returns how cells of a date or datetime field are read by a pattern, which has no problem."""
    expression = re.compile("".join(_expressions(pattern)), re.IGNORECASE)
    make = _date if field_type == "date" else _datetime

    def read(texts: Sequence[str]) -> list[Any]:
        return [make(_parts(expression, text)) for text in texts]

    plain = KINDS[field_type, "default"]
    what = plain.expected.partition(" as ")[0]
    return replace(plain, expected=f"{what} as {_as_people_write(pattern)}", read=read)


def _expressions(pattern: str) -> Iterator[str]:
    """Yields regular expressions of the parts of a pattern."""
    tokens = _TOKEN.findall(pattern)
    for n, (directive, blank, literal) in enumerate(tokens):
        if directive in _DIRECTIVES["datetime"]:
            _, lenient, padded = _DIRECTIVES["datetime"][directive]
            beside = [token[0] for token in tokens[max(n - 1, 0) : n + 2] if token[0] not in ("", "%", "z")]
            # Of 1112025 nobody knows which digits are the month.
            yield f"(?P<{directive}>{padded if len(beside) > 1 else lenient})"
        else:
            yield r"\s+" if blank else re.escape(literal or directive)


def _as_people_write(pattern: str) -> str:
    names = _DIRECTIVES["datetime"]
    return "".join(
        names[directive][0] if directive in names else directive + blank + literal
        for directive, blank, literal in _TOKEN.findall(pattern)
    )


def _parts(expression: re.Pattern[str], text: str) -> dict[str, str]:
    match = expression.fullmatch(text.strip())
    if not match:
        raise ValueError(expression.pattern)
    return match.groupdict()


def _day(parts: Mapping[str, str]) -> tuple[int, int, int]:
    if "Y" in parts:
        year = int(parts["Y"])
    else:
        year = int(parts["y"])
        year += 1900 if year >= _CENTURY_FROM else 2000
    return year, int(parts["m"]), int(parts["d"])


def _date(parts: Mapping[str, str]) -> date:
    return date(*_day(parts))


def _datetime(parts: Mapping[str, str]) -> datetime:
    hour, minute, second = (int(parts.get(directive, 0)) for directive in "HMS")
    fraction = int(parts.get("f", "").ljust(6, "0"))
    # As in the default format, a time that names no zone is UTC.
    return datetime(*_day(parts), hour, minute, second, fraction, _zone(parts.get("z", "Z")))


def _zone(offset: str) -> timezone:
    if offset == "Z":
        return UTC
    away = timedelta(hours=int(offset[1:3]), minutes=int(offset[-2:]))
    return timezone(-away if offset[0] == "-" else away)
