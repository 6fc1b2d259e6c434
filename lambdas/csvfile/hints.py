"""What to set in the schema, so that it takes a cell which it does not take: `"format": "%d.%m.%Y"`."""

import itertools
import json
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any

from ..core.field import Field
from ..core.kinds import kind_of, property_problems

Settings = dict[str, Any]

_MOST = 2  # that are told
_DATES = (
    "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%Y/%m/%d", "%d-%m-%Y", "%m-%d-%Y", "%Y.%m.%d", "%Y-%m-%d",
    "%d.%m.%y", "%d/%m/%y", "%m/%d/%y", "%d-%m-%y", "%m-%d-%y", "%Y%m%d",
)  # fmt: skip
_TIMES = ("%H:%M:%S", "%H:%M", "%H:%M:%S.%f", "%H:%M:%S UTC", "%H:%M:%S%z", "%H:%M:%S %z")
_BETWEEN = (" ", "T", ", ")
_OFFSET_MARKS = ("Z", "+:", "-:", "+", "-")
_GROUPS = (",", ".", " ", "\u00a0", "\u202f", "'", "\u2019")
_DIGITS = re.compile(r"[-+]?\d(?:.*\d)?", re.DOTALL)
_UNIT = re.compile(r"[^\W\d_]{1,3}\.?|[%‰°]")
_WORDS = (
    ("yes", "no"), ("y", "n"), ("ja", "nein"), ("j", "n"), ("oui", "non"), ("o", "n"), ("si", "no"),
    ("sí", "no"), ("sim", "não"), ("wahr", "falsch"), ("vrai", "faux"), ("vero", "falso"), ("on", "off"),
    ("t", "f"), ("x", ""),
)  # fmt: skip


def hint(field: Field, text: str) -> str:
    """Returns what to set in the schema so that a field takes a text, or one of two; empty if unknown."""
    return " or ".join(map(shown, itertools.islice(settings_for(field, text), _MOST)))


def shown(settings: Settings) -> str:
    """Returns settings as they stand in a schema."""
    return json.dumps(settings)[1:-1]


def settings_for(field: Field, text: str) -> Iterator[Settings]:
    """Yields the settings with which a field would take a text, the likeliest first; what it has stays."""
    text = text.strip()
    for settings in _PROPOSALS.get(field.type, _none)(field, text):
        form = settings.get("format", field.format)
        properties = {**field.properties, **settings}
        properties.pop("format", None)
        if property_problems(field.type, properties):
            continue
        try:
            kind_of(field.type, form, properties).read([text])
        except ValueError:
            continue
        yield settings


def _none(_field: Field, _text: str) -> Iterable[Settings]:
    return ()


@cache
def _by_marks(field_type: str) -> Mapping[str, list[Settings]]:
    """Patterns by what stands between the digits of what they match."""
    times = [f"{between}{time}" for between in _BETWEEN for time in _TIMES]
    found = defaultdict[str, list[Settings]](list)
    for pattern in (
        f"{date}{time}" for date in _DATES for time in (times if field_type == "datetime" else [""])
    ):
        for offset in _OFFSET_MARKS if "%z" in pattern else ("",):
            marks = re.sub("%[a-zA-Z]", "", pattern.replace("%z", offset))
            found[marks].append({"format": pattern})
    return found


def _times(field: Field, text: str) -> Iterable[Settings]:
    if field.format != "default":
        return ()
    return _by_marks(field.type).get(re.sub("[0-9]", "", text), ())


def _numbers(field: Field, text: str) -> Iterator[Settings]:
    groups = [group for group in _GROUPS if re.search(rf"\d{re.escape(group)}\d", text)]
    separators: list[Settings] = [{"groupChar": group} for group in groups]
    if field.type == "number":
        comma = {"decimalChar": ","}
        separators += [comma] * ("," in text)
        separators += [{"groupChar": group, **comma} for group in groups]
    separators = [one for one in separators if not set(one) & set(field.properties)]
    yield from separators
    if "bareNumber" not in field.properties and _has_unit(text):
        bare = {"bareNumber": False}
        yield from (one | bare for one in ({}, *separators))


def _has_unit(text: str) -> bool:
    """Whether a number has a currency or a unit beside it, and nothing else."""
    units = [unit.strip() for unit in _DIGITS.split(text, maxsplit=1) if unit.strip()]
    return len(units) == 1 and _is_unit(units[0])


def _is_unit(text: str) -> bool:
    return bool(_UNIT.fullmatch(text)) or all(unicodedata.category(each) == "Sc" for each in text)


def _booleans(field: Field, text: str) -> Iterator[Settings]:
    for pair in _WORDS:
        for name, word, other in (("trueValues", *pair), ("falseValues", *reversed(pair))):
            if not word or text.lower() != word:
                continue
            settings = {name: [*field.properties.get(name, ()), text]}
            others = "falseValues" if name == "trueValues" else "trueValues"
            if other and others not in field.properties:
                settings[others] = [_in_case_of(text, other)]
            yield dict(sorted(settings.items(), reverse=True))
            return


def _in_case_of(text: str, word: str) -> str:
    if text.isupper() and len(text) > 1:
        return word.upper()
    return word.capitalize() if text[:1].isupper() else word


_PROPOSALS = {
    "integer": _numbers,
    "number": _numbers,
    "boolean": _booleans,
    "date": _times,
    "datetime": _times,
}
