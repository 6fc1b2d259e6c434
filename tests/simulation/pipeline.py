"""The pipeline as the components deploy it, at a small scale: five functions, three tables, four queues."""

import json
from random import Random
from typing import Any
from urllib.parse import quote_plus

from lambdas.core.import_entries import COMPONENTS, MAILING_PARTS
from lambdas.csvfile.options import DEFAULT_OPTIONS
from tests.unit.helpers.fakes import Item
from tests.unit.helpers.fakes_s3 import FakeS3

from . import faults
from .bookkeeping import Bookkeeping
from .events import Events
from .faults import Faults
from .functions import Function, Functions
from .mappings import QueueMapping
from .network import Network
from .objects import Objects
from .queues import Queue, Queues
from .schedule import Schedule
from .ses import SimulatedSes
from .settlements import SettlementWatch
from .streams import HOUR, StreamMapping
from .substitutes import HANDLERS, Stage, new_processes
from .tables import MAILS, Tables
from .uploads import SCHEMA, File
from .watch import Watch
from .world import World

BUCKET = "bucket"
USERS, IMPORTS = "users", "imports"
WORK, DEAD_LETTERS, FAILURES, INGEST_FAILURES = "work", "dead-letters", "failures", "ingest-failures"
_RECEIVES = 5
_LAG_SECONDS = 20.0  # of an index behind its table, at most
_INSERT_TIMEOUT, _MAIL_TIMEOUT, _ROUND_TIMEOUT, _INGEST_TIMEOUT, _BOOKS_TIMEOUT = 100, 180, 300, 900, 180
_STUCK_MINUTES = 2
EXPIRE_DAYS = 400
COLUMNS = ("email", "name")
_POISONS = ("", "{}", "[1,2]", "not json", '{"v":1,"import":"x","chunk":0,"rows":[]}', '{"v":1,"mail":"zz"}')


class Pipeline:
    """A deployed pipeline in a world of its own, ready for uploads."""

    def __init__(
        self,
        world: World,
        drawn_faults: Faults,
        *,
        daily_quota: int = 10**9,
        rows_per_chunk: int = 3,
        stream_batch: int = 7,
        **ses: Any,
    ) -> None:
        """Args: `ses` is what SimulatedSes takes besides."""
        self.world = world
        self.faults = drawn_faults
        self._network = Network(world, drawn_faults)
        self.queues = self._make_queues()
        self.objects = Objects(self._network, "uploads/")
        self.events = Events(self._network)
        self.mail = SimulatedSes(self._network, daily_quota=daily_quota, **ses)
        self.functions = Functions(self._network, self.queues, INGEST_FAILURES)
        timeouts = (_INGEST_TIMEOUT, _INSERT_TIMEOUT, _MAIL_TIMEOUT, _ROUND_TIMEOUT, _BOOKS_TIMEOUT)
        names = ("process_csv", "insert_records", "send_email", "mail_round", "bookkeeper")
        ingest, insert, send, mail_round, bookkeeper = (
            Function(name, module.handler, timeout)
            for name, module, timeout in zip(names, HANDLERS, timeouts, strict=True)
        )
        self.functions.by_name = {each.name: each for each in (ingest, insert, send, mail_round, bookkeeper)}
        self.stream = StreamMapping(
            self._network,
            self.functions,
            send,
            ["email"],
            lambda body: self.queues.put(FAILURES, body),
            batch=stream_batch,
            record_age=6 * HOUR,
        )
        keys = {USERS: ("email",), IMPORTS: ("import_id", "part"), MAILS: ("mail_id",)}
        self.tables = Tables(
            keys,
            USERS,
            self.stream.write,
            self._network,
            indexes={
                IMPORTS: {"by_open": {"open": "S", "started_at": "S"}},
                MAILS: {"by_due": {"outbox": "S", "due": "N"}},
            },
            index_lag=self._lag,
        )
        mailing = {"import_id": {"S": COMPONENTS}, "part": {"S": f"{MAILING_PARTS}send_email"}}
        self.tables.tables[IMPORTS][COMPONENTS, mailing["part"]["S"]] = mailing
        self.schedule = Schedule(self._network, self.functions, mail_round, self.tables.tables[MAILS])
        self.bookkeeping = Bookkeeping(self._network, self.functions, bookkeeper, self.tables.tables[IMPORTS])
        self.settlements = SettlementWatch(self.tables)
        self.tables.indexed = self._indexed
        self.tables.listeners[IMPORTS] = lambda _item, _before: self.bookkeeping.wake()
        by_url = self.queues.by_url
        QueueMapping(self._network, self.functions, by_url[WORK], insert, batch=3, concurrency=2)
        self.poisons: list[tuple[str, str]] = []
        self._enter(rows_per_chunk)

    def watched(self) -> Watch:
        """Watch promises from now on."""
        watch = self.tables.watch = self.mail.watch = Watch(self.world, Stage.scale.group_mails)
        settlements = self.settlements
        settlements.wrong = watch.wrong

        def entered(item: Item, before: Item | None) -> None:
            settlements.written(item, before)
            self.bookkeeping.wake()

        self.tables.listeners[IMPORTS] = entered
        return watch

    def upload(self, file: File) -> None:
        """Put a file into the bucket, which tells process_csv."""
        self.objects.objects[file.key] = file.data
        entry = {"key": quote_plus(file.key), "eTag": FakeS3.etag(file.data), "size": len(file.data)}
        s3 = {"bucket": {"name": BUCKET}, "object": {**entry, "sequencer": "0055AED6DCD90281E5"}}
        event = {"Records": [{"eventSource": "aws:s3", "eventName": "ObjectCreated:Put", "s3": s3}]}
        self.functions.send_event(self.functions.by_name["process_csv"], event)

    def poison(self, random: Random) -> None:
        """Messages that nobody here sent."""
        while self.faults.strike(faults.POISON):
            body = random.choice(_POISONS)
            self.poisons.append((WORK, body))
            self.queues.put(WORK, body)

    def _indexed(self) -> None:
        self.schedule.wake()
        self.bookkeeping.wake()

    def _lag(self) -> float:
        return self.world.random.uniform(0, _LAG_SECONDS) if self.faults.strike(faults.LAG) else 0.0

    def bodies(self, url: str) -> list[Any]:
        """What stands in a queue, as JSON where it is that, else as text."""
        return [parsed(message.body) for message in self.queues.by_url[url].messages.values()]

    def _make_queues(self) -> Queues:
        dead_letters = Queue(DEAD_LETTERS)
        work = Queue(
            WORK, 6 * _INSERT_TIMEOUT, 4 * 24 * HOUR, max_receives=_RECEIVES, dead_letters=dead_letters
        )
        return Queues(self._network, work, dead_letters, Queue(FAILURES), Queue(INGEST_FAILURES))

    def _enter(self, rows_per_chunk: int) -> None:
        """Make this the stage that handlers run on."""
        Stage.world = self.world
        Stage.out_of_time = lambda: self.faults.strike(faults.HURRIED)
        clients = {"s3": self.objects, "sqs": self.queues, "dynamodb": self.tables, "sesv2": self.mail}
        clients |= {"events": self.events}
        Stage.clients = {**clients, "lambda": self.functions}
        imports = {"IMPORTS_TABLE": IMPORTS, "LEDGERS_EXPIRE_DAYS": str(EXPIRE_DAYS)}
        ingest = {
            "AWS_LAMBDA_FUNCTION_NAME": "process_csv",
            "QUEUE_URL": WORK,
            "READ_OPTIONS": DEFAULT_OPTIONS.dump(),
            "ROWS_PER_CHUNK": str(rows_per_chunk),
        }
        insert = {
            "TABLE": USERS,
            "KEY": "email",
            "DEAD_LETTER_QUEUE_URL": DEAD_LETTERS,
            "MAX_RECEIVE_COUNT": str(_RECEIVES),
            "ON_CONFLICT": "skip",
        }
        send = {
            "MAILS_TABLE": MAILS,
            "SENDER": "hello@example.com",
            "CONFIGURATION_SET": "set",
            "ADDRESS_COLUMN": "email",
            "CLAIM_SECONDS": str(max(_MAIL_TIMEOUT, _ROUND_TIMEOUT)),
        }
        books = {"EVENT_BUS": "default", "STUCK_MINUTES": str(_STUCK_MINUTES)}
        Stage.settings = imports | ingest | insert | send | books
        mail = {"subject": "Welcome, {{name}}!", "text": "Hello {{name}}", "html": "<p>Hello {{name}}</p>"}
        Stage.files = {"schema.json": SCHEMA, "mail.json": mail}
        new_processes()


def parsed(body: str) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return body
