"""DynamoDB: tables with conditional transactions, throttled and in conflict, and a stream's source."""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from tests.unit.helpers.fakes import Item, client_error, copied, invalid
from tests.unit.helpers.fakes_dynamodb import FakeDynamoDB
from tests.unit.helpers.fakes_tables import IndexKeys, Key, Write, unpacked

from . import faults
from .network import Network
from .watch import Watch

MAILS = "mails"
# So old may be what is not read consistently. https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.ReadConsistency.html
_STALE_SECONDS = 20.0
# A key that DynamoDB will never take, as one that is too long would be.
UNWRITABLE = "unwritable"
# https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/CommonErrors.html
_THROTTLED = client_error("ThrottlingException", "rate of requests exceeds the allowed throughput")
# https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchStatementError.html
_PUT_OFF = ("ThrottlingError", "RequestLimitExceeded", "InternalServerError", "TransactionConflict")
# What a new or changed item is told to, with what was there before.
Listener = Callable[[Item, Item | None], None]


class Tables(FakeDynamoDB):
    """The tables behind an unreliable network."""

    def __init__(
        self,
        keys: Mapping[str, Key],
        streamed: str,
        listener: Listener,
        network: Network,
        *,
        indexes: Mapping[str, Mapping[str, IndexKeys]] | None = None,
        index_lag: Callable[[], float] = lambda: 0.0,
    ) -> None:
        """Args: `index_lag` says by how many seconds the indexes lag behind the next write."""
        super().__init__(keys, indexes=indexes, later=self._later)
        self._streamed = streamed
        self.listeners: dict[str, Listener] = {streamed: listener}  # by table
        self._network = network
        self._index_lag = index_lag
        self.indexed: Callable[[], None] = lambda: None  # called whenever an index has changed
        self.watch: Watch | None = None
        self._replaced: dict[tuple[str, str], tuple[float, Item | None]] = {}  # when, and what stood there
        self.units_of: Counter[tuple[str, str]] = Counter()  # by the kind of item, and what consumed them

    def _later(self, move: Callable[[], None]) -> None:
        def moved() -> None:
            move()
            self.indexed()

        if seconds := self._index_lag():
            self._network.world.after(seconds, moved)
        else:
            moved()

    def _commit(self, write: Write, by: str, times: int = 1) -> None:
        super()._commit(write, by, times)
        if len(self._keys[write.table]) > 1:  # of those that can be queried
            self._replaced[write.table, write.key] = self._network.world.now, write.before
        if listener := self.listeners.get(write.table):
            listener(unpacked(write.data), write.before)
        if self.watch and write.table == self._streamed and not write.before:
            self.watch.recorded(write.item)
        if self.watch and write.table == MAILS:
            self.watch.written(write.item)

    def _get(self, requests: Mapping[str, Any]) -> Any:
        answer = super()._get(requests)
        if self.watch and MAILS in requests:
            self.watch.read(requests[MAILS]["Keys"], answer["Responses"][MAILS])
        return answer

    def _consume(self, table: str, key: str, by: str, units: int) -> None:
        self.units_of[_kind(table, key), by] += units

    def _call(self, name: str, work: Callable[[], Any], request: Mapping[str, Any]) -> Any:
        if name == "query" and not request.get("ConsistentRead") and "IndexName" not in request:
            return self._network.call(name, lambda: self._maybe_stale(work(), request), _THROTTLED)
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

    def _maybe_stale(self, answer: Any, request: Mapping[str, Any]) -> Any:
        table, found = request["TableName"], []
        for item in answer["Items"]:
            # What stood there before the run began has replaced nothing.
            at, before = self._replaced.get((table, self._key(table, item)), (-_STALE_SECONDS, None))
            recent = self._network.world.now - at < _STALE_SECONDS
            old = before if recent and self._network.faults.strike(faults.STALE) else item
            if old:
                found.append(item if old is item else copied(old))
        return {**answer, "Items": found}

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

    def _key(self, table: str, item: Item) -> str:
        key = super()._key(table, item)
        if key.startswith(UNWRITABLE):
            raise invalid("One or more parameter values were invalid: size of hashkey has exceeded the limit")
        return key


def _kind(table: str, key: str) -> str:
    """The table; of items that are none of its rows, what they are: "lease", "door", "receipt", "import"."""
    if table != MAILS:
        return table
    return key.partition("#")[0] if "#" in key or key in ("lease", "door") else table
