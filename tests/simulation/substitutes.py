"""What the handlers' modules get in place of the real time, chance, threads, settings and clients.

Installed once, for any number of worlds: each asks the world of the moment.
"""

import datetime
import random
import sys
import time
import uuid
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import boto3
import pytest

from lambdas.aws import clients, sqs
from lambdas.aws.dynamodb import statements
from lambdas.aws.limits import DYNAMODB_BATCH_ITEMS, SES_BULK_DESTINATIONS, SQS_BATCH_MESSAGES
from lambdas.bookkeeper import handler as bookkeeper
from lambdas.core import import_errors, import_ledger, mail_entries, mail_ledger
from lambdas.csvfile.decode import PIECE_BYTES
from lambdas.insert_records import handler as insert_records
from lambdas.process_csv import handler as process_csv
from lambdas.process_csv import importer
from lambdas.send_email import (
    account,
    delivery,
    due_groups,
    mail_round,
    pace,
    round_handler,
    ses_sender,
    set_up,
)
from lambdas.send_email import handler as send_email
from tests.unit.helpers.csv_files import limits
from tests.unit.helpers.fakes import Killed

from .world import Task, World

HANDLERS = (process_csv, insert_records, send_email, round_handler, bookkeeper)


@dataclass(frozen=True)
class Scale:
    """How much goes together: bytes of a piece, messages of a call, calls of a reader, mails of a group,
    writes of a call, lists of an import.
    """

    piece_bytes: int
    batch_messages: int
    batches_at_once: int
    group_mails: int
    batch_items: int
    shards: int


AS_DEPLOYED = Scale(
    PIECE_BYTES,
    SQS_BATCH_MESSAGES,
    importer.BATCHES_AT_ONCE,
    SES_BULK_DESTINATIONS,
    DYNAMODB_BATCH_ITEMS,
    mail_entries.OWED_SHARDS,
)
# So that small files meet them, and a group takes two calls.
SMALL = Scale(piece_bytes=96, batch_messages=2, batches_at_once=3, group_mails=3, batch_items=2, shards=2)


class Stage:
    """The world of the moment, its clients, and the settings and files of all functions."""

    world: World
    clients: Mapping[str, Any]
    settings: Mapping[str, str]
    files: Mapping[str, Any]
    out_of_time: Callable[[], bool]
    scale: "Scale"


def _instant(tz: datetime.tzinfo) -> datetime.datetime:
    return datetime.datetime.fromtimestamp(Stage.world.time(), tz)


class Future:
    """In place of Future: a task of the world that one other may wait for."""

    def __init__(self, work: Callable[[], Any]) -> None:
        self._outcome: tuple[Any, BaseException | None] | None = None
        self._waiting: Task | None = None
        current = Stage.world.current
        assert current
        Stage.world.spawn(current.process, work, self._done, current)

    def result(self) -> Any:
        """As the future's own."""
        error = self.exception()
        if error:
            raise error
        return self._outcome and self._outcome[0]

    def exception(self) -> BaseException | None:
        """Likewise."""
        if not self._outcome:
            self._waiting = Stage.world.current
            Stage.world.wait()
        assert self._outcome
        return self._outcome[1]

    def _done(self, result: Any, error: BaseException | None) -> None:
        self._outcome = result, error
        if self._waiting:
            Stage.world.resume(self._waiting)


class _Pool:
    """In place of ThreadPoolExecutor: tasks of the world, in the invocation's process."""

    def __init__(self, workers: int) -> None:
        self._workers = workers
        self._submitted: list[Future] = []

    def __enter__(self) -> "_Pool":
        return self

    def __exit__(self, *error: object) -> None:
        if not isinstance(error[1], Killed):
            for future in self._submitted:
                future.exception()

    def submit(self, function: Callable[..., Any], *of: Any) -> Future:
        """As the executor's own, for as many as there are workers."""
        self._submitted.append(Future(lambda: function(*of)))
        return self._submitted[-1]

    def map(self, function: Callable[[Any], Any], values: Iterable[Any]) -> Iterator[Any]:
        """As the executor's own."""
        waiting = list(enumerate(values))
        results: dict[int, Any] = {}

        def work() -> None:
            while waiting:
                number, value = waiting.pop(0)
                results[number] = function(value)

        count = len(waiting)
        Stage.world.together([work] * min(self._workers, count))
        return (results[number] for number in range(count))


class _Lock:
    """In place of threading.Lock, where it is held while a task waits."""

    def __init__(self) -> None:
        self._held = False
        self._waiting: deque[Task] = deque()

    def __enter__(self) -> None:
        if self._held and Stage.world.current:
            self._waiting.append(Stage.world.current)
            try:
                Stage.world.wait()
            except Killed:
                self.__exit__()
                raise
        self._held = True

    def __exit__(self, *_: object) -> None:
        self._held = bool(self._waiting)
        if self._waiting:
            Stage.world.resume(self._waiting.popleft())


_SUBSTITUTES: Mapping[Any, Any] = {
    time: SimpleNamespace(
        time=lambda: Stage.world.time(),
        sleep=lambda seconds: Stage.world.sleep(seconds),
        monotonic=lambda: Stage.world.now,
    ),
    uuid: SimpleNamespace(uuid4=lambda: uuid.UUID(int=Stage.world.random.getrandbits(128))),
    random: SimpleNamespace(
        uniform=lambda a, b: Stage.world.random.uniform(a, b),
        randrange=lambda *of: Stage.world.random.randrange(*of),
        random=lambda: Stage.world.random.random(),
    ),
    datetime.datetime: SimpleNamespace(now=_instant, fromisoformat=datetime.datetime.fromisoformat),
}


@contextmanager
def substituted(scale: Scale = SMALL) -> Iterator[None]:
    """Run handlers over `Stage` meanwhile, at this scale."""
    with pytest.MonkeyPatch.context() as patch, limits(piece=scale.piece_bytes):
        Stage.scale = scale
        for name, module in list(sys.modules.items()):
            if name.startswith("lambdas."):
                for attribute, value in list(vars(module).items()):
                    if isinstance(value, type | type(time)) and value in _SUBSTITUTES:
                        patch.setattr(module, attribute, _SUBSTITUTES[value])
        patch.setattr(boto3, "client", lambda service, **_: Stage.clients[service])
        # The services' errors are what is left after a client's own repetitions.
        patch.setattr(clients, "repeat_what_is_put_off", lambda *_: None)
        for module in (delivery, insert_records, mail_round, pace, sqs):
            patch.setattr(module, "ThreadPoolExecutor", _Pool)
        patch.setattr(due_groups, "Lock", _Lock)
        patch.setattr(sqs, "SQS_BATCH_MESSAGES", scale.batch_messages)
        patch.setattr(importer, "BATCHES_AT_ONCE", scale.batches_at_once)
        for mail_module in (account, delivery, ses_sender):
            patch.setattr(mail_module, "SES_BULK_DESTINATIONS", scale.group_mails)
        for module in (statements, mail_ledger):
            patch.setattr(module, "DYNAMODB_BATCH_ITEMS", scale.batch_items)
        patch.setattr(mail_entries, "OWED_SHARDS", scale.shards)
        patch.setattr(process_csv, "out_of_time", lambda _: Stage.out_of_time)
        for module in (process_csv, insert_records, set_up, import_ledger, import_errors, bookkeeper):
            patch.setattr(module, "setting", lambda name: Stage.settings[name])
        for module in (process_csv, set_up):
            patch.setattr(module, "bundled", lambda name: Stage.files[name])
        for module in (round_handler, bookkeeper):
            patch.setattr(module, "print", lambda _: None, raising=False)
        for handler in HANDLERS:
            patch.setattr(handler.logger._logger, "disabled", True)
        yield


def new_processes() -> None:
    """Forget what warm functions keep."""
    process_csv.importer.cache_clear()
    insert_records.inserter.cache_clear()
    insert_records.adaptive_pause.cache_clear()
    set_up.set_up.cache_clear()
    round_handler.owed_counts.cache_clear()
    import_errors.import_errors.cache_clear()
    bookkeeper.bookkeeper.cache_clear()
