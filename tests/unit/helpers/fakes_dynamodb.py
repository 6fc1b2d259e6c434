"""DynamoDB in memory: conditional writes, transactions and queries, as far as the handlers use them."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from botocore.exceptions import ClientError

from . import fakes_partiql as partiql
from .fakes import Calls, Fake, Item, client_error, invalid
from .fakes_expressions import Expressions, same
from .fakes_queries import query
from .fakes_tables import IndexKeys, Key, Later, Table, Write, packed, size_of, unpacked

_BATCH_ITEMS = 25
_TRANSACTION_ITEMS = 100
_ITEM_BYTES = 400 * 1024
_TRANSACTION_BYTES = 4 * 1024 * 1024
_STATEMENT_CHARACTERS = 8192
_WANTED = "ReturnValuesOnConditionCheckFailure"


class _Failed(Exception):
    """A write whose condition does not hold."""

    def __init__(self, key: str, item: Item | None) -> None:
        self.key = key
        self.item = item

    def returned(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """The item that stands there, if the request wants it."""
        return {"Item": self.item} if self.item and request.get(_WANTED) == "ALL_OLD" else {}


class FakeDynamoDB(Fake):
    """Tables by name.

    `keys` names each table's key attributes, which are strings; `indexes` each table's indexes, which hold
    nothing but keys. `units` counts the write units that were consumed, by the table and what consumed them.
    """

    def __init__(
        self,
        keys: Mapping[str, Key],
        calls: Calls | None = None,
        *,
        indexes: Mapping[str, Mapping[str, IndexKeys]] | None = None,
        later: Later = lambda move: move(),
    ) -> None:
        super().__init__(calls)
        self._keys = keys
        self._key_names = {name: frozenset(of) for name, of in keys.items()}
        self.tables = {name: Table(of, (indexes or {}).get(name, {}), later) for name, of in keys.items()}
        self.units: Counter[str] = Counter()

    def items(self, table: str) -> list[Item]:
        return list(self.tables[table].values())

    def get_item(self, **request: Any) -> Any:
        return self._call("get_item", lambda: self._get_one(**request), request)

    def put_item(self, **request: Any) -> Any:
        return self._call("put_item", lambda: self._one("Put", request), request)

    def delete_item(self, **request: Any) -> Any:
        return self._call("delete_item", lambda: self._delete(**request), request)

    def update_item(self, **request: Any) -> Any:
        return self._call("update_item", lambda: self._one("Update", request), request)

    def batch_write_item(self, **request: Any) -> Any:
        return self._call("batch_write_item", lambda: self._batch(request["RequestItems"]), request)

    def transact_write_items(self, **request: Any) -> Any:
        return self._call("transact_write_items", lambda: self._transact(request["TransactItems"]), request)

    def transact_get_items(self, **request: Any) -> Any:
        return self._call("transact_get_items", lambda: self._get_together(request["TransactItems"]), request)

    def batch_get_item(self, **request: Any) -> Any:
        return self._call("batch_get_item", lambda: self._get(request["RequestItems"]), request)

    def query(self, **request: Any) -> Any:
        return self._call("query", lambda: query(self.tables[request["TableName"]], request), request)

    def scan(self, **request: Any) -> Any:
        known = {"TableName", "ConsistentRead", "IndexName"}
        assert not request.keys() - known, "the fakes scan whole tables only, or whole indexes"
        return self._call("scan", lambda: {"Items": self._scan(**request)}, request)

    def get_paginator(self, name: str) -> Any:
        page_of = {"query": self.query, "scan": self.scan}[name]

        def paginate(**request: Any) -> Iterator[Any]:
            page = page_of(**request)
            yield page
            while start := page.get("LastEvaluatedKey"):
                page = page_of(**request, ExclusiveStartKey=start)
                yield page

        return SimpleNamespace(paginate=paginate)

    def batch_execute_statement(self, **request: Any) -> Any:
        statements = request["Statements"]
        return self._call(
            "batch_execute_statement", lambda: {"Responses": self._execute(statements)}, request
        )

    def put_off(self, code: str, *which: int) -> Callable[[Mapping[str, Any]], Any]:
        """A step of batch_execute_statement: these statements are not carried out, and answer this code."""

        def step(request: Mapping[str, Any]) -> Any:
            statements = request["Statements"]
            rest = [one for n, one in enumerate(statements) if n not in which]
            done = iter(self._execute(rest) if rest else ())
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

    def _scan(self, TableName: str, IndexName: str = "", ConsistentRead: bool = False) -> list[Item]:
        if not IndexName:
            return self.items(TableName)
        if ConsistentRead:
            raise invalid("Consistent reads are not supported on global secondary indexes")
        return self.tables[TableName].items_in(IndexName)

    def _get_one(self, TableName: str, Key: Item, ConsistentRead: bool = False) -> Any:  # noqa: ARG002
        item = self.tables[TableName].read(self._whole_key(TableName, Key))
        return {"Item": item} if item else {}

    def _delete(self, TableName: str, Key: Item) -> Any:
        table, key = self.tables[TableName], self._whole_key(TableName, Key)
        self.units[f"{TableName} delete"] += table.units_of_refusal(key)
        table.pop(tuple(key.split("\0")), None)
        return {}

    def _one(self, kind: str, request: Mapping[str, Any]) -> Any:
        try:
            write = self._result(kind, request)
        except _Failed as failed:
            self._refuse(request["TableName"], failed, kind.lower())
            raise client_error("ConditionalCheckFailedException", answer=failed.returned(request)) from None
        self._commit(write, kind.lower())
        wanted = request.get("ReturnValues")
        item = unpacked(write.data) if wanted == "ALL_NEW" else write.before if wanted == "ALL_OLD" else None
        return {"Attributes": item} if item else {}

    def _get(self, requests: Mapping[str, Any]) -> Any:
        found: dict[str, list[Item]] = {}
        for table, asked in requests.items():
            keys = [self._whole_key(table, key) for key in asked["Keys"]]
            if not 0 < len(keys) <= _TRANSACTION_ITEMS or len(set(keys)) < len(keys):
                raise invalid("Too many items requested, none, or the list of keys contains duplicates")
            found[table] = [item for key in keys if (item := self.tables[table].read(key))]
        return {"Responses": found, "UnprocessedKeys": {}}

    def _get_together(self, operations: list[Any]) -> Any:
        """The items as they stand at one moment, in the order of the request; nothing where there is none."""
        asked = [
            (get["TableName"], self._whole_key(get["TableName"], get["Key"])) for get in _gets(operations)
        ]
        if not 0 < len(asked) <= _TRANSACTION_ITEMS or len(set(asked)) < len(asked):
            raise invalid("Transaction request cannot include multiple operations on one item, or none")
        found = [self.tables[table].read(key) for table, key in asked]
        return {"Responses": [{"Item": item} if item else {} for item in found]}

    def _batch(self, requests: Mapping[str, list[Any]]) -> Any:
        for table, puts in requests.items():
            items = [put["PutRequest"]["Item"] for put in puts]
            keys = [self._key(table, item) for item in items]
            if not 0 < len(keys) <= _BATCH_ITEMS or len(set(keys)) < len(keys):
                raise invalid("Too many items requested, none, or the list of keys contains duplicates")
            for write in [self._result("Put", {"TableName": table, "Item": item}) for item in items]:
                self._commit(write, "put")
        return {"UnprocessedItems": {}}

    def _execute(self, statements: list[Any]) -> list[Any]:
        if not 0 < len(statements) <= _BATCH_ITEMS:
            raise invalid("Member must have length greater than or equal to 1 and less than or equal to 25")
        if any(len(one["Statement"]) > _STATEMENT_CHARACTERS for one in statements):
            raise invalid("Member must have length less than or equal to 8192")
        keys: set[tuple[str, str]] = set()
        answers: list[Any] = []
        todo: list[tuple[int, partiql.Insertion | partiql.Update, str]] = []
        for n, statement in enumerate(statements):
            answers.append(None)
            try:
                said = partiql.read(statement)
                key = self._key(said.table, said.key_source())
            except ClientError as error:
                answers[n] = _refused_statement(error)
                continue
            if (said.table, key) in keys:
                # Not documented for statements; refused as BatchWriteItem refuses it, lest anyone rely on it.
                raise invalid("Provided list of item keys contains duplicates")
            keys.add((said.table, key))
            todo.append((n, said, key))
        for n, said, key in todo:
            if isinstance(said, partiql.Insertion):
                answers[n] = self._insert(said, key)
            else:
                answers[n] = self._update(said, key, statements[n])
        return answers

    def _insert(self, said: partiql.Insertion, key: str) -> Any:
        standing = self.tables[said.table].read(key)
        try:
            write = self._checked(said.table, key, None, said.item)
        except ClientError as error:
            return _refused_statement(error)
        if standing is not None:
            self._refuse(said.table, _Failed(key, standing), "insert")
            return {"Error": {"Code": "DuplicateItem", "Message": "…"}, "TableName": said.table}
        self._commit(write, "insert")
        return {"TableName": said.table}

    def _update(self, said: partiql.Update, key: str, statement: Mapping[str, Any]) -> Any:
        """An update of what stands there; where nothing does, no condition holds."""
        standing = self.tables[said.table].read(key)
        try:
            self._check_not_key(said.table, {*said.sets, *said.removes})
            if standing is None or not all(
                same(standing.get(name), value) for name, value in said.where.items()
            ):
                raise _Failed(key, standing)
            kept = {name: value for name, value in standing.items() if name not in said.removes}
            write = self._checked(said.table, key, standing, kept | said.sets)
        except ClientError as error:
            return _refused_statement(error)
        except _Failed as failed:
            self._refuse(said.table, failed, "update")
            told = {"Code": "ConditionalCheckFailed", "Message": "…", **failed.returned(statement)}
            return {"Error": told, "TableName": said.table}
        self._commit(write, "update")
        return {"TableName": said.table}

    def _transact(self, operations: list[Any]) -> Any:
        if not 0 < len(operations) <= _TRANSACTION_ITEMS:
            raise invalid(f"Member must have length less than or equal to 100, got {len(operations)}")
        asked = [(kind, write) for operation in operations for kind, write in operation.items()]
        keys = [(w["TableName"], self._key(w["TableName"], w.get("Key") or w["Item"])) for _, w in asked]
        if len(set(keys)) < len(keys):
            raise invalid("Transaction request cannot include multiple operations on one item")
        writes: list[Write] = []
        reasons: list[Any] = []
        for kind, request in asked:
            try:
                writes.append(self._result(kind, request))
                reasons.append({"Code": "None"})
            except _Failed as failed:
                self._refuse(request["TableName"], failed, "transaction", times=2)
                reasons.append({"Code": "ConditionalCheckFailed", "Message": "…", **failed.returned(request)})
        if len(writes) < len(asked):
            for write in writes:
                units = 2 * self.tables[write.table].units(write)
                self._consume(write.table, write.key, "transaction refused", units)
            raise client_error("TransactionCanceledException", answer={"CancellationReasons": reasons})
        most = sum(len(write.data) for write in writes)
        if most > _TRANSACTION_BYTES and sum(size_of(write.item) for write in writes) > _TRANSACTION_BYTES:
            raise invalid("Collection size exceeded for the transaction")
        for write in writes:
            self._commit(write, "transaction", times=2)
        return {}

    def _result(self, kind: str, request: Mapping[str, Any]) -> Write:
        """What a Put or an Update comes to.

        Raises:
            ClientError: DynamoDB would not carry out the request.
            _Failed: Its condition does not hold.
        """
        table, expressions = request["TableName"], Expressions(request)
        key = (
            self._whole_key(table, request["Key"]) if kind == "Update" else self._key(table, request["Item"])
        )
        standing = self.tables[table].read(key)
        if kind == "Update":
            item = dict(standing or request["Key"])
            self._check_not_key(table, expressions.update(item))
        else:
            item = request["Item"]
        write = self._checked(table, key, standing, item)
        if not expressions.holds(standing or {}):
            raise _Failed(key, standing)
        return write

    def _checked(self, table: str, key: str, standing: Item | None, item: Item) -> Write:
        data = packed(item)
        if len(data) > _ITEM_BYTES and size_of(item) > _ITEM_BYTES:
            raise invalid("Item size has exceeded the maximum allowed size")
        self.tables[table].check(item)
        return Write(table, key, standing, item, data)

    def _commit(self, write: Write, by: str, times: int = 1) -> None:
        """Carry out a write; in a transaction it consumes its units twice."""
        table = self.tables[write.table]
        self._consume(write.table, write.key, by, times * table.units(write))
        if of_indexes := table.store(*write[1:]):
            self._consume(write.table, write.key, "index", times * of_indexes)

    def _refuse(self, table: str, failed: _Failed, by: str, times: int = 1) -> None:
        self._consume(
            table, failed.key, f"{by} refused", times * self.tables[table].units_of_refusal(failed.key)
        )

    def _consume(self, table: str, key: str, by: str, units: int) -> None:  # noqa: ARG002
        self.units[f"{table} {by}"] += units

    def _check_not_key(self, table: str, names: set[str]) -> None:
        for name in names & self._key_names[table]:
            raise invalid(f"Cannot update attribute {name}. This attribute is part of the key")

    def _whole_key(self, table: str, key: Item) -> str:
        if key.keys() != self._key_names[table]:
            raise invalid("The provided key element does not match the schema")
        return self._key(table, key)

    def _key(self, table: str, item: Item) -> str:
        return self.tables[table].key([_key_value(item.get(name, {})) for name in self._keys[table]])


def _gets(operations: list[Any]) -> list[Any]:
    assert all(operation.keys() == {"Get"} for operation in operations)
    assert all(operation["Get"].keys() == {"TableName", "Key"} for operation in operations)
    return [operation["Get"] for operation in operations]


def _refused_statement(error: ClientError) -> dict[str, Any]:
    return {"Error": {"Code": "ValidationError", "Message": error.response["Error"]["Message"]}}


def _key_value(value: Any) -> str:
    if "N" in value:
        return str(Decimal(value["N"]).normalize())
    if "S" not in value:
        raise invalid("One or more parameter values were invalid: missing the key, or type mismatch for it")
    if not value["S"]:
        raise invalid("One or more parameter values are not valid: the key is an empty string")
    return str(value["S"])
