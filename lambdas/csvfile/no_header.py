"""First rows that are no header: a cell of theirs is a value, and no name. No reason here quotes a cell."""

import re
from collections.abc import Callable, Sequence

from ..core.values import KINDS, is_uuid

NO_HEADER = "The file seems to have no header: write one above its first row"
# Addresses that SES would not take are values, too, and those as `Ada <ada@example.com>`.
_ADDRESS = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")


def value_among(cells: Sequence[str]) -> str | None:
    """Returns which cell of a first row is a value for certain, such as `cell 1 of 3 is a UUID`."""
    return _first(cells, _VALUES)


def number_among(cells: Sequence[str]) -> str | None:
    """Returns which cell has digits, and no letter: a number, or a column that is named `2024`."""
    return _first(cells, (("a number", _is_number),))


def _first(cells: Sequence[str], kinds: Sequence[tuple[str, Callable[[str], bool]]]) -> str | None:
    found = (
        f"cell {n} of {len(cells)} is {what}"
        for n, cell in enumerate(cells, 1)
        for what, fits in kinds
        if fits(cell)
    )
    return next(found, None)


def _is_address(cell: str) -> bool:
    return _ADDRESS.fullmatch(cell.rpartition("<")[2]) is not None


def _is_uri(cell: str) -> bool:
    return "://" in cell and _reads("string", "uri", cell)  # `dc:title` is a name


def _is_number(cell: str) -> bool:
    return any(map(str.isdigit, cell)) and not any(map(str.isalpha, cell))


def _reads(field_type: str, form: str, cell: str) -> bool:
    try:
        KINDS[field_type, form].read([cell])
    except ValueError:
        return False
    return True


_VALUES: Sequence[tuple[str, Callable[[str], bool]]] = (
    ("an e-mail address", _is_address),
    ("a UUID", is_uuid),
    ("a URI", _is_uri),
    ("a date", lambda cell: _reads("date", "default", cell)),
    ("a date and time", lambda cell: _reads("datetime", "default", cell)),
)
