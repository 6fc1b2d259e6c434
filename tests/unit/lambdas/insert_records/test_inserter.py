"""One chunk: what is written, dead-lettered and entered in the books, however often and wherever it ends."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from botocore.exceptions import ClientError

from lambdas.aws.sqs import QueueError
from lambdas.core.chunk import MAX_CHUNK_BYTES, parse_chunk
from lambdas.insert_records.inserter import Counts

from ...helpers.cloud import DEAD_LETTERS, IMPORT, IMPORTS, USERS, Cloud, chunk
from ...helpers.fakes import Killed, Lost, client_error, kill

pytestmark = pytest.mark.usefixtures("clock")
LARGE = "x" * 400 * 1024


def row(email: str | None, **values: Any) -> Mapping[str, Any]:
    return {"email": email, **values}


# Lines 2 and 3 are new, 4 repeats 2, 5 is in the table, 6 is too large, 7 has no key.
EVERY_KIND = chunk(
    (2, row("a")),
    (3, row("b")),
    (4, row("a")),
    (5, row("old")),
    (6, row("large", text=LARGE)),
    (7, row(None)),
)
EXPECTED = {"created": [2, 3], "duplicates": [4, 5], "failed": [6, 7]}


def cloud_with_a_record() -> Cloud:
    cloud = Cloud()
    cloud.dynamodb.put_item(TableName=USERS, Item={"email": {"S": "old"}, "import_id": {"S": "another"}})
    cloud.calls.made.clear()
    return cloud


def dead_lines(cloud: Cloud) -> list[int]:
    return [line for message in cloud.messages(DEAD_LETTERS) for line, _ in message["rows"]]


def test_every_row_of_a_chunk_ends_in_one_place() -> None:
    cloud = cloud_with_a_record()
    assert cloud.inserter().insert(EVERY_KIND) == Counts(created=2, duplicates=2, failed=2)
    assert cloud.lines() == EXPECTED
    assert sorted(email for (email,) in cloud.dynamodb.tables[USERS]) == ["a", "b", "old"]
    assert cloud.dynamodb.tables[USERS][("old",)]["import_id"] == {"S": "another"}
    assert dead_lines(cloud) == [6, 7]


def test_a_row_that_cannot_be_written_is_dead_lettered_with_the_reason() -> None:
    cloud = cloud_with_a_record()
    cloud.inserter().insert(EVERY_KIND)
    assert all(len(message["rows"]) == 1 for message in cloud.messages(DEAD_LETTERS))
    large, keyless = cloud.sqs.reasons(DEAD_LETTERS)
    assert "maximum allowed size" in large
    assert keyless == "the row has no value for the key email"


def test_the_same_chunk_again_comes_to_the_same() -> None:
    cloud = cloud_with_a_record()
    for _ in range(3):
        assert cloud.inserter().insert(EVERY_KIND) == Counts(created=2, duplicates=2, failed=2)
    assert cloud.lines() == EXPECTED


def test_the_same_rows_of_another_import_are_duplicates() -> None:
    cloud = Cloud()
    cloud.inserter().insert(chunk((2, row("a"))))
    other = chunk((2, row("a"))).replace(IMPORT, "another")
    assert cloud.inserter().insert(other) == Counts(duplicates=1)


def calls_of_a_run() -> int:
    cloud = cloud_with_a_record()
    cloud.inserter().insert(EVERY_KIND)
    return len(cloud.calls.made)


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("call", range(calls_of_a_run()))
def test_killed_at_any_call_and_delivered_again_it_comes_to_the_same(call: int, moment: str) -> None:
    cloud = cloud_with_a_record()
    getattr(cloud.calls, moment)[call] = kill
    with pytest.raises(Killed):
        cloud.inserter().insert(EVERY_KIND)
    cloud.inserter().insert(EVERY_KIND)
    assert cloud.lines() == EXPECTED
    assert set(dead_lines(cloud)) == {6, 7}


@pytest.mark.parametrize("call", range(calls_of_a_run()))
def test_run_beside_itself_it_comes_to_the_same(call: int) -> None:
    cloud = cloud_with_a_record()
    cloud.calls.before[call] = lambda: cloud.inserter().insert(EVERY_KIND)
    cloud.inserter().insert(EVERY_KIND)
    assert cloud.lines() == EXPECTED


@pytest.mark.parametrize("name", ["batch_execute_statement", "send_message_batch", "update_item"])
def test_a_lost_answer_makes_the_message_come_again_to_the_same_end(name: str) -> None:
    cloud = cloud_with_a_record()
    service = cloud.sqs if name == "send_message_batch" else cloud.dynamodb
    service.script(name, Lost(client_error("InternalServerError", status=500)))
    with pytest.raises(ClientError):
        cloud.inserter().insert(EVERY_KIND)
    cloud.inserter().insert(EVERY_KIND)
    assert cloud.lines() == EXPECTED


def test_a_row_that_is_not_dead_lettered_is_not_failed() -> None:
    cloud = cloud_with_a_record()
    cloud.sqs.script("send_message_batch", cloud.sqs.refuse("0", sender_fault=True))
    with pytest.raises(QueueError):
        cloud.inserter().insert(EVERY_KIND)
    assert cloud.lines() == {}


def test_a_dead_letter_keeps_the_rows_exact_values() -> None:
    cloud = Cloud()
    numbers = '"n":12345678901234567890.123456789012345678,"e":1E-100,"i":12345678901234567890123,"z":1.50'
    values = f'{{"email":null,{numbers},"t":"\\u00e9\\ud83d\\ude00","b":true,"none":null}}'
    body = f'{{"v":1,"import":"{IMPORT}","chunk":1,"rows":[[2,{values}]]}}'
    cloud.inserter().insert(body)
    (message,) = cloud.sqs.bodies(DEAD_LETTERS)
    assert parse_chunk(message) == parse_chunk(body)
    assert all(number in message for number in numbers.split(","))


def test_a_dead_letter_that_is_sent_back_is_created_and_failed_no_more() -> None:
    cloud = Cloud()
    cloud.dynamodb.script("batch_execute_statement", cloud.dynamodb.put_off("ValidationError", 0))
    price = '{"email":"a","price":0.10}'
    cloud.inserter().insert(f'{{"v":1,"import":"{IMPORT}","chunk":1,"rows":[[2,{price}]]}}')
    assert cloud.lines() == {"failed": [2]}
    (message,) = cloud.sqs.bodies(DEAD_LETTERS)
    assert cloud.inserter().insert(message) == Counts(created=1)
    assert cloud.lines() == {"created": [2]}
    assert cloud.dynamodb.tables[USERS][("a",)]["price"] == {"N": "0.10"}
    assert cloud.dynamodb.tables[USERS][("a",)]["import_line"] == {"N": "2"}


def test_of_a_key_that_stands_twice_the_first_row_is_written() -> None:
    cloud = Cloud()
    cloud.inserter().insert(chunk((2, row("a", n=1)), (3, row("a", n=2))))
    assert cloud.lines() == {"created": [2], "duplicates": [3]}
    assert cloud.dynamodb.tables[USERS][("a",)]["n"] == {"N": "1"}


def test_of_a_key_that_stands_twice_the_last_row_replaces() -> None:
    cloud = Cloud()
    cloud.inserter(replace=True).insert(chunk((2, row("a", n=1)), (3, row("a", n=2))))
    assert cloud.lines() == {"created": [3], "duplicates": [2]}
    assert cloud.dynamodb.tables[USERS][("a",)]["n"] == {"N": "2"}


def test_replacing_writes_what_is_in_the_table_anew() -> None:
    cloud = cloud_with_a_record()
    assert cloud.inserter(replace=True).insert(chunk((2, row("old", n=1)))) == Counts(created=1)
    assert cloud.dynamodb.tables[USERS][("old",)]["n"] == {"N": "1"}


POISON = [
    "",
    "no JSON",
    "[1]",
    "null",
    '{"v":2,"import":"i","chunk":1,"rows":[[2,{}]]}',
    '{"v":1,"import":"","chunk":1,"rows":[[2,{}]]}',
    f'{{"v":1,"import":"{"é" * 1017}","chunk":1,"rows":[[2,{{}}]]}}',
    f'{{"v":1,"import":"i","chunk":1,"rows":[[{10**38},{{}}]]}}',
    '{"v":1,"import":"i","chunk":0,"rows":[[2,{}]]}',
    '{"v":1,"import":"i","chunk":true,"rows":[[2,{}]]}',
    '{"v":1,"import":"i","chunk":1,"rows":[]}',
    '{"v":1,"import":"i","chunk":1,"rows":[[2]]}',
    '{"v":1,"import":"i","chunk":1,"rows":[["2",{}]]}',
    '{"v":1,"import":"i","chunk":1,"rows":[[2,{"n":1e999}]]}',
    "[" * 100_000,
]


@pytest.mark.parametrize("body", POISON, ids=lambda body: body[:60])
def test_a_message_that_is_no_chunk_is_dead_lettered_as_it_is(body: str) -> None:
    cloud = Cloud()
    assert cloud.inserter().insert(body) == Counts()
    assert cloud.sqs.bodies(DEAD_LETTERS) == [body]
    assert cloud.sqs.reasons(DEAD_LETTERS)[0].startswith("expected a chunk")
    assert not cloud.dynamodb.items(IMPORTS)


def test_giving_up_dead_letters_the_message_and_counts_its_rows_as_failed() -> None:
    cloud = Cloud()
    body = chunk((2, row("a")), (3, row("b")))
    cloud.inserter().give_up(body, "DynamoDB was out of reach")
    assert cloud.sqs.bodies(DEAD_LETTERS) == [body]
    assert cloud.sqs.reasons(DEAD_LETTERS) == ["DynamoDB was out of reach"]
    assert cloud.lines() == {"failed": [2, 3]}


@pytest.mark.parametrize("replace", [False, True])
def test_giving_up_a_message_dead_letters_the_rows_that_were_not_written(replace: bool) -> None:
    cloud = Cloud()
    rows = [(line, row(f"p{line}")) for line in range(2, 32)]  # 25 a call
    name = "batch_write_item" if replace else "batch_execute_statement"
    cloud.dynamodb.script(name, None, *[client_error("InternalServerError", status=500)] * 10)
    inserter = cloud.inserter(replace=replace)
    with pytest.raises(ClientError):
        inserter.insert(chunk(*rows))
    inserter.give_up(chunk(*rows), "because")
    assert cloud.lines() == {"created": [*range(2, 27)], "failed": [*range(27, 32)]}
    (message,) = cloud.sqs.bodies(DEAD_LETTERS)
    assert parse_chunk(message) == parse_chunk(chunk(*rows[25:]))


def test_giving_up_a_message_that_was_written_dead_letters_nothing() -> None:
    cloud = Cloud()
    body = chunk((2, row("a")), (3, row("b")))
    cloud.dynamodb.script("update_item", client_error("InternalServerError", status=500))
    with pytest.raises(ClientError):
        cloud.inserter().insert(body)
    cloud.inserter().give_up(body, "the ledger was out of reach")
    assert cloud.lines() == {"created": [2, 3]}
    assert cloud.sqs.bodies(DEAD_LETTERS) == []


@pytest.mark.parametrize("replace", [False, True])
def test_giving_up_a_key_that_came_twice_dead_letters_neither_of_its_rows(replace: bool) -> None:
    cloud = Cloud()
    body = chunk((2, row("a", n=1)), (3, row("a", n=2)))
    cloud.dynamodb.script("update_item", client_error("InternalServerError", status=500))
    inserter = cloud.inserter(replace=replace)
    with pytest.raises(ClientError):
        inserter.insert(body)
    inserter.give_up(body, "because")
    created, duplicate = (3, 2) if replace else (2, 3)
    assert cloud.lines() == {"created": [created], "duplicates": [duplicate]}
    assert cloud.sqs.bodies(DEAD_LETTERS) == []


def test_giving_up_finds_what_was_written_beside_an_impossible_key() -> None:
    cloud = Cloud()
    body = chunk((2, row("a")), (3, row("")), (4, row("b")))
    cloud.dynamodb.script("update_item", client_error("InternalServerError", status=500))
    with pytest.raises(ClientError):
        cloud.inserter().insert(body)
    cloud.inserter().give_up(body, "because")
    assert cloud.lines() == {"created": [2, 4], "failed": [3]}


def test_what_cannot_be_looked_up_is_not_given_up() -> None:
    cloud = Cloud()
    cloud.dynamodb.script("batch_get_item", client_error("AccessDeniedException"))
    with pytest.raises(ClientError):
        cloud.inserter().give_up(chunk((2, row("a"))), "because")
    assert (cloud.lines(), cloud.sqs.bodies(DEAD_LETTERS)) == ({}, [])


def test_a_row_whose_key_is_that_of_a_refused_one_is_no_duplicate() -> None:
    cloud = Cloud()
    cloud.inserter().insert(chunk((2, row("a", text=LARGE)), (3, row("a")), (4, row("b"))))
    assert cloud.lines() == {"created": [4], "failed": [2, 3]}
    assert cloud.sqs.reasons(DEAD_LETTERS)[1] == "the key is line 2's, too, which was not written"
    message = cloud.sqs.bodies(DEAD_LETTERS)[1]
    assert cloud.inserter().insert(message) == Counts(created=1)


def test_a_record_of_another_import_is_none_that_was_written() -> None:
    cloud = cloud_with_a_record()
    cloud.inserter().give_up(chunk((2, row("old")), (3, row("b"))), "because")
    assert cloud.lines() == {"failed": [2, 3]}


def test_a_message_that_was_given_up_may_be_sent_back() -> None:
    cloud = Cloud()
    body = chunk((2, row("a")), (3, row("b")))
    cloud.inserter().give_up(body, "DynamoDB was out of reach")
    assert cloud.inserter().insert(body) == Counts(created=2)
    assert cloud.lines() == {"created": [2, 3]}


def test_giving_up_what_was_recorded_before_changes_no_count() -> None:
    """The message came again because deleting it failed, and its last delivery met an outage."""
    cloud = Cloud()
    body = chunk((2, row("a")), (3, row("b")))
    cloud.inserter().insert(body)
    cloud.inserter().give_up(body, "DynamoDB was out of reach")
    assert cloud.lines() == {"created": [2, 3]}


def test_giving_up_a_message_that_is_no_chunk_dead_letters_it() -> None:
    cloud = Cloud()
    cloud.inserter().give_up("no JSON", "whatever")
    assert cloud.sqs.bodies(DEAD_LETTERS) == ["no JSON"]


def test_a_message_as_large_as_chunks_get_can_be_given_up() -> None:
    cloud = Cloud()
    body = chunk((2, row("a", text="")))
    body = body.replace('"text": ""', f'"text": "{"x" * (MAX_CHUNK_BYTES - len(body))}"')
    assert len(body) == MAX_CHUNK_BYTES
    cloud.inserter().give_up(body, "é" * 10_000)
    assert len(cloud.sqs.bodies(DEAD_LETTERS)) == 1


def test_a_row_that_is_no_item_is_dead_lettered_with_the_others_written() -> None:
    cloud = Cloud()
    rows = '[[2,{"email":"a"}],[3,{"email":"b","n":NaN}],[4,{"email":"c","n":1' + "0" * 40 + "}]]"
    cloud.inserter().insert(f'{{"v":1,"import":"{IMPORT}","chunk":1,"rows":{rows}}}')
    assert cloud.lines() == {"created": [2], "failed": [3, 4]}
    assert json.loads(cloud.sqs.bodies(DEAD_LETTERS)[1])["rows"][0][1]["n"] == 10**40


def test_a_dead_letter_reads_back_whatever_the_imports_id() -> None:
    cloud = Cloud()
    body = json.dumps({"v": 1, "import": 'a "quoted" \\ id', "chunk": 1, "rows": [[2, {}]]})
    cloud.inserter().insert(body)
    (message,) = cloud.sqs.bodies(DEAD_LETTERS)
    assert parse_chunk(message) == parse_chunk(body)
