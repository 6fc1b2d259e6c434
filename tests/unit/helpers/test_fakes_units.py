"""What writes consume in the fake DynamoDB, and when its indexes know of them."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from botocore.exceptions import ClientError

from .fakes_dynamodb import FakeDynamoDB

KB = "x" * 1024


def table(**of: Any) -> FakeDynamoDB:
    return FakeDynamoDB({"t": ("k",)}, indexes={"t": {"by_due": {"o": "S", "d": "N"}}}, **of)


def item(due: str | None = None, text: str = "") -> dict[str, Any]:
    return {
        "k": {"S": "a"},
        **({"o": {"S": "o"}, "d": {"N": due}} if due else {}),
        **({"text": {"S": text}} if text else {}),
    }


def put(fake: FakeDynamoDB, of: dict[str, Any]) -> None:
    fake.put_item(TableName="t", Item=of)


def transact(fake: FakeDynamoDB, of: dict[str, Any], condition: str = "attribute_exists(k)") -> None:
    with suppress(ClientError):
        fake.transact_write_items(
            TransactItems=[{"Put": {"TableName": "t", "Item": of, "ConditionExpression": condition}}]
        )


def insert(fake: FakeDynamoDB, of: dict[str, Any]) -> None:
    names = ",".join(f"'{name}':?" for name in of)
    statement = {"Statement": f'INSERT INTO "t" VALUE {{{names}}}', "Parameters": list(of.values())}
    fake.batch_execute_statement(Statements=[statement])


def shift(fake: FakeDynamoDB, due: str, before: str = "1") -> None:
    statement = {
        "Statement": 'UPDATE "t" SET "d"=? WHERE "k"=? AND "d"=?',
        "Parameters": [{"N": due}, {"S": "a"}, {"N": before}],
    }
    fake.batch_execute_statement(Statements=[statement])


# By what stands there, and the write: its units.
CASES: list[tuple[dict[str, Any] | None, Callable[[FakeDynamoDB], Any], dict[str, int]]] = [
    (None, lambda fake: insert(fake, item()), {"t insert": 1}),
    (None, lambda fake: insert(fake, item("1")), {"t insert": 1, "t index": 1}),
    (None, lambda fake: insert(fake, item(text=KB)), {"t insert": 2}),
    (item("1"), lambda fake: insert(fake, item("2")), {"t insert refused": 1}),
    (item(text=KB), lambda fake: insert(fake, item()), {"t insert refused": 2}),
    (item(text=KB), lambda fake: put(fake, item()), {"t put": 2}),
    (item("1"), lambda fake: put(fake, item("1", "x")), {"t put": 1}),
    (item("1"), lambda fake: put(fake, item()), {"t put": 1, "t index": 1}),
    (item("1"), lambda fake: shift(fake, "2"), {"t update": 1, "t index": 2}),
    (item("1"), lambda fake: shift(fake, "1"), {"t update": 1}),
    (item("1"), lambda fake: shift(fake, "3", before="2"), {"t update refused": 1}),
    (None, lambda fake: shift(fake, "3"), {"t update refused": 1}),
    (item("1"), lambda fake: transact(fake, item()), {"t transaction": 2, "t index": 2}),
    (item("1", KB), lambda fake: transact(fake, item("1")), {"t transaction": 4}),
    (item(text=KB), lambda fake: transact(fake, item(), "attribute_exists(o)"), {"t transaction refused": 4}),
]


@pytest.mark.parametrize(("standing", "write", "units"), CASES)
def test_units(
    standing: dict[str, Any] | None, write: Callable[[FakeDynamoDB], Any], units: dict[str, int]
) -> None:
    fake = table()
    if standing:
        put(fake, standing)
        fake.units.clear()
    write(fake)
    assert fake.units == units


def due(fake: FakeDynamoDB) -> list[str]:
    page = fake.query(
        TableName="t",
        IndexName="by_due",
        KeyConditionExpression="o = :o",
        ExpressionAttributeValues={":o": {"S": "o"}},
    )
    return [each["d"]["N"] for each in page["Items"]]


def test_an_index_that_lags_behind_comes_to_what_the_table_says() -> None:
    moves: list[Callable[[], None]] = []
    fake = table(later=moves.append)
    put(fake, item("1"))
    assert due(fake) == []
    put(fake, item("2"))
    put(fake, item("3"))
    seen = []
    for move in reversed(moves):  # however late each is, they come in the order of the writes
        move()
        seen.append(due(fake))
    assert seen == [["1"], ["2"], ["3"]]


def test_a_query_reads_at_most_a_megabyte() -> None:
    fake = table()
    for n in range(5_000):
        put(fake, {**item(str(n)), "k": {"S": f"{n:0400}"}})
    pages = fake.get_paginator("query").paginate(
        TableName="t",
        IndexName="by_due",
        KeyConditionExpression="o = :o",
        ExpressionAttributeValues={":o": {"S": "o"}},
        Select="COUNT",
    )
    counts = [page["Count"] for page in pages]
    assert sum(counts) == 5_000
    assert len(counts) == 2
    assert max(counts) * 400 <= 1024 * 1024  # an entry has 400 bytes and a few
