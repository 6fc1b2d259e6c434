"""Where we differ from frictionless, the reference implementation of Table Schema, on purpose, and why."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation


def _canonical_uuid(cell: str) -> bool:
    parts = cell.split("-")
    return list(map(len, parts)) == [8, 4, 4, 4, 12] and set("".join(parts)) <= set("0123456789abcdefABCDEF")


def _dynamodb_number(cell: str) -> bool:
    """Within 38 digits, and the magnitudes that boto3 and DynamoDB both take."""
    try:
        number = Decimal(cell)
    except InvalidOperation:
        return False
    if not number.is_finite() or len(number.as_tuple().digits) > 38:
        return False
    return -128 <= number.adjusted() <= 125


_RFC3986 = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:(?:[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})+")
_ISO_DATETIME = re.compile(r"\d{4}-\d\d-\d\dT(?!24)\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)?", re.ASCII)
_PYTHON_DIGITS = re.compile(r"_|[^\x00-\x7f]")


@dataclass(frozen=True)
class Difference:
    """Cells that we take and frictionless does not, or the other way round."""

    of: str  # type/format, and the pattern if there is one
    we_take_it: bool
    applies: Callable[[str], bool]
    why: str
    examples: tuple[str, ...]


DIFFERENCES = [
    Difference(
        "string/email",
        False,
        lambda cell: not cell.isascii(),
        "SES takes ASCII addresses only, a domain in other scripts as Punycode",
        ("é@example.com", "\u017f@example.com", "a@é.de", "a@b。de", "a@\uff11.de"),
    ),
    Difference(
        "string/email",
        False,
        lambda cell: cell.startswith('"'),
        "a quoted local part is of no use to anyone, and SES and mail servers refuse most of them",
        ('"a"@example.com', '"a.\x01"@example.com'),
    ),
    Difference(
        "string/email",
        False,
        lambda cell: "\n@" in cell,
        "frictionless ends its pattern in $, which lets a line break pass",
        ("a\n@example.com",),
    ),
    Difference(
        "string/email",
        False,
        lambda cell: re.search(r"[0-9-]", cell.rpartition(".")[2]) is not None,
        "outside of Punycode no top-level domain has digits or hyphens",
        ("a@example.c1m", "a@example.c-m"),
    ),
    Difference(
        "string/email",
        True,
        lambda cell: cell.rpartition(".")[2].lower().startswith("xn--"),
        "frictionless wants top-level domains to end in a letter, Punycode may end in a digit",
        ("a@example.xn--45q11c8",),
    ),
    Difference(
        "string/uri",
        False,
        lambda cell: not _RFC3986.fullmatch(cell),
        "frictionless looks at the scheme only; RFC 3986 allows no spaces, line breaks and other scripts,"
        " and nothing but a scheme is no URI to anyone",
        ("http://a b", "x:\n", "http://é.de", "x:", "x:%zz"),
    ),
    Difference(
        "string/uuid",
        False,
        lambda cell: not _canonical_uuid(cell),
        "one way to write a UUID, or the same one would be two keys",
        ("{2bc1c94f-0deb-43e9-92a1-4775189ec9f8}", "2bc1c94f0deb43e992a14775189ec9f8"),
    ),
    Difference(
        "integer/default",
        False,
        lambda cell: _PYTHON_DIGITS.search(cell) is not None,
        "Table Schema's digits are 0-9; frictionless takes whatever Python's int takes",
        ("1_000", "٣"),
    ),
    Difference(
        "integer/default", False, lambda cell: len(cell) > 38, "DynamoDB keeps 38 digits", ("1" * 39,)
    ),
    Difference(
        "number/default",
        False,
        lambda cell: _PYTHON_DIGITS.search(cell) is not None,
        "Table Schema's digits are 0-9; frictionless takes whatever Python's Decimal takes",
        ("1_000.0", "٣"),
    ),
    Difference(
        "number/default",
        False,
        lambda cell: not _dynamodb_number(cell),
        "DynamoDB keeps 38 digits and 1E-128 to 9.99E+125, and neither NaN nor INF",
        ("1" * 39, "1E126", "1E-129", "0E-999", "NaN", "-INF", "sNaN"),
    ),
    *(
        Difference(
            of,
            True,
            lambda cell: cell != cell.strip(),
            "outer spaces count as little as frictionless has it for numbers",
            (f" {example}", f"{example}\t"),
        )
        for of, example in (
            ("boolean/default", "true"),
            ("date/default", "2024-02-29"),
            ("datetime/default", "2024-02-29T00:00:00Z"),
        )
    ),
    Difference(
        "date/default",
        False,
        lambda cell: not re.fullmatch(r"\d{4}-\d\d-\d\d", cell, re.ASCII),
        "the default format is YYYY-MM-DD; strptime also takes single and other scripts' digits",
        ("2024-2-9", "\uff12\uff10\uff12\uff14-02-29"),
    ),
    Difference(
        "datetime/default",
        False,
        lambda cell: not _ISO_DATETIME.fullmatch(cell),
        "the default format is YYYY-MM-DDThh:mm:ssZ; dateutil takes more of ISO 8601, and cuts digits off",
        (
            "2024-02-29 00:00:00",
            "2024-02-29T24:00:00Z",
            "2024-02-29T00:00:00.1234567Z",
            "2024-W09-4T00:00:00",
        ),
    ),
    Difference(
        "string/default a|bc",
        False,
        lambda cell: re.fullmatch("a|bc", cell) is None,
        "a pattern is to match the whole cell, with alternatives, too; frictionless puts it between ^ and $",
        ("a!", "a|bc", "bc\n"),
    ),
]
