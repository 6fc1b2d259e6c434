"""What the handlers' modules get in place of the real time, chance, threads, settings and clients.

Installed once, for any number of worlds: each asks the world of the moment.
"""

import datetime
import random
import sys
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import boto3
import pytest

from lambdas.aws import clients
from lambdas.aws.dynamodb import insert
from lambdas.aws.limits import DYNAMODB_BATCH_ITEMS
from lambdas.core import mail_ledger
from lambdas.insert_records import handler as insert_records
from lambdas.process_csv import handler as process_csv
from lambdas.send_email import delivery, ses_sender
from lambdas.send_email import handler as send_email
from tests.unit.helpers.csv_files import limits

from .world import World

HANDLERS = (process_csv, insert_records, send_email)
# Small, so that small files meet them.
_PIECE_BYTES = 96
_GROUP_MAILS = 3


class Stage:
    """The world of the moment, its clients, and the settings and files of each function."""

    world: World
    clients: Mapping[str, Any]
    settings: Mapping[str, Mapping[str, str]]
    files: Mapping[str, Any]
    out_of_time: Callable[[], bool]


def _instant(tz: datetime.tzinfo) -> datetime.datetime:
    return datetime.datetime.fromtimestamp(Stage.world.time(), tz)


class _Pool:
    """In place of ThreadPoolExecutor: tasks of the world, in the invocation's process."""

    def __init__(self, workers: int) -> None:
        self._workers = workers

    def __enter__(self) -> "_Pool":
        return self

    def __exit__(self, *_: object) -> None:
        pass

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
    datetime.datetime: SimpleNamespace(now=_instant),
}


@contextmanager
def substituted(piece: int = _PIECE_BYTES, group: int = _GROUP_MAILS) -> Iterator[None]:
    """Run handlers over `Stage` meanwhile, with pieces of so many bytes and groups of so many mails."""
    with pytest.MonkeyPatch.context() as patch, limits(piece=piece):
        for name, module in list(sys.modules.items()):
            if name.startswith("lambdas."):
                for attribute, value in list(vars(module).items()):
                    if isinstance(value, type | type(time)) and value in _SUBSTITUTES:
                        patch.setattr(module, attribute, _SUBSTITUTES[value])
        patch.setattr(boto3, "client", lambda service, **_: Stage.clients[service])
        # The services' errors are what is left after a client's own repetitions.
        patch.setattr(clients, "repeat_what_is_put_off", lambda *_: None)
        patch.setattr(delivery, "ThreadPoolExecutor", _Pool)
        for mail_module in (delivery, ses_sender):
            patch.setattr(mail_module, "SES_BULK_DESTINATIONS", group)
        statements = min(group - 1, DYNAMODB_BATCH_ITEMS)  # so that a group takes two calls
        for module in (insert, mail_ledger):
            patch.setattr(module, "DYNAMODB_BATCH_ITEMS", statements)
        patch.setattr(process_csv, "out_of_time", lambda _: Stage.out_of_time)
        for handler in HANDLERS:
            function = handler.__name__.split(".")[1]
            patch.setattr(handler, "setting", lambda name, function=function: Stage.settings[function][name])
            patch.setattr(handler, "bundled", lambda name: Stage.files[name], raising=False)
            patch.setattr(handler.logger._logger, "disabled", True)
        yield


def new_processes() -> None:
    """Forget what warm functions keep."""
    process_csv.importer.cache_clear()
    insert_records.inserter.cache_clear()
    send_email.delivery.cache_clear()
