"""The simulated services against MiniStack: the same requests, the same answers."""

import json
import time
from collections.abc import Callable, Iterator
from random import Random
from typing import Any, Protocol

import pytest
from botocore.exceptions import ClientError

from local.clients import Clients
from local.emulator import emulator

from .faults import Faults
from .functions import Function, Functions
from .network import Network
from .objects import Objects
from .queues import Queue, Queues, event_record
from .ses import SimulatedSes
from .streams import StreamMapping
from .tables import Tables
from .world import Process, World

pytestmark = pytest.mark.e2e
VISIBILITY, RECEIVES, MOST_BYTES = 1, 2, 262_144


@pytest.fixture(scope="module")
def clients() -> Iterator[Clients]:
    with emulator() as running:
        running.wait_until_ready()
        yield Clients(running.endpoint, running.access_key)


class Calm:
    """Simulated services without a fault; each call is made by a task of its own."""

    def __init__(self) -> None:
        self.world = World(0)
        faults = Faults(Random(0))
        faults.calm = True
        self.network = Network(self.world, faults)

    def __call__(self, work: Callable[[], Any]) -> Any:
        ended: list[Any] = []
        self.world.spawn(Process("test"), work, lambda result, error: ended.extend((result, error)))
        self.world.run()
        if ended[1]:
            raise ended[1]
        return ended[0]


def outcome(work: Callable[[], Any]) -> Any:
    """What a call returns, or the code of its error."""
    try:
        return work()
    except ClientError as error:
        return error.response["Error"]["Code"]


Received = list[tuple[str, int]]  # body, receive count


class Sqs(Protocol):
    """A queue with dead letters, to both."""

    def send(self, *entries: dict[str, Any]) -> Any: ...
    def receive(self, *, dead: bool = False) -> Received: ...
    def wait(self, seconds: float) -> None: ...


class SimulatedSqs:
    def __init__(self) -> None:
        self.calm = Calm()
        dead = Queue("dead")
        self.queues = Queues(self.calm.network, Queue("q", VISIBILITY, 60, RECEIVES, dead, MOST_BYTES), dead)

    def send(self, *entries: dict[str, Any]) -> Any:
        return self.calm(lambda: self.queues.send_message_batch(QueueUrl="q", Entries=list(entries)))

    def receive(self, *, dead: bool = False) -> Received:
        self.wait(0.3)  # till order is lost
        messages = self.queues.by_url["dead" if dead else "q"].receive(self.calm.world.now, 10)
        records = [event_record(message) for message in messages]
        return sorted((r["body"], int(r["attributes"]["ApproximateReceiveCount"])) for r in records)

    def wait(self, seconds: float) -> None:
        self.calm.world.now += seconds


class RealSqs:
    def __init__(self, sqs: Any) -> None:
        self.sqs = sqs
        self.dead = sqs.create_queue(QueueName="dead")["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=self.dead, AttributeNames=["QueueArn"])["Attributes"][
            "QueueArn"
        ]
        redrive = json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": RECEIVES})
        self.url = sqs.create_queue(
            QueueName="q",
            Attributes={
                "VisibilityTimeout": str(VISIBILITY),
                "RedrivePolicy": redrive,
                "MaximumMessageSize": str(MOST_BYTES),
            },
        )["QueueUrl"]

    def send(self, *entries: dict[str, Any]) -> Any:
        return self.sqs.send_message_batch(QueueUrl=self.url, Entries=list(entries))

    def receive(self, *, dead: bool = False) -> Received:
        received: Received = []
        url = self.dead if dead else self.url
        while batch := self.sqs.receive_message(
            QueueUrl=url, MaxNumberOfMessages=10, AttributeNames=["ApproximateReceiveCount"]
        ).get("Messages"):
            for message in batch:
                count = int(message["Attributes"]["ApproximateReceiveCount"])
                received.append((message["Body"], count))
        return sorted(received)

    def wait(self, seconds: float) -> None:
        time.sleep(seconds)


def entry(n: int, body: str) -> dict[str, Any]:
    return {"Id": str(n), "MessageBody": body}


def queue_story(sqs: Sqs) -> list[Any]:
    """What one sees of a queue in a few seconds."""
    seen: list[Any] = [outcome(lambda: sqs.send(*(entry(n, "x") for n in range(11))))]
    seen.append(outcome(lambda: sqs.send(entry(1, "x" * 600_000), entry(2, "y" * 600_000))))
    seen.append(sqs.send(entry(1, "x" * (MOST_BYTES + 1)))["Failed"])
    seen.append(len(sqs.send(entry(1, "a"))["Successful"]))
    seen.append(sqs.receive())
    seen.append(sqs.receive())  # hidden
    sqs.wait(VISIBILITY + 0.2)
    seen.append(sqs.receive())  # shown again
    sqs.wait(VISIBILITY + 0.2)
    seen.append(sqs.receive())  # received too often, so gone to the dead letters
    seen.append([body for body, _ in sqs.receive(dead=True)])
    return seen


def test_queues(clients: Clients) -> None:
    simulated, real = queue_story(SimulatedSqs()), queue_story(RealSqs(clients.client("sqs")))
    assert simulated == real
    assert simulated[-1] == ["a"]


def object_story(ask: Callable[[Callable[[], Any]], Any], s3: Any) -> list[Any]:
    """What one sees of an object."""

    def get(key: str, etag: str, start: int) -> Any:
        def read() -> bytes:
            request = {"Bucket": "objects", "Key": key, "IfMatch": f'"{etag}"', "Range": f"bytes={start}-"}
            return bytes(ask(lambda: s3.get_object(**request))["Body"].read())

        return outcome(read)

    data = b"0123456789"
    ask(lambda: s3.put_object(Bucket="objects", Key="uploads/a", Body=data, ContentType="text/csv"))
    etag = Objects.etag(data)
    asked = [
        ("uploads/a", etag, 0),
        ("uploads/a", etag, 7),
        ("uploads/a", etag, 10),
        ("uploads/a", "0" * 32, 0),
    ]
    return [get(*each) for each in [*asked, ("uploads/none", etag, 0)]]


def test_objects(clients: Clients) -> None:
    calm = Calm()
    s3 = clients.client("s3")
    s3.create_bucket(Bucket="objects")
    simulated = object_story(calm, Objects(calm.network, "uploads/"))
    assert simulated == object_story(lambda work: work(), s3)
    assert simulated[1] == b"789"


def put(email: str, n: int, *, absent: bool) -> dict[str, Any]:
    condition = {
        "ConditionExpression": "attribute_not_exists(#key)",
        "ExpressionAttributeNames": {"#key": "email"},
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    }
    item = {"email": {"S": email}, "n": {"N": str(n)}}
    return {"Put": {"TableName": "people", "Item": item, **(condition if absent else {})}}


def table_story(ask: Callable[[Callable[[], Any]], Any], dynamodb: Any) -> list[Any]:
    """Some writes, one of which is refused and one of which changes what is there."""

    def write(*operations: dict[str, Any]) -> Any:
        return outcome(lambda: ask(lambda: dynamodb.transact_write_items(TransactItems=list(operations))))

    return [
        write(put("a", 1, absent=True), put("b", 1, absent=True)),
        write(put("c", 2, absent=True), put("a", 2, absent=True)),
        write(put("b", 3, absent=False)),
        write(put("c", 4, absent=True)),
    ]


def changes(events: list[Any]) -> dict[str, list[Any]]:
    """What a stream tells of each key, in order; between keys there is none."""
    by_key: dict[str, list[Any]] = {}
    for event in events:
        change = event["dynamodb"]
        told = (event["eventName"], change["Keys"], change["NewImage"])
        by_key.setdefault(change["Keys"]["email"]["S"], []).append(told)
    return by_key


def test_tables_and_their_streams(clients: Clients) -> None:
    calm = Calm()
    functions = Functions(calm.network, Queues(calm.network), "")
    function = Function("nobody", lambda *_: None, 1)
    stream = StreamMapping(calm.network, functions, function, ["email"], print, batch=1, record_age=0)
    stream.root.started = False  # nobody reads it
    tables = Tables({"people": ("email",)}, "people", stream.write, calm.network)
    dynamodb, streams = clients.client("dynamodb"), clients.client("dynamodbstreams")
    arn = dynamodb.create_table(
        TableName="people",
        AttributeDefinitions=[{"AttributeName": "email", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "email", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
    )["TableDescription"]["LatestStreamArn"]

    def codes(story: list[Any]) -> list[str]:
        return [each if isinstance(each, str) else "done" for each in story]

    simulated = codes(table_story(calm, tables))
    assert simulated == codes(table_story(lambda work: work(), dynamodb))
    assert simulated == ["done", "TransactionCanceledException", "done", "done"]
    assert changes([record.event for record in stream.root.records[:]]) == changes(_records(streams, arn))


def test_an_index_lags_behind_its_table() -> None:
    calm = Calm()
    tables = Tables(
        {"mails": ("mail_id",)},
        "",
        lambda *_: None,
        calm.network,
        indexes={"mails": {"by_due": {"outbox": "S", "due": "N"}}},
        index_lag=lambda: 2.0,
    )
    item = {"mail_id": {"S": "a"}, "outbox": {"S": "o"}, "due": {"N": "1"}}
    query = {
        "TableName": "mails",
        "IndexName": "by_due",
        "KeyConditionExpression": "outbox = :o",
        "ExpressionAttributeValues": {":o": {"S": "o"}},
    }

    def counts() -> list[int]:
        tables.put_item(TableName="mails", Item=item)
        early = tables.query(**query)["Count"]
        calm.world.sleep(2)
        return [early, tables.query(**query)["Count"]]

    assert calm(counts) == [0, 1]


def _records(streams: Any, arn: str) -> list[Any]:
    records: list[Any] = []
    for shard in streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]:
        iterator = streams.get_shard_iterator(
            StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
        )["ShardIterator"]
        while iterator:
            answer = streams.get_records(ShardIterator=iterator)
            records += answer["Records"]
            iterator = answer["Records"] and answer.get("NextShardIterator")
    return records


def bulk(*addresses: str) -> dict[str, Any]:
    entries = [{"Destination": {"ToAddresses": [address]}} for address in addresses]
    template = {"TemplateContent": {"Subject": "s", "Text": "t"}, "TemplateData": "{}"}
    content = {"DefaultContent": {"Template": template}, "BulkEmailEntries": entries}
    return {"FromEmailAddress": "hello@example.com", **content}


def test_mail(clients: Clients) -> None:
    calm = Calm()
    ses = clients.client("sesv2")
    ses.create_email_identity(EmailIdentity="hello@example.com")
    simulated_ses = SimulatedSes(calm.network)
    request = bulk("a@example.com", "b@example.com")
    simulated = calm(lambda: simulated_ses.send_bulk_email(**request))["BulkEmailEntryResults"]
    real = ses.send_bulk_email(**request)["BulkEmailEntryResults"]
    assert [set(each) for each in simulated] == [set(each) for each in real]
    assert [each["Status"] for each in simulated] == [each["Status"] for each in real] == ["SUCCESS"] * 2
    template = {"TemplateContent": {"Subject": "s", "Text": "t"}, "TemplateData": "{}"}
    one = {
        "FromEmailAddress": "hello@example.com",
        "Destination": {"ToAddresses": ["c@example.com"]},
        "Content": {"Template": template},
    }
    assert set(calm(lambda: simulated_ses.send_email(**one))) == {"MessageId"}
    assert "MessageId" in ses.send_email(**one)
    account, real_account = calm(simulated_ses.get_account), ses.get_account()
    assert account["SendQuota"].keys() == real_account["SendQuota"].keys()
    assert account["SendingEnabled"] is real_account["SendingEnabled"] is True
    assert account["SendQuota"]["SentLast24Hours"] == 3


def test_mail_over_the_rate_and_the_quota() -> None:
    """What MiniStack does not know: SES's limits, over simulated time."""
    calm = Calm()
    ses = SimulatedSes(calm.network, rate=2, daily_quota=4, bulk_limited=True, bulk_seconds=0.35)

    def statuses(*addresses: str) -> Any:
        given = outcome(lambda: calm(lambda: ses.send_bulk_email(**bulk(*addresses))))
        return (
            given if isinstance(given, str) else [each["Status"] for each in given["BulkEmailEntryResults"]]
        )

    sent, over = "SUCCESS", "ACCOUNT_DAILY_QUOTA_EXCEEDED"
    assert statuses("a", "b", "c") == "TooManyRequestsException"
    assert statuses("a", "b") == [sent, sent]
    assert statuses("c") == "TooManyRequestsException"
    calm.world.now += 1
    assert statuses("c") == [sent]
    calm.world.now += 1
    assert statuses("d", "e") == [sent, over]
    calm.world.now += 24 * 60 * 60
    assert statuses("e") == [sent]
    assert ses.sent == dict.fromkeys("abcde", 1)
