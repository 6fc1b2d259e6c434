"""First rows that are no header, told by what their cells are, and without quoting any."""

import time

import pytest

from lambdas.csvfile.no_header import number_among, value_among


@pytest.mark.parametrize(
    ("cell", "what"),
    [
        ("ada@example.com", "an e-mail address"),
        ("Ada@Example.COM", "an e-mail address"),
        ("ada@exämple.de", "an e-mail address"),
        ("Ada Lovelace <ada@example.com>", "an e-mail address"),
        ("6F9619FF-8B86-D011-B42D-00C04FC964FF", "a UUID"),
        ("https://example.com/ada?x=1", "a URI"),
        ("2025-12-31", "a date"),
        ("2025-12-31T10:00:00Z", "a date and time"),
    ],
)
def test_a_value_is_no_name(cell: str, what: str) -> None:
    assert value_among(["", "name", cell, cell]) == f"cell 3 of 4 is {what}"


@pytest.mark.parametrize(
    "name",
    [
        *(
            "email",
            "E-mail 1 - Value",
            "@id",
            "a@b",
            "user@host",
            "e-mail (such as ada@example.com)",
            "dc:title",
        ),
        *(
            "urn:x",
            "a://{x}",
            "2024",
            "1",
            "Q1 2024",
            "2024-01",
            "31.12.2025",
            "2025-02-30",
            "2025-12-31 10:00",
        ),
        *("", " ", "#", "first/last", "6F9619FF", "no.", "a.b.c"),
    ],
)
def test_a_name_is_no_value(name: str) -> None:
    assert value_among(["email", name]) is None


@pytest.mark.parametrize("cell", ["1", "2024", "+49 30 123-4", "31.12.2025", "1.5 €", "٣"])
def test_a_cell_with_digits_and_no_letter_may_be_a_value(cell: str) -> None:
    assert number_among(["email", cell]) == "cell 2 of 2 is a number"


@pytest.mark.parametrize("name", ["", "#", "1st name", "Q1 2024", "名1", "-"])
def test_other_cells_may_not(name: str) -> None:
    assert number_among(["email", name]) is None


@pytest.mark.parametrize("part", ["a", "<", "@", ".", "a@", "://a", "1", "a:// ", "2025-12-31"])
def test_a_huge_cell_is_looked_at_quickly(part: str) -> None:
    started = time.process_time()
    value_among([part * 300_000])
    number_among([part * 300_000])
    assert time.process_time() - started < 2
