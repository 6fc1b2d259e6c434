"""What need not be read again of an import's chunks."""

from collections.abc import Iterable
from functools import reduce
from typing import Any

import pytest

from lambdas.bookkeeper.sums import Sums


def chunk(number: int, rows: int | None = 2, **lines: list[int]) -> dict[str, Any]:
    sets = {name: {"NS": [str(line) for line in of]} for name, of in lines.items()}
    known = {} if rows is None else {"rows": {"N": str(rows)}}
    return {"part": {"S": f"chunk#{number:08d}"}, **known, **sets}


def advanced(sums: Sums, items: Iterable[Any]) -> Sums:
    return reduce(Sums.advanced, items, sums)


FINAL = chunk(1, created=[2], duplicates=[3])


def test_chunks_that_are_final_are_summed_in_an_unbroken_run() -> None:
    items = [FINAL, chunk(2, created=[4, 5]), chunk(4, created=[8, 9]), {"part": {"S": "mail#0"}}]
    sums = advanced(Sums(), items)
    assert sums == Sums(to=2, created=3, duplicates=1)
    assert sums.next_part == "chunk#00000003"
    assert advanced(sums, [chunk(3, created=[6, 7]), items[2]]) == Sums(to=4, created=7, duplicates=1)


@pytest.mark.parametrize(
    "unfinished",
    [
        chunk(1, created=[2]),
        chunk(1, created=[2], failed=[3]),
        chunk(1, created=[2, 3], failed=[3]),
        chunk(1, None, created=[2, 3]),
        {"part": {"S": "error#insert_records"}},
    ],
    ids=["a row is missing", "a row failed", "a row failed before", "of an older version", "no chunk"],
)
def test_what_is_not_final_ends_the_run(unfinished: Any) -> None:
    assert advanced(Sums(), [unfinished, chunk(2, created=[4, 5])]) == Sums()
