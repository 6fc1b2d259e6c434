"""Mails from the table's stream and from the retry queue."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.core.mail import MailError, from_queue, from_stream, mail_of_record

from ...helpers.cloud import IMPORT, image, mail, stream_record

MESSAGE = json.loads(mail("a@example.com", 2).body())


def test_a_record_that_was_inserted_brings_a_mail() -> None:
    a_mail = from_stream(stream_record(image("a@example.com", 2)))
    assert a_mail
    assert (a_mail.import_id, a_mail.line, a_mail.reason) == (IMPORT, 2, "")
    assert a_mail.values()["email"] == "a@example.com"


@pytest.mark.parametrize("event", ["MODIFY", "REMOVE"])
def test_a_record_that_was_changed_or_removed_brings_none(event: str) -> None:
    record = stream_record(image("a@example.com", 2), event)
    if event == "REMOVE":
        del record["dynamodb"]["NewImage"]
    assert from_stream(record) is None


def test_every_delivery_of_an_insertion_is_the_same_mail() -> None:
    record = stream_record(image("a@example.com", 2))
    record["dynamodb"]["Keys"] = {"hash": {"S": "a"}, "range": {"N": "1"}}
    again = json.loads(json.dumps(record))
    again["dynamodb"]["Keys"] = {"range": {"N": "1"}, "hash": {"S": "a"}}
    again["dynamodb"]["SequenceNumber"] = "2"
    assert from_stream(record) == from_stream(again)


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
    assert from_queue(a_mail.body()) == a_mail


@pytest.mark.parametrize(
    "origin",
    [
        {"import_id": {"N": "7"}, "import_line": {"S": "seven"}},
        {"import_id": {"S": "i"}, "import_line": {"N": "1.5"}},
        {"import_id": {"S": "i"}, "import_line": {"N": "-1"}},
        {"import_id": {"S": "i"}, "import_line": {"N": "0"}},
        {"import_id": {"S": ""}, "import_line": {"N": "9" * 38}},
        {"import_id": {"S": "é" * 1025}, "import_line": {"N": "2"}},
    ],
)
def test_attributes_of_another_tables_that_only_look_like_ours_do_no_harm(origin: dict[str, Any]) -> None:
    a_mail = from_stream(stream_record({**image("a@example.com"), **origin}))
    assert a_mail
    assert from_queue(a_mail.body()) == a_mail


def test_values_are_text_as_a_person_reads_it() -> None:
    record = {
        "s": {"S": "Ünïcode\n"},
        "n": {"N": "12.50"},
        "yes": {"BOOL": True},
        "no": {"BOOL": False},
        "empty": {"S": ""},
    }
    a_mail = from_stream(stream_record(record))
    assert a_mail
    assert a_mail.values() == {"s": "Ünïcode\n", "n": "12.50", "yes": "true", "no": "false", "empty": ""}


def test_binary_reads_back_from_the_stream_and_from_the_table() -> None:
    bodies = []
    for value in ("AP8=", b"\x00\xff"):
        a_mail = from_stream(stream_record({"email": {"S": "a"}, "picture": {"B": value}}))
        assert a_mail
        bodies.append(a_mail.body())
    assert bodies[0] == bodies[1]
    assert from_queue(bodies[0]).image["picture"] == {"B": "AP8="}


def test_values_that_are_no_text_are_left_out() -> None:
    """Lambda hands binary values over as base64 text, which boto3's own deserializer refuses."""
    record = {
        "email": {"S": "a@example.com"},
        "null": {"NULL": True},
        "binary": {"B": "aGVsbG8="},
        "binaries": {"BS": ["aGVsbG8="]},
        "texts": {"SS": ["a"]},
        "list": {"L": [{"S": "a"}]},
        "map": {"M": {"a": {"B": "aGVsbG8="}}},
    }
    a_mail = from_stream(stream_record(record))
    assert a_mail
    assert a_mail.values() == {"email": "a@example.com"}
    assert from_queue(a_mail.body()) == a_mail


@given(st.dictionaries(st.text(), st.text()), st.text(), st.integers(1, 10**37))
def test_what_is_queued_reads_back(values: dict[str, str], reason: str, line: int) -> None:
    record = {name: {"S": value} for name, value in values.items()}
    a_mail = from_stream(
        stream_record({**record, "import_id": {"S": IMPORT}, "import_line": {"N": str(line)}})
    )
    assert a_mail
    a_mail = a_mail.with_reason(reason)
    assert from_queue(a_mail.body()) == a_mail


@given(st.text(st.characters(min_codepoint=0, max_codepoint=0x10FFFF), max_size=50))
def test_a_message_has_no_characters_that_sqs_refuses(text: str) -> None:
    body = mail("a@example.com", 2, name=text).body()
    assert re.fullmatch("[\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]*", body)
    assert body.encode()


def test_half_a_character_in_a_message_is_put_back_as_it_came() -> None:
    body = json.dumps({**MESSAGE, "image": {"name": {"S": "\ud800"}}})
    a_mail = from_queue(body)
    assert from_queue(a_mail.body()) == a_mail
    assert a_mail.body().encode()


def test_a_record_as_large_as_they_get_fits_a_message_in_any_script() -> None:
    for letter in ("a", "я", "漢", "😀"):
        name = letter * (400 * 1024 // len(letter.encode()))
        assert len(mail("a@example.com", 2, name=name).body().encode()) < 1024 * 1024


def without(name: str) -> Callable[[], str]:
    return lambda: json.dumps({key: value for key, value in MESSAGE.items() if key != name})


def having(**parts: Any) -> Callable[[], str]:
    return lambda: json.dumps({**MESSAGE, **parts})


POISON: dict[str, Callable[[], str]] = {
    "empty": str,
    "no JSON": lambda: "hello",
    "deep": lambda: "[" * 100_000,
    "no object": lambda: "[1]",
    "null": lambda: "null",
    "no version": without("v"),
    "another version": having(v=2),
    "no id": without("mail"),
    "an id that is a number": having(mail=7),
    "an id that is a list": having(mail=[]),
    "an empty id": having(mail=""),
    "an id that is none": having(mail="x" * 3000),
    "an import that is a number": having(**{"import": 7}),
    "a line that is text": having(line="7"),
    "a line that is true": having(line=True),
    "a line that no number holds": having(line=10**38),
    "no image": without("image"),
    "an image that is text": having(image="x"),
    "an image without types": having(image={"email": "a@example.com"}),
    "a reason that is a number": having(reason=7),
}


@pytest.mark.parametrize("name", POISON)
def test_a_message_that_is_no_mail_is_an_error_that_says_so(name: str) -> None:
    with pytest.raises(MailError, match=r"^expected a mail"):
        from_queue(POISON[name]())


def test_a_mail_has_the_same_id_read_from_the_stream_or_the_table() -> None:
    record = image("a@example.com", 2)
    assert mail_of_record({"email": record["email"]}, record) == from_stream(stream_record(record))
