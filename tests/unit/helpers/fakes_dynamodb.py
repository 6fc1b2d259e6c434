"""DynamoDB in memory: conditional writes and transactions, as far as the handlers use them."""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from botocore.exceptions import ClientError

from .fakes import Calls, Fake, Item, client_error, copied, invalid
from .fakes_expressions import Expressions

_BATCH_ITEMS = 25
_TRANSACTION_ITEMS = 100
_ITEM_BYTES = 400 * 1024
_TRANSACTION_BYTES = 4 * 1024 * 1024
_STATEMENT_CHARACTERS = 8192
_NAME = r"'((?:[^']|'')*)':\?"
_INSERT = re.compile(rf"""INSERT INTO "([\w.-]+)" VALUE \{{({_NAME}(?:,{_NAME})*)\}}""")
_WANTED = "ReturnValuesOnConditionCheckFailure"


def size_of(item: Item) -> int:
    """An item's bytes, roughly as DynamoDB counts them."""
    return sum(len(name.encode()) + len(str(next(iter(of.values()))).encode()) for name, of in item.items())


class _Failed(Exception):
    """A write whose condition does not hold."""

    def __init__(self, item: Item) -> None:
        self.item = item


class FakeDynamoDB(Fake):
    """Tables, each a mapping from keys to items; `keys` names each table's key attributes."""

    def __init__(self, keys: Mapping[str, tuple[str, ...]], calls: Calls | None = None) -> None:
        super().__init__(calls)
        self._keys = keys
        self.tables: dict[str, dict[tuple[str, ...], Item]] = {table: {} for table in keys}

    def items(self, table: str) -> list[Item]:
        return list(self.tables[table].values())

    def put_item(self, **request: Any) -> Any:
        return self._call("put_item", lambda: self._one("Put", request), request)

    def update_item(self, **request: Any) -> Any:
        return self._call("update_item", lambda: self._one("Update", request), request)

    def batch_write_item(self, **request: Any) -> Any:
        return self._call("batch_write_item", lambda: self._batch(request["RequestItems"]), request)

    def transact_write_items(self, **request: Any) -> Any:
        return self._call("transact_write_items", lambda: self._transact(request["TransactItems"]), request)

    def batch_get_item(self, **request: Any) -> Any:
        return self._call("batch_get_item", lambda: self._get(request["RequestItems"]), request)

    def batch_execute_statement(self, **request: Any) -> Any:
        statements = request["Statements"]
        return self._call(
            "batch_execute_statement", lambda: {"Responses": self._execute(statements)}, request
        )

    def put_off(self, code: str, *which: int) -> Callable[[Mapping[str, Any]], Any]:
        """A step of batch_execute_statement: these statements are not carried out, and answer this code."""

        def step(request: Mapping[str, Any]) -> Any:
            statements = request["Statements"]
            done = iter(self._execute([one for n, one in enumerate(statements) if n not in which]))
            failed = {"Error": {"Code": code, "Message": "…"}}
            return {"Responses": [failed if n in which else next(done) for n in range(len(statements))]}

        return step

    def unprocessed(self, count: int) -> Callable[[Mapping[str, Any]], Any]:
        """A step of batch_write_item: all but the last `count` writes are carried out."""

        def step(request: Mapping[str, Any]) -> Any:
            ((table, writes),) = request["RequestItems"].items()
            done, left = writes[:-count], writes[-count:]
            if done:
                self._batch({table: done})
            return {"UnprocessedItems": {table: left}}

        return step

    def _one(self, kind: str, request: Mapping[str, Any]) -> Any:
        try:
            key, item = self._result(kind, request)
        except _Failed as failed:
            returned = {"Item": failed.item} if failed.item and _WANTED in request else {}
            raise client_error("ConditionalCheckFailedException", answer=returned) from None
        self.tables[request["TableName"]][key] = item
        return {"Attributes": copied(item)} if request.get("ReturnValues") == "ALL_NEW" else {}

    def _get(self, requests: Mapping[str, Any]) -> Any:
        found: dict[str, list[Item]] = {}
        for table, asked in requests.items():
            keys = [self._key(table, key) for key in asked["Keys"]]
            if not 0 < len(keys) <= _TRANSACTION_ITEMS or len(set(keys)) < len(keys):
                raise invalid("Too many items requested, none, or the list of keys contains duplicates")
            found[table] = [copied(self.tables[table][key]) for key in keys if key in self.tables[table]]
        return {"Responses": found, "UnprocessedKeys": {}}

    def _batch(self, requests: Mapping[str, list[Any]]) -> Any:
        results = []
        for table, writes in requests.items():
            items = [write["PutRequest"]["Item"] for write in writes]
            keys = [self._key(table, item) for item in items]
            if not 0 < len(keys) <= _BATCH_ITEMS or len(set(keys)) < len(keys):
                raise invalid("Too many items requested, none, or the list of keys contains duplicates")
            results += [self._result("Put", {"TableName": table, "Item": item}) for item in items]
            self.tables[table].update(results)
        return {"UnprocessedItems": {}}

    def _execute(self, statements: list[Any]) -> list[Any]:
        """Insertions, the only statements that the handlers use."""
        if len(statements) > _BATCH_ITEMS:
            raise invalid("Member must have length less than or equal to 25")
        if any(len(one["Statement"]) > _STATEMENT_CHARACTERS for one in statements):
            raise invalid("Member must have length less than or equal to 8192")
        return [self._insert(one["Statement"], one["Parameters"]) for one in statements]

    def _insert(self, statement: str, parameters: list[Any]) -> Any:
        parsed = _INSERT.fullmatch(statement)
        assert parsed, f"expected an insertion by parameters, got {statement}"
        table, names = parsed[1], [name.replace("''", "'") for name in re.findall(_NAME, parsed[2])]
        try:
            put = {"TableName": table, "Item": dict(zip(names, parameters, strict=True))}
            key, item = self._result("Put", put)
        except ClientError as error:
            return {"Error": {"Code": "ValidationError", "Message": error.response["Error"]["Message"]}}
        if key in self.tables[table]:
            return {"Error": {"Code": "DuplicateItem", "Message": "…"}, "TableName": table}
        self.tables[table][key] = item
        return {"TableName": table}

    def _transact(self, operations: list[Any]) -> Any:
        if not 0 < len(operations) <= _TRANSACTION_ITEMS:
            raise invalid(f"Member must have length less than or equal to 100, got {len(operations)}")
        writes = [(kind, write) for operation in operations for kind, write in operation.items()]
        keys = [(w["TableName"], self._key(w["TableName"], w.get("Key") or w["Item"])) for _, w in writes]
        if len(set(keys)) < len(keys):
            raise invalid("Transaction request cannot include multiple operations on one item")
        results: list[Item] = []
        reasons: list[Any] = []
        for kind, write in writes:
            try:
                results.append(self._result(kind, write)[1])
                reasons.append({"Code": "None"})
            except _Failed as failed:
                returned = {"Item": failed.item} if failed.item and _WANTED in write else {}
                reasons.append({"Code": "ConditionalCheckFailed", "Message": "…", **returned})
        if any(reason["Code"] != "None" for reason in reasons):
            raise client_error("TransactionCanceledException", answer={"CancellationReasons": reasons})
        if sum(map(size_of, results)) > _TRANSACTION_BYTES:
            raise invalid("Collection size exceeded for the transaction")
        for (table, key), item in zip(keys, results, strict=True):
            self.tables[table][key] = item
        return {}

    def _result(self, kind: str, write: Mapping[str, Any]) -> tuple[tuple[str, ...], Item]:
        table = write["TableName"]
        key = self._key(table, write["Key"] if kind == "Update" else write["Item"])
        standing = self.tables[table].get(key, {})
        expressions = Expressions(write)
        holds = expressions.holds(write.get("ConditionExpression"), standing)
        if kind == "Update":
            item = expressions.updated(write["UpdateExpression"], {**write["Key"], **standing})
        else:
            item = copied(dict(write["Item"]))
        expressions.check_all_used()
        if size_of(item) > _ITEM_BYTES:
            raise invalid("Item size has exceeded the maximum allowed size")
        if not holds:
            raise _Failed(copied(standing))
        return key, item

    def _key(self, table: str, item: Item) -> tuple[str, ...]:
        return tuple(map(_key_value, (item.get(name, {}) for name in self._keys[table])))


def _key_value(value: Any) -> str:
    if "N" in value:
        return str(Decimal(value["N"]).normalize())
    if "S" not in value:
        raise invalid("One or more parameter values were invalid: missing the key, or type mismatch for it")
    if not value["S"]:
        raise invalid("One or more parameter values are not valid: the key is an empty string")
    return str(value["S"])
