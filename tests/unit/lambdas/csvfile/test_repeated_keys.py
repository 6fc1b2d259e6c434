"""Rows whose key a row before them has."""

import math
import tracemalloc
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.core.schema import Schema, parse_schema
from lambdas.csvfile import repeated_keys
from lambdas.csvfile.csv_file import open_csv
from lambdas.csvfile.repeated_keys import SEARCHED_CHARACTERS, SEARCHED_ROWS, KeySearch, RepeatedKeys

from ...helpers.csv_files import TEXTS, USERS

MB = 1_000_000


def search(data: bytes, schema: Schema = USERS) -> RepeatedKeys:
    keys = KeySearch()
    for parsed in open_csv("people.csv", [data], schema):
        keys.add(parsed.lines, parsed.keys)
    return keys.found


def test_each_row_is_named_with_the_first_of_its_key() -> None:
    rows = b"b@c.de,B\nADA@c.de,Ada\n,rejected\nada@C.de ,Again\nb@c.de,B\nada@c.de,Ada\n"
    assert search(b"email,first_name\n" + rows) == RepeatedKeys(3, [[5, 3], [6, 2], [7, 3]], 5)


def test_keys_are_one_if_they_are_one_in_the_table() -> None:
    numbers = parse_schema({"fields": [{"name": "id", "type": "integer"}], "primaryKey": "id"})
    assert search(b"id\n7\n07\n+7\n8\n", numbers).lines == [[3, 2], [4, 2]]


def test_without_repeated_keys_nothing_is_named() -> None:
    assert search(b"email,first_name\na@b.de,A\nb@b.de,B\n") == RepeatedKeys(0, [], 2)


def test_a_row_that_is_large_is_looked_at_too() -> None:
    large = b"1," + b"x" * 60_000 + b",\n"
    assert search(b"id,a,b\n" + large * 2, TEXTS) == RepeatedKeys(1, [[3, 2]], 2)


# Blocks of rows, each as many lines further on as it says, and its key.
blocks_of_rows = st.lists(st.lists(st.tuples(st.integers(1, 2), st.sampled_from("abcdefg")), max_size=4))


@given(blocks_of_rows, st.integers(1, 12))
def test_it_finds_what_a_look_at_every_row_finds(blocks: list[list[tuple[int, str]]], searched: int) -> None:
    rows, line = list[tuple[int, str]](), 1
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(repeated_keys, "SEARCHED_ROWS", searched)
        keys = KeySearch()
        for block in blocks:
            lines = [line := line + further for further, _ in block]
            keys.add(lines, [key for _, key in block])
            rows += zip(lines, (key for _, key in block), strict=True)
    del rows[searched:]
    firsts = {key: line for line, key in reversed(rows)}
    expected = [[line, firsts[key]] for line, key in rows if firsts[key] != line]
    assert keys.found == RepeatedKeys(len(expected), expected, len(rows))


def test_of_many_the_first_are_named_and_all_are_counted() -> None:
    keys = KeySearch()
    keys.add(range(2, 1_002), ["same"] * 1_000)
    assert (keys.found.rows, keys.found.looked_at) == (999, 1_000)
    assert keys.found.lines == [[line, 2] for line in range(3, 103)]


def test_a_continuation_tells_what_was_found_and_searches_no_further() -> None:
    found = RepeatedKeys(1, [[3, 2]], 2)
    keys = KeySearch(found)
    keys.add([9, 10], ["a", "a"])
    assert keys.found == found


def many_keys(size: int) -> Iterator[tuple[range, list[str]]]:
    """More keys than are searched, each of so many characters."""
    for line in range(2, SEARCHED_ROWS + 20_000, 500):
        yield range(line, line + 500), [f"{n:0{size}}" for n in range(line, line + 500)]


@pytest.mark.parametrize(
    ("size", "looked_at"),
    [(40, SEARCHED_ROWS), (10_000, 500 * math.ceil(SEARCHED_CHARACTERS / 10_000 / 500))],
)
def test_memory_is_bounded_whatever_the_keys_and_the_file(size: int, looked_at: int) -> None:
    tracemalloc.start()
    try:
        keys = KeySearch()
        for lines, block in many_keys(size):
            keys.add(lines, block)
        held, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert keys.found == RepeatedKeys(0, [], looked_at)
    assert peak < 25 * MB
    assert held < 6 * MB
