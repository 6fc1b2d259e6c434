"""What a column is, by its cells: a type, format and properties that take every one of them as it is."""

import re
import unicodedata
from collections.abc import Callable, Sequence

from lambdas.core.field import Field
from lambdas.core.kinds import kind_of
from lambdas.csvfile.hints import Settings, settings_for, shown

_LOOKED_AT = 50  # cells that are asked what would have to be set
# Numbers that are names of something: postcodes, telephone numbers.
_NO_QUANTITY = re.compile(r"[+]|[-]?0[0-9]")
_URL = re.compile("[a-z]+://", re.IGNORECASE)
_BARE_DIGITS = re.compile(r"[01]")


def draft_type(cells: Sequence[str]) -> tuple[Settings, str]:
    """Returns a type with its format and properties, and what is to be told of it.

    Args:
        cells: Some cells, none of them empty.
    """
    distinct = list(dict.fromkeys(cells))
    types = [field_type for field_type, fits in _TYPES if fits(distinct)]
    if field_type := next((each for each in types if _takes(each, {}, distinct)), None):
        return {"type": field_type}, ""
    for field_type in types:
        found = _settings(field_type, distinct)
        if len(found) > 1:
            ways = " or ".join(map(shown, found))
            return {"type": "string"}, f"kept as text, for it is not known which {field_type} it is: {ways}"
        if found:
            return {"type": field_type, **found[0]}, ""
    for form in ("uuid", "email", "uri"):
        if _takes("string", {"format": form}, distinct) and (form != "uri" or all(map(_URL.match, distinct))):
            return {"type": "string", "format": form}, ""
    return {"type": "string"}, ""


def _takes(field_type: str, settings: Settings, cells: Sequence[str]) -> bool:
    properties = {name: value for name, value in settings.items() if name != "format"}
    try:
        kind_of(field_type, settings.get("format", "default"), properties).read(cells)
    except ValueError:
        return False
    return True


def _settings(field_type: str, cells: Sequence[str]) -> list[Settings]:
    """Returns the settings that take all cells; more than one if they would be read in two ways."""
    found: list[Settings] = []
    for cell in cells[:_LOOKED_AT]:
        for settings in settings_for(Field("", field_type), cell):
            if settings not in found and _takes(field_type, settings, cells):
                found.append(settings)
    if field_type == "integer" and found:  # unless what is between thousands is before decimals
        found += [each for each in _settings("number", cells) if each.keys() == {"decimalChar"}]
    return found


def _are_quantities(cells: Sequence[str]) -> bool:
    if any(map(_NO_QUANTITY.match, cells)):
        return False
    units = {re.sub(r"[\d\s.,'\u2019eE+-]", "", cell) for cell in cells}
    return len(units) == 1 and all(each == "%" or unicodedata.category(each) == "Sc" for each in units.pop())


def _are_words(cells: Sequence[str]) -> bool:
    return (
        1 <= len(cells) <= 2
        and (len(cells) == 2 or len(cells[0]) > 1)
        and not all(map(_BARE_DIGITS.match, cells))
    )


def _any(_cells: Sequence[str]) -> bool:
    return True


_TYPES: tuple[tuple[str, Callable[[Sequence[str]], bool]], ...] = (
    ("boolean", _are_words),
    ("integer", _are_quantities),
    ("number", _are_quantities),
    ("date", _any),
    ("datetime", _any),
)
