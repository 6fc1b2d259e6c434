"""Query of the fake DynamoDB: a page of a table, or of one of its indexes.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Query.html
"""

from collections.abc import Iterator, Mapping
from typing import Any

from .fakes import Item, invalid
from .fakes_expressions import Expressions, KeyCondition
from .fakes_tables import Entry, Order, Table, size_of_value

_PAGE_BYTES = 1024 * 1024
_LAST = "\U0010ffff"  # behind every key
_KNOWN = {
    "TableName",
    "IndexName",
    "KeyConditionExpression",
    "ExpressionAttributeNames",
    "ExpressionAttributeValues",
    "Limit",
    "Select",
    "ExclusiveStartKey",
    "ScanIndexForward",
    "ConsistentRead",
}


def query(table: Table, request: Mapping[str, Any]) -> dict[str, Any]:
    """The answer to a query.

    Raises:
        ClientError: DynamoDB would not take it.
    """
    assert request.keys() <= _KNOWN, f"the fakes do not know {request.keys() - _KNOWN}"
    assert request.get("Select", "COUNT") == "COUNT", f"the fakes do not know {request['Select']}"
    limit = request.get("Limit", 1 << 62)
    if limit < 1:
        raise invalid("Value at 'limit' failed to satisfy constraint: greater than or equal to 1")
    order = _order(table, request)
    asked = Expressions(request).key_condition()
    _check(order, asked)
    hash_value = asked.hash_value[order.hash_type]
    counting = "Select" in request
    of_all = 0 if order is table.own else _size_of_all(table, order, hash_value)
    items: list[Item] = []
    count = size = 0
    last: Entry | None = None
    for entry in _entries(table, order, asked, request):
        if count == limit or size >= _PAGE_BYTES:
            break
        item, of_item = _item(table, order, hash_value, entry)
        size += of_item + of_all
        count += 1
        last = entry
        if not counting:
            items.append(item)
    answer: dict[str, Any] = {"Count": count, "ScannedCount": count}
    if not counting:
        answer["Items"] = items
    # That nothing is left shows only when there is nothing left to look at.
    if last and (count == limit or size >= _PAGE_BYTES):
        answer["LastEvaluatedKey"] = table.key_item(last[1]) | order.keys_of(hash_value, last)
    return answer


def _order(table: Table, request: Mapping[str, Any]) -> Order:
    name = request.get("IndexName")
    if name is None:
        assert table.own, "the fakes query only tables that have a range key"
        return table.own
    if name not in table.indexes:
        raise invalid(f"The table does not have the specified index: {name}")
    if request.get("ConsistentRead"):
        raise invalid("Consistent reads are not supported on global secondary indexes")
    return table.indexes[name]


def _check(order: Order, asked: KeyCondition) -> None:
    if asked.hash_name != order.hash or asked.range_name not in ("", order.range):
        raise invalid(f"Query condition missed key schema element: {order.hash}")
    for value, kind in ((asked.hash_value, order.hash_type), (asked.range_value, order.range_type)):
        if value is not None and kind not in value:
            raise invalid(
                "One or more parameter values were invalid: Condition parameter type does not match"
            )
        if value is not None and not value[kind]:
            raise invalid("One or more parameter values are not valid: a key is an empty string")


def _entries(table: Table, order: Order, asked: KeyCondition, request: Mapping[str, Any]) -> Iterator[Entry]:
    """The entries that a query may still find, in its order."""
    # A bound is a tuple before or behind all entries of its value, so it equals none.
    low: tuple[Any, ...] | None = None
    high: tuple[Any, ...] | None = None
    if asked.range_value is not None:
        value = order.value(asked.range_value)
        before, behind = (value,), (value, _LAST)
        low = {"=": before, ">=": before, ">": behind}.get(asked.order)
        high = {"=": behind, "<=": behind, "<": before}.get(asked.order)
    forward = request.get("ScanIndexForward", True)
    if start := _start(table, order, asked, request):
        if forward:
            low = max(low, start) if low else start
        else:
            high = min(high, start) if high else start
    entries = order.list(asked.hash_value[order.hash_type])
    found: Iterator[Entry] = entries.irange(low, high, inclusive=(False, False), reverse=not forward)
    return found


def _start(table: Table, order: Order, asked: KeyCondition, request: Mapping[str, Any]) -> Entry | None:
    if "ExclusiveStartKey" not in request:
        return None
    start: Item = request["ExclusiveStartKey"]
    if start.keys() != {*table.keys_names, order.hash, order.range} or start[order.hash] != asked.hash_value:
        raise invalid("The provided starting key is invalid")
    key = table.key(tuple(start[name]["S"] for name in table.keys_names))
    return order.value(start[order.range]), key


def _size_of_all(table: Table, order: Order, hash_value: str) -> int:
    """What is the same in all items of an index that have this hash key: its value, and the keys' names."""
    return len(hash_value.encode()) + sum(map(len, (*table.keys_names, order.hash, order.range)))


def _item(table: Table, order: Order, hash_value: str, entry: Entry) -> tuple[Item, int]:
    """An item of the table; of an index, which has the keys only, just these. With its size so far."""
    key = entry[1]
    if order is table.own:
        return table.read_sized(key)
    item, value = table.key_item(key), order.range_item(entry)
    item[order.hash], item[order.range] = {order.hash_type: hash_value}, value
    return item, len(key.encode()) + size_of_value(value)
