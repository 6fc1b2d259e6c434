"""The pipeline as the components deploy it, at a small scale: three functions, three tables, five queues."""

import json
from random import Random
from typing import Any
from urllib.parse import quote_plus

from tests.unit.helpers.fakes_s3 import FakeS3

from . import faults
from .faults import Faults
from .functions import Function, Functions
from .mappings import QueueMapping
from .network import Network
from .objects import Objects
from .queues import Queue, Queues
from .ses import SimulatedSes
from .streams import HOUR, StreamMapping
from .substitutes import HANDLERS, Stage, new_processes
from .tables import Tables
from .uploads import SCHEMA, File
from .world import World

BUCKET = "bucket"
USERS, IMPORTS, MAILS = "users", "imports", "mails"
WORK, DEAD_LETTERS, RETRIES, FAILURES, INGEST_FAILURES = (
    "work",
    "dead-letters",
    "retries",
    "failures",
    "ingest-failures",
)
_RECEIVES, _RETRY_RECEIVES = 5, 999
_INSERT_TIMEOUT, _MAIL_TIMEOUT, _INGEST_TIMEOUT = 100, 90, 900
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
    ) -> None:
        self.world = world
        self.faults = drawn_faults
        self._network = Network(world, drawn_faults)
        self.queues = self._make_queues()
        self.objects = Objects(self._network, "uploads/")
        self.mail = SimulatedSes(self._network, daily_quota=daily_quota)
        self.functions = Functions(self._network, self.queues, INGEST_FAILURES)
        ingest, insert, send = (
            Function(name, module.handler, timeout)
            for name, module, timeout in zip(
                ("process_csv", "insert_records", "send_email"),
                HANDLERS,
                (_INGEST_TIMEOUT, _INSERT_TIMEOUT, _MAIL_TIMEOUT),
                strict=True,
            )
        )
        self.functions.by_name = {each.name: each for each in (ingest, insert, send)}
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
        self.tables = Tables(keys, USERS, self.stream.write, self._network)
        by_url = self.queues.by_url
        QueueMapping(self._network, self.functions, by_url[WORK], insert, batch=3, concurrency=2)
        QueueMapping(self._network, self.functions, by_url[RETRIES], send, batch=50, concurrency=2, window=5)
        self.poisons: list[tuple[str, str]] = []
        self._enter(rows_per_chunk)

    def upload(self, file: File) -> None:
        """Put a file into the bucket, which tells process_csv."""
        self.objects.objects[file.key] = file.data
        entry = {"key": quote_plus(file.key), "eTag": FakeS3.etag(file.data), "size": len(file.data)}
        s3 = {"bucket": {"name": BUCKET}, "object": {**entry, "sequencer": "0055AED6DCD90281E5"}}
        event = {"Records": [{"eventSource": "aws:s3", "eventName": "ObjectCreated:Put", "s3": s3}]}
        self.functions.send_event(self.functions.by_name["process_csv"], event)

    def poison(self, random: Random) -> None:
        """Messages that nobody here sent."""
        for url in (WORK, RETRIES):
            while self.faults.strike(faults.POISON):
                body = random.choice(_POISONS)
                self.poisons.append((url, body))
                self.queues.put(url, body)

    def bodies(self, url: str) -> list[Any]:
        """What stands in a queue, as JSON where it is that, else as text."""
        return [parsed(message.body) for message in self.queues.by_url[url].messages.values()]

    def _make_queues(self) -> Queues:
        dead_letters, failures = Queue(DEAD_LETTERS), Queue(FAILURES)
        work = Queue(
            WORK, 6 * _INSERT_TIMEOUT, 4 * 24 * HOUR, max_receives=_RECEIVES, dead_letters=dead_letters
        )
        retries = Queue(RETRIES, 605, max_receives=_RETRY_RECEIVES, dead_letters=failures)
        return Queues(self._network, work, dead_letters, retries, failures, Queue(INGEST_FAILURES))

    def _enter(self, rows_per_chunk: int) -> None:
        """Make this the stage that handlers run on."""
        Stage.world = self.world
        Stage.out_of_time = lambda: self.faults.strike(faults.HURRIED)
        clients = {"s3": self.objects, "sqs": self.queues, "dynamodb": self.tables, "sesv2": self.mail}
        Stage.clients = {**clients, "lambda": self.functions}
        ingest = {
            "AWS_LAMBDA_FUNCTION_NAME": "process_csv",
            "QUEUE_URL": WORK,
            "IMPORTS_TABLE": IMPORTS,
            "ROWS_PER_CHUNK": str(rows_per_chunk),
        }
        insert = {
            "TABLE": USERS,
            "KEY": "email",
            "IMPORTS_TABLE": IMPORTS,
            "DEAD_LETTER_QUEUE_URL": DEAD_LETTERS,
            "MAX_RECEIVE_COUNT": str(_RECEIVES),
            "ON_CONFLICT": "skip",
        }
        send = {
            "MAILS_TABLE": MAILS,
            "IMPORTS_TABLE": IMPORTS,
            "RETRY_QUEUE_URL": RETRIES,
            "FAILURE_QUEUE_URL": FAILURES,
            "SENDER": "hello@example.com",
            "CONFIGURATION_SET": "set",
            "ADDRESS_COLUMN": "email",
            "FUNCTION_TIMEOUT": str(_MAIL_TIMEOUT),
        }
        Stage.settings = {"process_csv": ingest, "insert_records": insert, "send_email": send}
        mail = {"subject": "Welcome, {{name}}!", "text": "Hello {{name}}", "html": "<p>Hello {{name}}</p>"}
        Stage.files = {"schema.json": SCHEMA, "mail.json": mail}
        new_processes()


def parsed(body: str) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return body
