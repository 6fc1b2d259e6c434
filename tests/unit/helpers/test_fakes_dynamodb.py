"""The fake DynamoDB against MiniStack: requests, and the handlers, get the same from both."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.clients import Clients
from local.emulator import emulator

from . import cloud
from .fakes_dynamodb import FakeDynamoDB

KEYS: Mapping[str, tuple[str, ...]] = {"people": ("email",), "ledger": ("import_id", "part")}
pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def ministack() -> Iterator[Any]:
    with emulator() as running:
        running.wait_until_ready()
        client = Clients(running.endpoint, running.access_key).client("dynamodb")
        for table, keys in {**KEYS, **cloud.KEYS}.items():
            client.create_table(
                TableName=table,
                AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in keys],
                KeySchema=[
                    {"AttributeName": key, "KeyType": kind}
                    for key, kind in zip(keys, ("HASH", "RANGE"), strict=False)
                ],
                BillingMode="PAY_PER_REQUEST",
            )
        yield client


def person(email: str, **attributes: Any) -> dict[str, Any]:
    return {"email": {"S": email}, **attributes}


Request = tuple[str, dict[str, Any]]


def transact(*operations: dict[str, Any]) -> Request:
    return "transact_write_items", {"TransactItems": list(operations)}


def batch(*emails: str) -> Request:
    return "batch_write_item", {
        "RequestItems": {"people": [{"PutRequest": {"Item": person(email)}} for email in emails]}
    }


def insert(*items: dict[str, Any]) -> Request:
    def statement(item: dict[str, Any]) -> dict[str, Any]:
        values = ",".join(f"""'{name.replace("'", "''")}':?""" for name in item)
        return {"Statement": f'INSERT INTO "people" VALUE {{{values}}}', "Parameters": list(item.values())}

    return "batch_execute_statement", {"Statements": list(map(statement, items))}


def put(item: dict[str, Any], **condition: Any) -> dict[str, Any]:
    return {"Put": {"TableName": "people", "Item": item, **condition}}


ABSENT = {
    "ConditionExpression": "attribute_not_exists(#key)",
    "ExpressionAttributeNames": {"#key": "email"},
    "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
}
EITHER = {
    "ConditionExpression": "attribute_not_exists(email) OR #state = :deferred",
    "ExpressionAttributeNames": {"#state": "state"},
    "ExpressionAttributeValues": {":deferred": {"S": "deferred"}},
    "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
}
CHUNK = {"import_id": {"S": "i"}, "part": {"S": "chunk#00000001"}}


def change(name: str, value: Any, condition: str, **values: Any) -> dict[str, Any]:
    names = {f"#{each}": each for each in ("state", "queued") if f"#{each}" in condition}
    return {
        "Update": {
            "TableName": "people",
            "Key": {"email": {"S": "a"}},
            "UpdateExpression": "SET #n = :n",
            "ConditionExpression": condition,
            "ExpressionAttributeNames": {**names, "#n": name},
            "ExpressionAttributeValues": {":n": value, **{f":{n}": of for n, of in values.items()}},
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }
    }


def update(expression: str, returning: str = "ALL_NEW", **values: list[str]) -> dict[str, Any]:
    return {
        "TableName": "ledger",
        "Key": CHUNK,
        "UpdateExpression": expression,
        "ExpressionAttributeNames": {f"#{name}": name for name in values},
        "ExpressionAttributeValues": {f":{name}": {"NS": of} for name, of in values.items()},
        "ReturnValues": returning,
    }


LARGE = "x" * 400 * 1024
YES, NO = {"BOOL": True}, {"BOOL": False}
CLAIMED = {"S": "claimed"}
COUNT = {
    "Update": {
        "TableName": "ledger",
        "Key": {"import_id": {"S": "i"}, "part": {"S": "mail#0"}},
        "UpdateExpression": "ADD #mailed :mailed, #held :held",
        "ExpressionAttributeNames": {"#mailed": "mailed", "#held": "held"},
        "ExpressionAttributeValues": {":mailed": {"N": "2"}, ":held": {"N": "1"}},
    }
}
# One after another against the same tables.
REQUESTS: list[Request] = [
    ("put_item", {"TableName": "people", "Item": person("a", state=CLAIMED), **ABSENT}),
    ("put_item", {"TableName": "people", "Item": person("a"), **ABSENT}),
    ("put_item", {"TableName": "people", "Item": person("")}),
    ("put_item", {"TableName": "people", "Item": {"name": {"S": "no key"}}}),
    ("put_item", {"TableName": "people", "Item": person("large", text={"S": LARGE})}),
    ("put_item", {"TableName": "people", "Item": person("z"), **ABSENT, "ExpressionAttributeNames": {}}),
    transact(put(person("b"), **ABSENT), put(person("c"), **ABSENT)),
    transact(put(person("d"), **ABSENT), put(person("c"), **ABSENT)),
    transact(put(person("d"), **ABSENT), put(person("d"))),
    transact(put(person("d"), **ABSENT), put(person(""), **ABSENT)),
    transact(*(put(person(f"p{n}"), **ABSENT) for n in range(100))),
    transact(*(put(person(f"q{n}"), **ABSENT) for n in range(101))),
    transact(put(person("a"), **EITHER)),
    transact(change("state", {"S": "deferred"}, "NOT #queued = :q", q=YES)),
    transact(put(person("a", state=CLAIMED), **EITHER)),
    transact(change("queued", YES, "NOT #queued = :q", q=YES)),
    transact(change("queued", YES, "#state = :s AND NOT #queued = :q", s=CLAIMED, q=YES)),
    transact(change("queued", NO, "#state = :s", s=CLAIMED, unused=NO)),
    transact(change("queued", NO, "#state = :s", s=CLAIMED)),
    ("update_item", update("ADD #failed :failed", failed=["2", "3"])),
    ("update_item", update("ADD #created :created DELETE #failed :failed", created=["2"], failed=["2", "9"])),
    ("update_item", update("ADD #created :created DELETE #failed :failed", created=["3"], failed=["3"])),
    ("update_item", update("DELETE #failed :failed", failed=["3"])),
    ("update_item", update("ADD #failed :failed", failed=["3", "3"])),
    ("update_item", update("ADD #failed :failed", failed=[])),
    transact(put(person("e"), **ABSENT), COUNT),
    transact(put(person("e"), **ABSENT), COUNT),
    batch("f"),
    batch("f", "f"),
    batch(*(f"r{n}" for n in range(26))),
    batch("g", ""),
    insert(person("h"), person("a"), person("i", **{"d'Artagnan": {"S": "x"}, "größe {?}": {"N": "1.5"}})),
    insert(person("j"), person(""), person("large", text={"S": LARGE}), person("j")),
    insert(*(person(f"s{n}") for n in range(26))),
    ("batch_get_item", {"RequestItems": {"people": {"Keys": [person("i"), person("none"), person("a")]}}}),
]


def answer(client: Any, name: str, request: dict[str, Any]) -> Any:
    try:
        given = getattr(client, name)(**request)
    except ClientError as error:
        reasons: Any = error.response.get("CancellationReasons", [])
        told = [(reason["Code"], reason.get("Item")) for reason in reasons]
        return error.response["Error"]["Code"], told, error.response.get("Item")
    for one in given.get("Responses", []) if name == "batch_execute_statement" else ():
        one["Error"] = one.get("Error", {}).get("Code")
    return _plain({name: of for name, of in given.items() if name != "ResponseMetadata"})


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: sorted(of) if name == "NS" else _plain(of) for name, of in value.items()}
    return value


def test_the_fake_answers_as_ministack_does(ministack: Any) -> None:
    fake = FakeDynamoDB(KEYS)
    for number, (name, request) in enumerate(REQUESTS):
        expected = answer(ministack, name, request)
        assert answer(fake, name, request) == expected, f"request {number}: {name} {request}"[:500]
    for table in KEYS:
        stored = [_plain(item) for item in ministack.scan(TableName=table)["Items"]]
        assert sorted(map(repr, map(_sorted, stored))) == sorted(map(repr, map(_sorted, fake.items(table))))


def _sorted(item: dict[str, Any]) -> dict[str, Any]:
    return dict(sorted(item.items()))


def run_handlers(pipeline: cloud.Cloud) -> None:
    """Every kind of row and mail, each delivered twice."""
    rows: list[tuple[int, Any]] = [
        (2, {"email": "a@example.com"}),
        (3, {"email": "a@example.com"}),
        (4, {"email": None}),
    ]
    group = [*cloud.mails(2), cloud.mail("nobody", 3), cloud.mail("free@example.com")]
    pipeline.ses.statuses["p1@example.com"] = {"Status": "MESSAGE_REJECTED"}
    for _ in range(2):
        pipeline.imports.begin(cloud.IMPORT, {"key": "uploads/a.csv"})
        pipeline.inserter().insert(cloud.chunk(*rows))
        pipeline.inserter(replace=True).insert(cloud.chunk((9, {"email": "z@example.com"}), number=2))
        pipeline.inserter().give_up(cloud.chunk(*rows), "because")
        pipeline.delivery.deliver(group, lambda: 60.0)
        pipeline.imports.finish(cloud.IMPORT, {"status": "done"})


def test_the_handlers_come_to_the_same_with_both(ministack: Any) -> None:
    fake, real = cloud.Cloud(), cloud.Cloud(ministack)
    run_handlers(fake)
    run_handlers(real)
    for table, keys in cloud.KEYS.items():
        items = ministack.scan(TableName=table)["Items"]
        real.dynamodb.tables[table] = {tuple(item[key]["S"] for key in keys): item for item in items}
    for books in (cloud.Cloud.lines, cloud.Cloud.ended, cloud.Cloud.states):
        assert books(real) == books(fake)
    assert real.dynamodb.tables[cloud.USERS].keys() == fake.dynamodb.tables[cloud.USERS].keys()
    assert real.ended() == {"mailed": 1, "undeliverable": 2}
