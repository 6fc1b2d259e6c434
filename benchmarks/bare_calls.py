"""The bare calls that no correct pipeline of this shape can do without: write, claim, send, record.

The requests are those of the handlers, made beforehand; one client sends them, by a few threads, to an
emulator without functions. What a pipeline adds to this is S3, SQS, the stream, and the functions' own work.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
from botocore.config import Config

from local.clients import Clients
from local.emulator import REGION, Emulator, emulator

from .rows import people
from .stub_client import (
    CONFIGURATION_SET,
    IMPORTS,
    MAILS,
    SENDER,
    USERS,
    StubClient,
    chunks_of,
    deliver,
    inserter_over,
    mails_of,
)

THREADS = 4
_MAILS_A_CALL = 50
_KEYS = {USERS: ("email",), IMPORTS: ("import_id", "part"), MAILS: ("mail_id",)}
_SERVICES = {
    "transact_write_items": "dynamodb",
    "batch_execute_statement": "dynamodb",
    "send_bulk_email": "sesv2",
}

Requests = Sequence[tuple[str, Mapping[str, Any]]]


def bare_call_seconds(rows: int) -> float:
    """Seconds that the bare calls for so many rows take."""
    works = [*_requests(chunks_of(people(rows)))]
    with emulator() as running:
        running.wait_until_ready()
        clients = Clients(running.endpoint, running.access_key)
        _prepare(clients)
        bare = {name: _bare(name, running) for name in _SERVICES.values()}
        started = time.perf_counter()
        with ThreadPoolExecutor(THREADS) as pool:
            for each in pool.map(lambda work: _send(bare, work), works):
                assert each is None
        seconds = time.perf_counter() - started
        mailed = clients.client("sesv2").get_account()["SendQuota"]["SentLast24Hours"]
        assert mailed == rows, f"of {rows:,} mails, SES took {mailed:,.0f}"
        clients.close()
    return seconds


def _requests(chunks: Sequence[str]) -> Iterator[Requests]:
    """What belongs together, in order: a chunk's write, and the claim, mail and record of its mails."""
    for chunk in chunks:
        client = StubClient()
        inserter_over(client).insert(chunk)
        mails = mails_of(chunk)
        for start in range(0, len(mails), _MAILS_A_CALL):
            deliver(client, mails[start : start + _MAILS_A_CALL])
        yield [call for call in client.calls if call[0] in _SERVICES]


def _bare(service: Any, running: Emulator) -> Any:
    """A client that does no more than it must, as the handlers' of DynamoDB."""
    return boto3.client(
        service,
        endpoint_url=running.endpoint,
        region_name=REGION,
        aws_access_key_id=running.access_key.id,
        aws_secret_access_key=running.access_key.secret,
        config=Config(parameter_validation=False),
    )


def _send(clients: Mapping[str, Any], requests: Requests) -> None:
    for operation, parameters in requests:
        getattr(clients[_SERVICES[operation]], operation)(**parameters)


def _prepare(clients: Clients) -> None:
    for table, keys in _KEYS.items():
        clients.client("dynamodb").create_table(
            TableName=table,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in keys],
            KeySchema=[
                {"AttributeName": key, "KeyType": kind}
                for key, kind in zip(keys, ("HASH", "RANGE"), strict=False)
            ],
            **(
                {"StreamSpecification": {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}}
                if table == USERS
                else {}
            ),
        )
    clients.client("sesv2").create_email_identity(EmailIdentity=SENDER)
    clients.client("sesv2").create_configuration_set(ConfigurationSetName=CONFIGURATION_SET)
