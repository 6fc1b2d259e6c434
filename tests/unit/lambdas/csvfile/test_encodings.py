"""Which encodings a file's rows may be said to be in."""

import pytest

from lambdas.csvfile.encodings import encoding_problem

from ...helpers.python_encodings import ALL

EXAMPLE = "expected one such as windows-1252"
NO_ASCII = f"does not contain ASCII, in which the rest of the file is; {EXAMPLE}"
UNKNOWN = f"is no text encoding that Python knows; {EXAMPLE}"
READ_ANYWAY = f"is what is read in any case; {EXAMPLE}"


@pytest.mark.parametrize(
    "name",
    ["windows-1252", "CP1252", "latin-1", "ISO-8859-15", "mac_roman", "cp437", "koi8-r", "shift_jis", "big5"],
)
def test_an_encoding_that_contains_ascii_will_do(name: str) -> None:
    assert encoding_problem(name) is None


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        *[(name, NO_ASCII) for name in ("utf-16", "utf-16-le", "utf-32", "cp037", "cp500", "cp864")],
        *[
            (name, NO_ASCII)
            for name in ("utf-7", "hz", "iso2022_jp", "iso2022_kr", "idna", "punycode", "undefined")
        ],
        *[(name, NO_ASCII) for name in ("unicode_escape", "raw_unicode_escape")],
        *[(name, UNKNOWN) for name in ("windows", "", "é", "a\0b", "../cp1252", "x" * 10_000)],
        *[(name, UNKNOWN) for name in ("rot13", "base64", "hex", "zlib")],
        *[(name, READ_ANYWAY) for name in ("utf-8", "UTF8", "u8", "utf-8-sig", "ascii", "us-ascii")],
    ],
)
@pytest.mark.filterwarnings("error")
def test_others_are_told_what_they_are(name: str, problem: str) -> None:
    assert encoding_problem(name) == f"{name!r} {problem}"


@pytest.mark.parametrize("name", [name for name in ALL if encoding_problem(name) is None])
def test_ascii_stays_what_it_is_in_every_encoding_that_will_do(name: str) -> None:
    row = 'ada@example.com,"Ada ""A"" Lovelace",2026-01-31,~{\\n},+49-1,xn--bcher-kva'
    assert row.encode("ascii").decode(name) == row
