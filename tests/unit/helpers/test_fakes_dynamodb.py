"""The fake DynamoDB against MiniStack: requests, and the handlers, get the same from both."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pytest
from botocore.exceptions import ClientError

from lambdas.core.mail_gate import DoorKind, Sending
from local.clients import Clients
from local.emulator import emulator

from . import cloud
from .fakes_dynamodb import FakeDynamoDB
from .fakes_tables import IndexKeys

KEYS: Mapping[str, tuple[str, ...]] = {"people": ("email",), "ledger": ("import_id", "part")}
INDEXES: Mapping[str, Mapping[str, IndexKeys]] = {"people": {"by_due": {"outbox": "S", "due": "N"}}}
pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def ministack() -> Iterator[Any]:
    with emulator() as running:
        running.wait_until_ready()
        client = Clients(running.endpoint, running.access_key).client("dynamodb")
        for table, keys in {**KEYS, **cloud.KEYS}.items():
            indexes = {**INDEXES, **cloud.INDEXES}.get(table, {})
            types = dict.fromkeys(keys, "S")
            for of in indexes.values():
                types |= of
            of_indexes = [
                {"IndexName": name, "KeySchema": schema(of), "Projection": {"ProjectionType": "KEYS_ONLY"}}
                for name, of in indexes.items()
            ]
            client.create_table(
                TableName=table,
                AttributeDefinitions=[
                    {"AttributeName": key, "AttributeType": kind} for key, kind in types.items()
                ],
                KeySchema=schema(keys),
                BillingMode="PAY_PER_REQUEST",
                **({"GlobalSecondaryIndexes": of_indexes} if of_indexes else {}),
            )
        yield client


def schema(keys: Iterable[str]) -> list[dict[str, str]]:
    return [
        {"AttributeName": key, "KeyType": kind} for key, kind in zip(keys, ("HASH", "RANGE"), strict=False)
    ]


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


def updates(*statements: tuple[str, list[Any]], returning: str = "ALL_OLD") -> Request:
    """UPDATEs of people, given by what follows the table's name."""
    return "batch_execute_statement", {
        "Statements": [
            {
                "Statement": f'UPDATE "people" {text}',
                "Parameters": parameters,
                "ReturnValuesOnConditionCheckFailure": returning,
            }
            for text, parameters in statements
        ]
    }


SHIFT = 'SET "due"=? WHERE "email"=? AND "state"=?'


def owed(n: int, **attributes: Any) -> dict[str, Any]:
    return person(f"owed{n}", state={"S": "owed"}, outbox={"S": "o"}, due={"N": str(n)}, **attributes)


def due(condition: str = "#o = :o AND #d <= :d", until: Any = "9", **more: Any) -> Request:
    """A query on the index."""
    names, values = {"#o": "outbox", "#d": "due"}, {":o": {"S": "o"}, ":d": {"N": until}}
    return "query", {
        "TableName": "people",
        "IndexName": "by_due",
        "KeyConditionExpression": condition,
        "ExpressionAttributeNames": {name: of for name, of in names.items() if name in condition},
        "ExpressionAttributeValues": {name: of for name, of in values.items() if name in condition},
        **more,
    }


def parts(condition: str, **more: Any) -> Request:
    """A query on a table with a range key."""
    values = {":id": {"S": "i"}, ":first": {"S": "mail#0"}}
    return "query", {
        "TableName": "ledger",
        "KeyConditionExpression": condition,
        "ExpressionAttributeValues": {name: of for name, of in values.items() if name in condition},
        "ConsistentRead": True,
        **more,
    }


START = {**person("owed2"), "outbox": {"S": "o"}, "due": {"N": "2"}}


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


def together(*keys: dict[str, Any]) -> Request:
    gets = [{"Get": {"TableName": "people", "Key": key}} for key in keys]
    return "transact_get_items", {"TransactItems": gets}


KEPT = "SET #first = if_not_exists(#first, :first) ADD #failed :failed"
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
    ("update_item", update(KEPT, first=["1"], failed=["7"])),
    ("update_item", update(KEPT, first=["2"], failed=["8"])),
    transact(put(person("e"), **ABSENT), COUNT),
    transact(put(person("e"), **ABSENT), COUNT),
    together(person("e"), person("none"), person("a")),
    together(person("e"), person("e")),
    together(*(person(f"p{n}") for n in range(101))),
    batch("f"),
    batch("f", "f"),
    batch(*(f"r{n}" for n in range(26))),
    batch("g", ""),
    insert(person("h"), person("a"), person("i", **{"d'Artagnan": {"S": "x"}, "größe {?}": {"N": "1.5"}})),
    insert(person("j"), person(""), person("large", text={"S": LARGE})),
    insert(*(person(f"s{n}") for n in range(26))),
    ("batch_get_item", {"RequestItems": {"people": {"Keys": [person("i"), person("none"), person("a")]}}}),
    ("get_item", {"TableName": "people", "Key": person("i"), "ConsistentRead": True}),
    ("get_item", {"TableName": "people", "Key": person("none")}),
    ("get_item", {"TableName": "people", "Key": person("i", state=CLAIMED)}),
    # The index: an item without both of its attributes is not in it, and none may have another type.
    insert(owed(1), owed(2), owed(3, text={"S": "x"}), person("half", outbox={"S": "o"})),
    ("put_item", {"TableName": "people", "Item": person("text", outbox={"N": "1"})}),
    due(),
    due(until="2"),
    due("#o = :o AND #d < :d", "2"),
    due("#o = :o AND #d >= :d", "2"),
    due("#o = :o AND #d > :d", "2"),
    due("#o = :o AND #d = :d", "2.0"),
    due("#o = :o", Select="COUNT"),
    due("#o = :o", Limit=2),
    due("#o = :o", Limit=2, ExclusiveStartKey=START),
    due("#o = :o", Limit=1, ExclusiveStartKey=START),
    due("#o = :o", ExclusiveStartKey=START, ScanIndexForward=False),
    due("#o = :o", ScanIndexForward=False, Limit=1),
    due("#o = :o", ConsistentRead=True),
    due("#o = :o", IndexName="by_none"),
    due("#d = :d"),
    due("#o = :o", ExclusiveStartKey=person("owed2")),
    # PartiQL's updates.
    updates(
        (
            'SET "due"=? SET "state"=? REMOVE "text" WHERE "email"=? AND "state"=? AND "due"=?',
            [{"N": "4"}, CLAIMED, {"S": "owed3"}, {"S": "owed"}, {"N": "3"}],
        ),
        (SHIFT, [{"N": "9"}, {"S": "owed1"}, CLAIMED]),
        (SHIFT, [{"N": "9"}, {"S": "none"}, CLAIMED]),
    ),
    updates((SHIFT, [{"N": "9"}, {"S": "owed1"}, CLAIMED]), returning="NONE"),
    updates(('REMOVE "outbox" WHERE "email"=? AND "none"=?', [{"S": "owed1"}, YES])),
    updates(('REMOVE "outbox" REMOVE "none" WHERE "email"=?', [{"S": "owed1"}])),
    updates(('SET "due"=? WHERE "state"=?', [{"N": "9"}, CLAIMED])),
    updates(*((SHIFT, [{"N": "9"}, {"S": f"x{n}"}, CLAIMED]) for n in range(26))),
    updates(('SET "text"=? WHERE "email"=?', [{"S": LARGE}, {"S": "owed2"}])),
    due(),
    due("#o = :o", Select="COUNT"),
    parts("import_id = :id AND part >= :first"),
    parts("import_id = :id"),
    parts("import_id = :id", Limit=1, ScanIndexForward=False),
]
# What DynamoDB refuses, and MiniStack does not.
# https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchStatementError.html
STRICTER: list[tuple[Request, str]] = [
    (updates(('SET "email"=? WHERE "email"=?', [{"S": "b"}, {"S": "a"}])), "ValidationError"),
    (updates((SHIFT, [{"N": "9"}, {"S": "a"}])), "ValidationError"),
    (updates(('SET "due"=? WHERE "email"=?', [{"S": "9"}, {"S": "a"}])), "ValidationError"),
    (updates(*[(SHIFT, [{"N": "9"}, {"S": "a"}, CLAIMED])] * 2), "ValidationException"),
    (updates((SHIFT, [{"N": "9"}, {"S": ""}, CLAIMED])), "ValidationError"),
    (insert(person("j"), person("j")), "ValidationException"),
    (insert(person("text", outbox={"S": "o"}, due={"S": "1"})), "ValidationError"),
    (insert(person("empty", outbox={"S": ""})), "ValidationError"),
]


def answer(client: Any, name: str, request: dict[str, Any]) -> Any:
    try:
        given = getattr(client, name)(**request)
    except ClientError as error:
        reasons: Any = error.response.get("CancellationReasons", [])
        told = [(reason["Code"], reason.get("Item")) for reason in reasons]
        return error.response["Error"]["Code"], told, error.response.get("Item")
    for one in given.get("Responses", []) if name == "batch_execute_statement" else ():
        refused = one.get("Error", {})
        one["Error"] = refused.get("Code"), refused.get("Item")
    return _plain({name: of for name, of in given.items() if name != "ResponseMetadata"})


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: sorted(of) if name == "NS" else _plain(of) for name, of in value.items()}
    return value


def test_the_fake_answers_as_ministack_does(ministack: Any) -> None:
    fake = FakeDynamoDB(KEYS, indexes=INDEXES)
    for number, (name, request) in enumerate(REQUESTS):
        expected = answer(ministack, name, request)
        assert answer(fake, name, request) == expected, f"request {number}: {name} {request}"[:500]
    for table in KEYS:
        stored = [_plain(item) for item in ministack.scan(TableName=table)["Items"]]
        assert sorted(map(repr, map(_sorted, stored))) == sorted(map(repr, map(_sorted, fake.items(table))))


@pytest.mark.parametrize(("request_", "code"), STRICTER)
def test_what_only_the_fake_refuses(request_: Request, code: str) -> None:
    fake = FakeDynamoDB(KEYS, indexes=INDEXES)
    fake.put_item(TableName="people", Item=person("a", state=CLAIMED))
    before = fake.items("people")
    told = answer(fake, *request_)
    assert code == (told[0] if isinstance(told, tuple) else told["Responses"][0]["Error"][0])
    assert fake.items("people") == before


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
    waiting = [cloud.mail(f"w{n}@example.com", n + 10) for n in range(30)]
    pipeline.gate.set_sending("paused", Sending.PAUSED)
    for n in range(2):
        pipeline.imports.begin(cloud.IMPORT, {"key": "uploads/a.csv"})
        pipeline.inserter().insert(cloud.chunk(*rows))
        pipeline.inserter(replace=True).insert(cloud.chunk((9, {"email": "z@example.com"}), number=2))
        pipeline.inserter().give_up(cloud.chunk(*rows), "because")
        pipeline.delivery.deliver(group, lambda: cloud.FUNCTION_TIMEOUT)
        pipeline.imports.finish(cloud.IMPORT, {"status": "done"}, {})
        pipeline.gate.shut(DoorKind.PACED, "because", None)
        paused = cloud.mail(f"paused{n}@example.com", 99, import_id="paused")
        pipeline.delivery.deliver([*waiting, paused], lambda: cloud.FUNCTION_TIMEOUT)
        pipeline.mail_round().run()


@pytest.mark.slow
def test_the_handlers_come_to_the_same_with_both(ministack: Any) -> None:
    fake, real = cloud.Cloud(), cloud.Cloud(ministack)
    run_handlers(fake)
    run_handlers(real)
    for table, keys in cloud.KEYS.items():
        items = ministack.scan(TableName=table)["Items"]
        real.dynamodb.tables[table].update({tuple(item[key]["S"] for key in keys): item for item in items})
    for books in (cloud.Cloud.lines, cloud.Cloud.ended, cloud.Cloud.states):
        assert books(real) == books(fake)
    assert real.dynamodb.tables[cloud.USERS].keys() == fake.dynamodb.tables[cloud.USERS].keys()
    assert real.ended() == {"mailed": 31, "undeliverable": 2}
    assert sorted(each.due > 0 for each in real.outbox.owed("paused")) == [True] * 2
    assert real.gate.read(["paused"]).sending == {"paused": Sending.PAUSED}
