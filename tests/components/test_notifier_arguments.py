"""What is wrong with a sender, an identity or a mail."""

import email
from email.policy import default
from typing import Any

import pytest

from components import StreamNotifier

from .problems import notifier_problems, problems_of
from .recording import record
from .samples import IDENTITY_ARN, notifier_args


def test_the_mail_uses_columns_that_there_are() -> None:
    mail = {"subject": "{{nickname}}", "text": "{{first_name}} {{age}}", "html": "<p>Hello</p>"}
    assert notifier_problems(mail=mail, columns=["first_name", "mail"]) == [
        "mail: uses the column 'age', which is not among the columns first_name, mail",
        "mail: uses the column 'nickname', which is not among the columns first_name, mail",
        "address_column: expected one of the columns first_name, mail, got 'email'",
    ]


@pytest.mark.parametrize("columns", [[], "email", [1]])
def test_there_is_a_column(columns: Any) -> None:
    (problem,) = notifier_problems(columns=columns)
    assert problem == f"columns: expected a list of at least one column, got {columns!r}"


@pytest.mark.parametrize(
    ("mail", "expected"),
    [
        ({"subject": "Hi", "text": "Hello"}, "mail: expected the texts subject, text, html"),
        ({"subject": "Hi", "text": "Hello", "html": 3}, "mail: expected the texts subject, text, html"),
        ({"subject": "Hi", "text": "Hello", "html": ""}, "mail: the html is empty"),
        ({"subject": "Hi {{", "text": "Hello", "html": "<p>"}, "mail: the subject has braces"),
        (
            {"subject": "Hi", "text": "Hello", "html": "x" * 3_000_000},
            "mail: subject, text and html: expected at most 500,000 bytes together, as JSON, got 3,000,0",
        ),
    ],
)
def test_mails_that_cannot_be_sent(mail: dict[str, Any], expected: str) -> None:
    (problem,) = notifier_problems(mail=mail)
    assert problem.startswith(expected)


@pytest.mark.parametrize(
    "sender",
    [
        "us",
        "us@example",
        "Us us@example.com",
        "a@b.com, c@d.com",
        "Us <us@example.com>\n",
        "Üs <ü@b.com>",
        "<us@example.com>",
        "Us<us@example.com>",
        "Us <us@example.com> ",
        "Us\r\nBcc: <us@example.com>",
    ],
)
def test_senders_that_are_none(sender: str) -> None:
    (problem,) = notifier_problems(sender=sender)
    assert problem.startswith("sender: expected an address, or Name <address>, got")


@pytest.mark.parametrize(
    ("sender", "header", "name"),
    [
        ("us@example.com", "us@example.com", ""),
        ("Us <us@example.com>", "Us <us@example.com>", "Us"),
        ("Name, Inc. <us@example.com>", '"Name, Inc." <us@example.com>', "Name, Inc."),
        ('"Name, Inc." <us@example.com>', '"Name, Inc." <us@example.com>', "Name, Inc."),
        ('"Quoted" Name <us@example.com>', r'"\"Quoted\" Name" <us@example.com>', '"Quoted" Name'),
        (r"Back\slash (us) <us@example.com>", r'"Back\\slash (us)" <us@example.com>', r"Back\slash (us)"),
        ("You <you@b.com> <us@example.com>", '"You <you@b.com>" <us@example.com>', "You <you@b.com>"),
        ("Zoë, Inc. <us@example.com>", "=?utf-8?b?Wm/DqywgSW5jLg==?= <us@example.com>", "Zoë, Inc."),
        ('"Müller & Co" <us@example.com>', "=?utf-8?b?TcO8bGxlciAmIENv?= <us@example.com>", "Müller & Co"),
    ],
)
def test_a_sender_as_a_header_has_it(sender: str, header: str, name: str) -> None:
    recorded = record(lambda: StreamNotifier("n", notifier_args(sender=sender)))
    told = recorded.inputs("lambda/function:Function", "n-send-email")["environment"]["variables"]["SENDER"]
    assert told == header
    # As a mail program reads it.
    (address,) = email.message_from_string(f"From: {told}\n\n", policy=default)["From"].addresses
    assert (address.display_name, address.addr_spec) == (name, "us@example.com")


@pytest.mark.parametrize(
    ("identity", "covered"),
    [
        ("us@mail.example.com", True),
        ("US@Mail.example.com", True),
        ("mail.example.com", True),
        ("example.com", True),
        ("other.com", False),
        ("ple.com", False),
        ("ex.us@mail.example.com", False),
        ("s@mail.example.com", False),
        ("not an identity", False),
    ],
)
def test_identities_that_cover_the_sender(identity: str, covered: bool) -> None:
    args = notifier_args(sender="us@mail.example.com", identity=identity)
    if covered:
        recorded = record(lambda: StreamNotifier("n", args))
        assert recorded.inputs("sesv2/emailIdentity:EmailIdentity", "n-identity") == {
            "emailIdentity": identity
        }
    else:
        (problem,) = problems_of(lambda: StreamNotifier("n", args))
        assert problem.startswith("identity: ")


def test_one_identity() -> None:
    assert notifier_problems(identity="example.com", identity_arn=IDENTITY_ARN) == [
        "identity_arn: contradicts identity; leave one out"
    ]
    assert notifier_problems(identity_arn="arn:aws:s3:::files") == [
        "identity_arn: expected arn:aws:ses:<region>:<account>:identity/<address or domain>, "
        "got 'arn:aws:s3:::files'"
    ]
    assert notifier_problems(identity_arn=IDENTITY_ARN.replace("example.com", "example.org")) == [
        "identity_arn: mail from us@example.com needs another identity than 'example.org'"
    ]
    assert notifier_problems(identity_arn="example.com") == [
        "identity_arn: expected arn:aws:ses:<region>:<account>:identity/<address or domain>, "
        "got 'example.com'"
    ]


def test_the_stream_is_told_by_its_arn() -> None:
    for wrong in ("people", "arn:aws:dynamodb:eu-central-1:123456789012:table/people"):
        told = f"stream_arn: expected the ARN of a table's stream, its stream_arn, got {wrong!r}"
        assert notifier_problems(stream_arn=wrong) == [told]


def test_a_function_has_time_for_a_mail() -> None:
    (problem,) = notifier_problems(function={"timeout_seconds": 30})
    expected = "a whole number from 120 to 900 (what its calls may take, Lambda's limit)"
    assert problem == f"function.timeout_seconds: expected {expected}, got 30"


def test_names_of_configuration_sets() -> None:
    (problem,) = notifier_problems(configuration_set="no spaces")
    assert problem.startswith("configuration_set: expected letters, digits, hyphens and underscores")
