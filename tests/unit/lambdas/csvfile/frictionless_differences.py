"""Where we differ from frictionless, the reference implementation of Table Schema, on purpose, and why."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any


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


# Every cell is trimmed of blanks and of characters that show nothing before it is checked, as people do not
# see them; frictionless does so with numbers, but for characters of no width. So the two are compared by what
# is left of a cell.
_BLANK = r"\s\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f" + (
    r"\u2800\u3164\ufeff\uffa0\ufff9-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
)
_ALTERING = r"\ufe00-\ufe0f\U000e0001\U000e0020-\U000e007f\U000e0100-\U000e01ef"
_OUTER = re.compile(rf"\A[{_BLANK}{_ALTERING}]+|[{_BLANK}]+\Z")


def without_outer_blanks(cell: str) -> str:
    """What is left of a cell that is trimmed."""
    return _OUTER.sub("", cell)


@dataclass(frozen=True)
class Difference:
    """Cells that we take and frictionless does not, or the other way round."""

    of: str  # type/format, and the pattern if there is one
    we_take_it: bool
    applies: Callable[[str], bool]
    why: str
    examples: tuple[str, ...]
    properties: Mapping[str, Any] = field(default_factory=dict)


# The formats and properties that are compared: each has differences of its own below.
DATE_PATTERNS = (
    "%d.%m.%Y", "%d/%m/%y", "%m/%d/%Y", "%Y%m%d", "%d %m %Y", "%Y-%m-%d", "%Y年%m月%d日", "Am %d.%m.%Y",
)  # fmt: skip
DATETIME_PATTERNS = (
    "%d.%m.%Y %H:%M", "%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%d %H:%M:%S.%f", "%Y%m%d%H%M%S", "%d.%m.%Y",
)  # fmt: skip
GERMAN, COMMA, COMMAS = {"decimalChar": ",", "groupChar": "."}, {"decimalChar": ","}, {"groupChar": ","}
FRENCH, UNIT = {"groupChar": "\u202f", "decimalChar": ","}, {"bareNumber": False}
BOOLEAN_PROPERTIES: list[Mapping[str, Any]] = [
    {"trueValues": ["yes", "ja"]},
    {"trueValues": ["Ja", "yes"], "falseValues": ["nein", "x y"]},
]
NUMBER_PROPERTIES: list[Mapping[str, Any]] = [GERMAN, COMMA, COMMAS, FRENCH, UNIT, UNIT | COMMAS]


def _of_numbers(of: str, properties: Mapping[str, Any]) -> Iterator[Difference]:
    group, decimal = properties.get("groupChar", ""), properties.get("decimalChar", ".")

    def bare(cell: str) -> str:
        return cell if properties.get("bareNumber", True) else re.sub(r"((^[^-\d]*)|(\D*$))", "", cell)

    def misplaced(cell: str) -> bool:
        mantissa, *exponent = re.split("[eE]", bare(cell).strip().lstrip("+-"), maxsplit=1)
        whole, _, rest = mantissa.partition(decimal)
        first, *others = whole.split(group)
        lengths = list(map(len, others))
        in_place = 1 <= len(first) <= 3 and set(lengths) <= {2, 3} and lengths[-1:] == [3]
        return group in "".join([rest, *exponent]) or (bool(lengths) and not in_place)

    def plain(cell: str) -> str:
        return bare(cell).replace(group, "").replace(decimal, ".").strip()

    yield Difference(
        of,
        False,
        lambda cell: _PYTHON_DIGITS.search(plain(cell)) is not None,
        "Table Schema's digits are 0-9; frictionless takes whatever Python's int and Decimal take",
        ("1_000", "٣"),
        properties,
    )
    yield Difference(
        of,
        False,
        lambda cell: not _dynamodb_number(plain(cell)),
        "as without these properties",
        ("1" * 39,),
        properties,
    )
    if group and of.startswith("number"):
        yield Difference(
            of,
            False,
            lambda cell: group in cell and misplaced(cell),
            "what does not stand between thousands is no separator of them, but of decimals, as others write;"
            " frictionless drops it wherever it stands",
            (f"1{group}5", f"1234{group}567", f"1{group}{group}234", f"1{group}2{group}345"),
            properties,
        )
    if group and of.startswith("integer"):
        yield Difference(
            of,
            True,
            lambda cell: group in cell and not misplaced(cell),
            "Table Schema 2.0 has groupChar for integers, frictionless does not",
            (f"1{group}234", f"-12{group}345{group}678"),
            properties,
        )
    if "bareNumber" in properties:
        yield Difference(
            of,
            False,
            lambda cell: (
                re.search(r"^[^-\d]*(?<![^\W\d_])[.,]\d|[()\u2010-\u2015\u2212]|-\D*$", cell) is not None
                or any(each.isnumeric() and not each.isdecimal() for each in cell)
            ),
            "what stands beside a number may be a part of it, without which it is another number",
            (".5", "€ .5", "(12)", "12-", "\u221212", "12½"),
            properties,
        )


def _of_patterns(kind: str, pattern: str) -> Iterator[Difference]:
    example = datetime(2024, 11, 21, 12, 30, 45, tzinfo=UTC).strftime(pattern)
    of = f"{kind}/{pattern}"
    yield Difference(
        of,
        True,
        lambda cell: cell != cell.strip(),
        "outer spaces count as little as frictionless has it for numbers",
        (f" {example}", f"{example}\t"),
    )
    yield Difference(
        of,
        False,
        lambda cell: any(each.isdecimal() and not each.isascii() for each in cell),
        "Table Schema's digits are 0-9; strptime takes those of other scripts",
        (example.replace("2024", "\uff12\uff10\uff12\uff14").replace("24", "\uff12\uff14"),),
    )
    if "%Y%m%d" in pattern:
        yield Difference(
            of,
            False,
            lambda cell: len(cell) < len(example),
            "strptime takes single digits where nothing stands between them, and guesses whose they are",
            (f"2025111{example[8:]}",),
        )
    if "%z" in pattern:
        yield Difference(
            of,
            False,
            lambda cell: re.search(r"[+-]\d\d:?\d\d:?\d\d(\.\d+)?$", cell) is not None,
            "an offset is hours and minutes, as in the default format",
            ("2025-12-31T10:00:00+02:00:30", "2025-12-31T10:00:00-020030.5"),
        )


DIFFERENCES = [
    *(each for properties in NUMBER_PROPERTIES for each in _of_numbers("number/default", properties)),
    *(each for properties in (COMMAS, UNIT) for each in _of_numbers("integer/default", properties)),
    *(each for pattern in DATE_PATTERNS for each in _of_patterns("date", pattern)),
    *(each for pattern in DATETIME_PATTERNS for each in _of_patterns("datetime", pattern)),
    *(
        Difference(
            "boolean/default",
            True,
            lambda cell: cell != cell.strip(),
            "outer spaces count as little as frictionless has it for numbers",
            (" yes", "yes\t"),
            properties,
        )
        for properties in BOOLEAN_PROPERTIES
    ),
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
        ("http://a b", "x:\ny", "http://é.de", "x:", "x:%zz"),
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
        ("a!", "a|bc", "a bc"),
    ),
]
