"""Numbers as people write them: Table Schema's decimalChar, groupChar and bareNumber.

https://specs.frictionlessdata.io/table-schema/#number has them.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from json import dumps
from typing import Any

from .values import KINDS, Kind

DECIMAL_CHAR = "."
# What stands before a number ends with the first digit or minus, what stands after it begins behind the last.
_AFFIXES = re.compile(r"([^-\d]*)(.*\d)(\D*)", re.DOTALL)
# Signs of a negative number that are no minus: it would be read as positive.
_MINUS = frozenset("()\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d")


@cache
def number_kind(field_type: str, decimal: str, group: str, *, bare: bool) -> Kind:
    """Returns how cells of an integer or number field are read.

    Args:
        field_type: integer or number.
        decimal: The character before the decimals.
        group: The one between thousands; empty if there is none.
        bare: Whether nothing but the number may stand in a cell.
    """
    number = re.compile(_expression(field_type, re.escape(decimal), re.escape(group)))
    plain = KINDS[field_type, "default"]
    digits: Callable[[str], str] = str.strip if bare else _without_affixes

    def read(texts: Sequence[str]) -> list[Any]:
        stripped = list(map(digits, texts))
        if not all(map(number.fullmatch, stripped)):
            raise ValueError(number.pattern)
        return plain.read([text.replace(group, "").replace(decimal, ".") for text in stripped])

    told = [f"{dumps(decimal)} before decimals"] * (decimal != DECIMAL_CHAR)
    told += [f"{dumps(group)} between thousands"] * bool(group)
    told += ["a unit beside it"] * (not bare)
    return replace(plain, expected=f"{plain.expected}, with {' and '.join(told)}", read=read)


def _expression(field_type: str, decimal: str, group: str) -> str:
    # Groups of three, or as in India of two but for the last: `1,5` is one and a half somewhere else.
    grouped = f"[0-9]{{1,3}}(?:{group}[0-9]{{2,3}})*{group}[0-9]{{3}}|" if group else ""
    whole = f"(?:{grouped}[0-9]+)"
    if field_type == "integer":
        return f"[+-]?{whole}"
    return rf"[+-]?(?:{whole}(?:{decimal}[0-9]*)?|{decimal}[0-9]+)(?:[eE][+-]?[0-9]+)?"


def _without_affixes(text: str) -> str:
    """Returns a number without what stands before and after it.

    Raises:
        ValueError: there is no number, or that tells of another one.
    """
    match = _AFFIXES.fullmatch(text.strip())
    if not match:
        raise ValueError("no digits")
    before, number, after = match.groups()
    beside = before + after
    # `.5` is no 5, though that of `Rs.5` is.
    point = before[-1:] in tuple(".,") and not before[-2:-1].isalpha()
    if point or "-" in after or not _MINUS.isdisjoint(beside) or any(map(str.isnumeric, beside)):
        raise ValueError("a part of the number stands before or after it")
    return str(number)
