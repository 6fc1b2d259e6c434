"""DynamoDB: tables with conditional transactions, throttled and in conflict, and a stream's source."""

from collections.abc import Callable, Mapping
from typing import Any

from tests.unit.helpers.fakes import Item, client_error, invalid
from tests.unit.helpers.fakes_dynamodb import FakeDynamoDB

from . import faults
from .network import Network

# A key that DynamoDB will never take, as one that is too long would be.
UNWRITABLE = "unwritable"
# https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/CommonErrors.html
_THROTTLED = client_error("ThrottlingException", "rate of requests exceeds the allowed throughput")
# https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchStatementError.html
_PUT_OFF = ("ThrottlingError", "RequestLimitExceeded", "InternalServerError", "TransactionConflict")
# What a new or changed item is told to, with what was there before.
Listener = Callable[[Item, Item | None], None]


class _Streamed(dict[tuple[str, ...], Item]):
    """A table's items; each write is told to the stream."""

    def __init__(self, listener: Listener) -> None:
        super().__init__()
        self._listener = listener

    def __setitem__(self, key: tuple[str, ...], item: Item) -> None:
        before = self.get(key)
        super().__setitem__(key, item)
        self._listener(item, before)

    def update(self, items: Any) -> None:
        for key, item in items:
            self[key] = item


class Tables(FakeDynamoDB):
    """The tables behind an unreliable network."""

    def __init__(
        self, keys: Mapping[str, tuple[str, ...]], streamed: str, listener: Listener, network: Network
    ) -> None:
        super().__init__(keys)
        self.tables[streamed] = _Streamed(listener)
        self._network = network

    def _call(self, name: str, work: Callable[[], Any], request: Mapping[str, Any]) -> Any:
        if name == "transact_write_items":
            return self._transaction(work, request)
        if name == "batch_write_item":
            return self._network.call(name, lambda: self._maybe_in_part(work, request), _THROTTLED)
        if name == "batch_execute_statement":
            return self._network.call(name, lambda: self._maybe_put_off(work, request), _THROTTLED)
        return self._network.call(name, work, _THROTTLED)

    def _transaction(self, work: Callable[[], Any], request: Mapping[str, Any]) -> Any:
        """botocore gives a transaction a token, by which DynamoDB knows a request that is sent again.

        https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
        """
        answers: list[Any] = []

        def once() -> Any:
            if not answers:
                answers.append(self._maybe_cancelled(work, request))
            return answers[0]

        return self._network.call("transact_write_items", once, _THROTTLED)

    def _maybe_cancelled(self, work: Callable[[], Any], request: Mapping[str, Any]) -> Any:
        strike, random = self._network.faults.strike, self._network.world.random
        for kind, code in (
            (faults.CONFLICT, "TransactionConflict"),
            (faults.PARTIAL, random.choice(("ThrottlingError", "ProvisionedThroughputExceeded"))),
        ):
            if strike(kind):
                reasons = [{"Code": random.choice(("None", code))} for _ in request["TransactItems"]]
                reasons[random.randrange(len(reasons))] = {"Code": code}
                raise client_error("TransactionCanceledException", answer={"CancellationReasons": reasons})
        return work()

    def _maybe_in_part(self, work: Callable[[], Any], request: Mapping[str, Any]) -> Any:
        if not self._network.faults.strike(faults.PARTIAL):
            return work()
        ((_, writes),) = request["RequestItems"].items()
        return self.unprocessed(self._network.world.random.randint(1, len(writes)))(request)

    def _maybe_put_off(self, work: Callable[[], Any], request: Mapping[str, Any]) -> Any:
        if not self._network.faults.strike(faults.PARTIAL):
            return work()
        random = self._network.world.random
        which = [n for n in range(len(request["Statements"])) if random.random() < 0.5]
        return self.put_off(random.choice(_PUT_OFF), *which)(request)

    def _key(self, table: str, item: Item) -> tuple[str, ...]:
        key = super()._key(table, item)
        if key[0].startswith(UNWRITABLE):
            raise invalid("One or more parameter values were invalid: size of hashkey has exceeded the limit")
        return key
