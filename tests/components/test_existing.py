"""What resources that exist must be like is looked at: errors say what is wrong, warnings what will be."""

from collections.abc import Callable, Mapping
from typing import Any

import pulumi
import pytest

from components import BufferedWriter, StreamNotifier

from .answers import ACCOUNT, REGION
from .recording import Recording, record
from .samples import IDENTITY_ARN, STREAM_ARN, TABLE_ARN, notifier_args, writer_args

MAPPING = "lambda/eventSourceMapping:EventSourceMapping"
# What the provider tells of a table such as a BufferedWriter makes.
SOUND = {
    "hashKey": "email",
    "rangeKey": "",
    "attributes": [{"name": "email", "type": "S"}],
    "streamEnabled": True,
    "streamViewType": "NEW_IMAGE",
}
Named = Callable[[str], Any]
NAMED: list[Named] = [str, pulumi.Output.from_input]


def a_table_is(monkeypatch: pytest.MonkeyPatch, unlike: Mapping[str, Any]) -> None:
    monkeypatch.setattr("tests.components.answers.TABLE", {**SOUND, **unlike})


def write_to_people(named: Named = str) -> Recording:
    def program() -> None:
        BufferedWriter("w", writer_args(table={"name": named("people"), "arn": TABLE_ARN}))

    return record(program)


def mail_from_stream(named: Named = str, stream_arn: str = STREAM_ARN) -> Recording:
    return record(lambda: StreamNotifier("n", notifier_args(stream_arn=named(stream_arn))))


WRONG_KEYS = [
    ({"hashKey": "id"}, "expected the hash key 'email', got 'id'"),
    ({"rangeKey": "at"}, "expected no range key, got 'at'"),
    (
        {"attributes": [{"name": "email", "type": "B"}]},
        "expected 'email' of one of the types S, N, got 'B'",
    ),
]


@pytest.mark.parametrize("named", NAMED)
@pytest.mark.parametrize(("unlike", "problem"), WRONG_KEYS)
def test_a_table_with_other_keys_is_refused(
    monkeypatch: pytest.MonkeyPatch, unlike: Mapping[str, Any], problem: str, named: Named
) -> None:
    a_table_is(monkeypatch, unlike)
    with pytest.raises(pulumi.RunError) as caught:
        write_to_people(named)
    assert str(caught.value) == (
        f"the table 'people': {problem}. Name a table that has these keys, or leave table out and have one "
        "created."
    )


def test_all_that_is_wrong_with_a_tables_keys_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    a_table_is(monkeypatch, {"hashKey": "id", "rangeKey": "at"})
    with pytest.raises(pulumi.RunError) as caught:
        write_to_people()
    assert str(caught.value).count("the table 'people': ") == 2


@pytest.mark.parametrize(
    "unlike",
    [
        {},
        {"attributes": [{"name": "email", "type": "N"}, {"name": "at", "type": "B"}]},
        {"streamEnabled": False, "streamViewType": ""},  # which only who sends mails needs
        # As little as mocks of somebody's own tests may tell.
        {"hashKey": None, "rangeKey": None, "attributes": None, "streamEnabled": None},
    ],
)
def test_a_table_that_will_do(monkeypatch: pytest.MonkeyPatch, unlike: Mapping[str, Any]) -> None:
    a_table_is(monkeypatch, unlike)
    recorded = write_to_people()
    assert recorded.messages == []
    assert recorded.component_outputs["w"]["stream_arn"] == "people/stream"


WRONG_STREAMS = [
    ({"streamViewType": "KEYS_ONLY"}, "the view type KEYS_ONLY"),
    ({"streamViewType": "OLD_IMAGE"}, "the view type OLD_IMAGE"),
    ({"streamEnabled": False, "streamViewType": ""}, "a table without a stream"),
]


@pytest.mark.parametrize("named", NAMED)
@pytest.mark.parametrize(("unlike", "got"), WRONG_STREAMS)
def test_a_stream_without_new_images_is_refused(
    monkeypatch: pytest.MonkeyPatch, unlike: Mapping[str, Any], got: str, named: Named
) -> None:
    a_table_is(monkeypatch, unlike)
    with pytest.raises(pulumi.RunError) as caught:
        mail_from_stream(named)
    assert str(caught.value) == (
        "the table 'people': expected a stream with the view type NEW_IMAGE or NEW_AND_OLD_IMAGES, "
        f"got {got}. Change the table's stream settings."
    )


@pytest.mark.parametrize("view", ["NEW_IMAGE", "NEW_AND_OLD_IMAGES", None])
def test_a_stream_that_will_do(monkeypatch: pytest.MonkeyPatch, view: str | None) -> None:
    a_table_is(monkeypatch, {"streamViewType": view})
    recorded = mail_from_stream()
    assert recorded.inputs(MAPPING, "n-send-email-stream")["eventSourceArn"] == STREAM_ARN


@pytest.mark.parametrize("place", [f"us-east-1:{ACCOUNT}", f"{REGION}:210987654321"])
def test_a_stream_of_another_account_or_region_is_not_asked(
    monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    a_table_is(monkeypatch, {"streamViewType": "KEYS_ONLY"})
    other = STREAM_ARN.replace(f"{REGION}:{ACCOUNT}", place)
    recorded = mail_from_stream(stream_arn=other)
    assert recorded.inputs(MAPPING, "n-send-email-stream")["eventSourceArn"] == other


@pytest.fixture
def preview(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pulumi.runtime, "is_dry_run", lambda: True)


@pytest.mark.usefixtures("preview")
def test_in_a_preview_what_the_update_may_put_right_is_warned_of(monkeypatch: pytest.MonkeyPatch) -> None:
    a_table_is(monkeypatch, {"hashKey": "id", "streamViewType": "KEYS_ONLY"})
    (keys,) = write_to_people(pulumi.Output.from_input).messages
    assert "expected the hash key 'email', got 'id'" in keys
    (view,) = mail_from_stream(pulumi.Output.from_input).messages
    assert "got the view type KEYS_ONLY" in view


@pytest.mark.usefixtures("preview")
def test_in_a_preview_what_is_of_another_program_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    a_table_is(monkeypatch, {"hashKey": "id", "streamViewType": "KEYS_ONLY"})
    with pytest.raises(pulumi.RunError, match="expected the hash key"):
        write_to_people()
    with pytest.raises(pulumi.RunError, match="got the view type KEYS_ONLY"):
        mail_from_stream()


def test_an_identity_that_waits_for_its_proof_is_warned_of(monkeypatch: pytest.MonkeyPatch) -> None:
    def mails() -> Recording:
        return record(lambda: StreamNotifier("n", notifier_args(identity_arn=IDENTITY_ARN)))

    assert mails().messages == []
    monkeypatch.setattr("tests.components.answers.VERIFIED", False)
    (warning,) = mails().messages
    assert warning == (
        "SES has not verified the identity 'example.com', and sends no mail from it until it has: mails will "
        "wait. Open the link that SES mailed to it, or, if it is a domain, add its DKIM records to its DNS."
    )
