"""Mails from the table's stream, and from the table."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.core.mail import from_stream, mail_of_record, texts_of

from ...helpers.cloud import COLUMNS, IMPORT, image, mail, stream_record


def test_a_record_that_was_inserted_brings_a_mail() -> None:
    a_mail = from_stream(stream_record(image("a@example.com", 2)), COLUMNS)
    assert a_mail
    assert (a_mail.import_id, a_mail.line) == (IMPORT, 2)
    assert a_mail.columns == {"email": "a@example.com", "name": "Ann"}
    assert a_mail.record_key == {"email": {"S": "a@example.com"}}


@pytest.mark.parametrize("event", ["MODIFY", "REMOVE"])
def test_a_record_that_was_changed_or_removed_brings_none(event: str) -> None:
    record = stream_record(image("a@example.com", 2), event)
    if event == "REMOVE":
        del record["dynamodb"]["NewImage"]
    assert from_stream(record, COLUMNS) is None


def test_every_delivery_of_an_insertion_is_the_same_mail() -> None:
    record = stream_record(image("a@example.com", 2))
    record["dynamodb"]["Keys"] = {"hash": {"S": "a"}, "range": {"N": "1"}}
    again = json.loads(json.dumps(record))
    again["dynamodb"]["Keys"] = {"range": {"N": "1"}, "hash": {"S": "a"}}
    again["dynamodb"]["SequenceNumber"] = "2"
    assert from_stream(record, COLUMNS) == from_stream(again, COLUMNS)


def test_other_keys_lines_and_imports_are_other_mails() -> None:
    mails = [
        mail("a@example.com", 2),
        mail("b@example.com", 2),
        mail("a@example.com", 3),
        mail("a@example.com", 2, import_id="another"),
        mail("a@example.com"),
    ]
    assert len({each.mail_id for each in mails}) == len(mails)


def test_a_record_of_no_import_brings_a_mail_all_the_same() -> None:
    a_mail = mail("a@example.com")
    assert (a_mail.import_id, a_mail.line) == (None, None)


@pytest.mark.parametrize(
    ("origin", "line"),
    [
        ({"import_id": {"N": "7"}, "import_line": {"S": "seven"}}, None),
        ({"import_id": {"S": "i"}, "import_line": {"N": "1.5"}}, None),
        ({"import_id": {"S": "i"}, "import_line": {"N": "-1"}}, None),
        ({"import_id": {"S": "i"}, "import_line": {"N": "0"}}, 0),
        ({"import_id": {"S": ""}, "import_line": {"N": "9" * 38}}, 10**38 - 1),
        ({"import_id": {"S": "é" * 1017}, "import_line": {"N": "2"}}, 2),
    ],
)
def test_attributes_of_another_tables_that_only_look_like_ours_do_no_harm(
    origin: dict[str, Any], line: int | None
) -> None:
    a_mail = from_stream(stream_record({**image("a@example.com"), **origin}), COLUMNS)
    assert a_mail
    assert a_mail.line == line
    expected = "i" if origin["import_id"] == {"S": "i"} else None
    assert a_mail.import_id == expected


def test_values_are_text_as_a_person_reads_it() -> None:
    record = {
        "s": {"S": "Ünïcode\n"},
        "n": {"N": "12.50"},
        "yes": {"BOOL": True},
        "no": {"BOOL": False},
        "empty": {"S": ""},
    }
    texts = {"s": "Ünïcode\n", "n": "12.50", "yes": "true", "no": "false", "empty": ""}
    assert texts_of(record, list(record)) == texts


def test_values_that_are_no_text_are_left_out() -> None:
    """Lambda hands binary values over as base64 text, boto3 as bytes."""
    record = {
        "email": {"S": "a@example.com"},
        "null": {"NULL": True},
        "binary": {"B": "aGVsbG8="},
        "bytes": {"B": b"hello"},
        "binaries": {"BS": ["aGVsbG8="]},
        "texts": {"SS": ["a"]},
        "list": {"L": [{"S": "a"}]},
        "map": {"M": {"a": {"B": "aGVsbG8="}}},
    }
    assert texts_of(record, list(record)) == {"email": "a@example.com"}


def test_a_mail_has_only_the_columns_that_it_uses() -> None:
    record = {**image("a@example.com", 2), "salary": {"N": "7"}}
    assert mail_of_record({"id": {"S": "1"}}, record, ["name", "none"]).columns == {"name": "Ann"}


@given(st.dictionaries(st.text(), st.text()))
def test_any_texts_come_as_they_are(values: dict[str, str]) -> None:
    record = {name: {"S": value} for name, value in values.items()}
    assert texts_of(record, list(values)) == values


def test_a_mail_has_the_same_id_read_from_the_stream_or_the_table() -> None:
    record = image("a@example.com", 2)
    of_table = mail_of_record({"email": record["email"]}, record, COLUMNS)
    assert of_table == from_stream(stream_record(record), COLUMNS)


def test_the_id_of_a_mail_does_not_hang_on_its_columns() -> None:
    record = stream_record(image("a@example.com", 2))
    one, other = from_stream(record, []), from_stream(record, COLUMNS)
    assert one
    assert other
    assert one.mail_id == other.mail_id
    assert len(one.mail_id) == 32
