"""PartiQL in the embedded AWS, of a table like the mail ledger: conditions, the index, the stream, IAM."""

import uuid
from collections.abc import Iterator, Sequence
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from local.clients import Clients
from local.emulator import ACCOUNT, REGION, Emulator, emulator

from .tiny_policies import policy

pytestmark = pytest.mark.e2e
TABLE, INDEX = "mails", "by_due"
ARN = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{TABLE}"
CLAIM = (
    f'UPDATE "{TABLE}" SET "state"=? SET "claim"=? REMOVE "expires_at" '
    'WHERE "mail_id"=? AND "state"=? AND "claim"=?'
)
SET_DUE = f'UPDATE "{TABLE}" SET "due"=? WHERE "mail_id"=?'
SET_OUTBOX = f'UPDATE "{TABLE}" SET "outbox"=? WHERE "mail_id"=?'
DUE = {
    "TableName": TABLE,
    "IndexName": INDEX,
    "KeyConditionExpression": "outbox = :owed AND due <= :now",
    "ExpressionAttributeValues": {":owed": {"S": "owed"}, ":now": {"N": "100"}},
}


@pytest.fixture(scope="module")
def aws() -> Iterator[Emulator]:
    with emulator() as running:
        running.wait_until_ready()
        Clients(running.endpoint, running.access_key).client("dynamodb").create_table(
            TableName=TABLE,
            BillingMode="PAY_PER_REQUEST",
            KeySchema=[{"AttributeName": "mail_id", "KeyType": "HASH"}],
            AttributeDefinitions=[
                {"AttributeName": name, "AttributeType": type_}
                for name, type_ in (("mail_id", "S"), ("outbox", "S"), ("due", "N"))
            ],
            GlobalSecondaryIndexes=[
                {
                    "IndexName": INDEX,
                    "KeySchema": [
                        {"AttributeName": "outbox", "KeyType": "HASH"},
                        {"AttributeName": "due", "KeyType": "RANGE"},
                    ],
                    "Projection": {"ProjectionType": "KEYS_ONLY"},
                }
            ],
            StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
        )
        yield running


@pytest.fixture
def dynamodb(aws: Emulator) -> Any:
    """A client of the table, which holds one owed mail, "ann"."""
    client = Clients(aws.endpoint, aws.access_key).client("dynamodb")
    for item in client.scan(TableName=TABLE)["Items"]:
        client.delete_item(TableName=TABLE, Key={"mail_id": item["mail_id"]})
    owe(client, "ann", due="7")
    return client


def owe(dynamodb: Any, name: str, due: str) -> None:
    keys = {"outbox": {"S": "owed"}, "due": {"N": due}, "expires_at": {"N": "5"}}
    item = {"mail_id": {"S": name}, "state": {"S": "owed"}, "claim": {"S": "first"}, **keys}
    dynamodb.put_item(TableName=TABLE, Item=item)


def claim(name: str, state: str = "owed") -> dict[str, Any]:
    values = ("claimed", "second", name, state, "first")
    return {"Statement": CLAIM, "Parameters": [{"S": value} for value in values]}


def codes(dynamodb: Any, *statements: dict[str, Any]) -> list[str | None]:
    """For each statement of a batch the code of its error; None if it has none."""
    answers = dynamodb.batch_execute_statement(Statements=statements)["Responses"]
    return [answer.get("Error", {}).get("Code") for answer in answers]


def run(dynamodb: Any, text: str, *parameters: dict[str, Any]) -> str | None:
    [code] = codes(dynamodb, {"Statement": text, "Parameters": parameters})
    return code


def item(dynamodb: Any, name: str) -> dict[str, Any]:
    found: dict[str, Any] = dynamodb.get_item(TableName=TABLE, Key={"mail_id": {"S": name}})["Item"]
    return found


def due(dynamodb: Any) -> list[str]:
    return [found["mail_id"]["S"] for found in dynamodb.query(**DUE)["Items"]]


def test_an_update_is_done_if_its_condition_holds(dynamodb: Any) -> None:
    owe(dynamodb, "bob", "8")
    owe(dynamodb, "cyd", "9")
    failed = "ConditionalCheckFailed"
    statements = [claim("ann"), claim("nobody"), claim("bob", state="held"), claim("cyd"), claim("ann")]
    assert codes(dynamodb, *statements) == [None, failed, failed, None, failed]
    claimed = {"state": {"S": "claimed"}, "claim": {"S": "second"}}
    assert item(dynamodb, "ann").items() >= claimed.items()
    assert "expires_at" not in item(dynamodb, "ann")
    assert item(dynamodb, "bob")["state"] == {"S": "owed"}


def test_the_index_follows_an_update(dynamodb: Any) -> None:
    owe(dynamodb, "bob", "8")
    assert due(dynamodb) == ["ann", "bob"]
    assert run(dynamodb, SET_DUE, {"N": "9"}, {"S": "ann"}) is None
    assert due(dynamodb) == ["bob", "ann"]
    assert run(dynamodb, SET_DUE, {"N": "101"}, {"S": "bob"}) is None
    assert due(dynamodb) == ["ann"]
    both = f'UPDATE "{TABLE}" REMOVE "outbox" REMOVE "due" WHERE "mail_id"=?'
    assert run(dynamodb, both, {"S": "ann"}) is None
    assert due(dynamodb) == []
    again = f'UPDATE "{TABLE}" SET "outbox"=? SET "due"=? WHERE "mail_id"=?'
    assert run(dynamodb, again, {"S": "owed"}, {"N": "1"}, {"S": "ann"}) is None
    assert due(dynamodb) == ["ann"]
    assert dynamodb.query(**DUE)["Items"] == [
        {"mail_id": {"S": "ann"}, "outbox": {"S": "owed"}, "due": {"N": "1"}}
    ]


@pytest.mark.parametrize(
    ("statement", "value"),
    [
        (SET_DUE, {"S": "soon"}),
        (SET_DUE, {"NULL": True}),
        (SET_OUTBOX, {"S": ""}),
        (SET_OUTBOX, {"N": "1"}),
        (f'UPDATE "{TABLE}" SET "mail_id"=? WHERE "mail_id"=?', {"S": "other"}),
    ],
)
def test_a_value_that_no_key_may_have_is_refused(
    dynamodb: Any, statement: str, value: dict[str, Any]
) -> None:
    before = item(dynamodb, "ann")
    assert run(dynamodb, statement, value, {"S": "ann"}) == "ValidationError"
    assert item(dynamodb, "ann") == before


@pytest.mark.parametrize("wrong", [{"outbox": {"S": ""}}, {"due": {"S": "1"}}])
def test_an_insertion_of_such_a_value_is_refused(dynamodb: Any, wrong: dict[str, Any]) -> None:
    values = {"mail_id": {"S": "bob"}, "outbox": {"S": "owed"}, "due": {"N": "1"}, **wrong}
    insertion = f"INSERT INTO \"{TABLE}\" VALUE {{'mail_id': ?, 'outbox': ?, 'due': ?}}"
    assert run(dynamodb, insertion, *values.values()) == "ValidationError"
    assert due(dynamodb) == ["ann"]


def test_the_stream_tells_of_an_update(aws: Emulator, dynamodb: Any) -> None:
    streams = Clients(aws.endpoint, aws.access_key).client("dynamodbstreams")
    [stream] = streams.list_streams(TableName=TABLE)["Streams"]
    [shard] = streams.describe_stream(StreamArn=stream["StreamArn"])["StreamDescription"]["Shards"]
    position = streams.get_shard_iterator(
        StreamArn=stream["StreamArn"], ShardId=shard["ShardId"], ShardIteratorType="LATEST"
    )["ShardIterator"]
    before = item(dynamodb, "ann")
    codes(dynamodb, claim("ann"), claim("ann"), claim("nobody"))
    [record] = streams.get_records(ShardIterator=position)["Records"]
    assert record["eventName"] == "MODIFY"
    assert record["dynamodb"]["OldImage"] == before
    assert record["dynamodb"]["NewImage"] == item(dynamodb, "ann")


def as_role(aws: Emulator, *rights: tuple[str, str]) -> Any:
    """A DynamoDB client of a role that has these rights, each an action and a resource."""
    clients = Clients(aws.endpoint, aws.access_key)
    iam, name = clients.client("iam"), uuid.uuid4().hex
    trust = policy({"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"})
    arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    allowed = [{"Effect": "Allow", "Action": action, "Resource": resource} for action, resource in rights]
    iam.put_role_policy(RoleName=name, PolicyName="rights", PolicyDocument=policy(*allowed))
    key = clients.client("sts").assume_role(RoleArn=arn, RoleSessionName="session")["Credentials"]
    session = boto3.Session(key["AccessKeyId"], key["SecretAccessKey"], key["SessionToken"], REGION)
    return session.client("dynamodb", endpoint_url=aws.endpoint)


def denied(call: Any, *arguments: Any, **named: Any) -> str:
    with pytest.raises(ClientError) as caught:
        call(*arguments, **named)
    assert caught.value.response["Error"]["Code"] == "AccessDeniedException"
    return str(caught.value)


@pytest.mark.parametrize(
    "rights",
    [
        [("dynamodb:UpdateItem", ARN), ("dynamodb:PartiQLInsert", ARN)],
        [("dynamodb:PartiQLUpdate", f"{ARN}-of-others"), ("dynamodb:PartiQLUpdate", f"{ARN}/index/*")],
    ],
)
def test_an_update_needs_its_own_right_to_its_table(
    aws: Emulator, dynamodb: Any, rights: Sequence[tuple[str, str]]
) -> None:
    assert "dynamodb:PartiQLUpdate" in denied(codes, as_role(aws, *rights), claim("ann"))
    assert item(dynamodb, "ann")["state"] == {"S": "owed"}
    assert codes(as_role(aws, ("dynamodb:PartiQLUpdate", ARN), *rights), claim("ann")) == [None]


def test_a_query_of_an_index_needs_the_right_to_the_index(aws: Emulator, dynamodb: Any) -> None:
    del dynamodb
    for other in (ARN, f"{ARN}/index/other"):
        assert "dynamodb:Query" in denied(as_role(aws, ("dynamodb:Query", other)).query, **DUE)
    assert due(as_role(aws, ("dynamodb:Query", f"{ARN}/index/{INDEX}"))) == ["ann"]
