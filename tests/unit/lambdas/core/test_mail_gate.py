"""Whether mails may leave: the door, and what an operator says of imports."""

from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from lambdas.core.mail_entries import EXPIRES_AT
from lambdas.core.mail_gate import Door, DoorKind, Sending, import_of, next_look
from lambdas.core.outbox import ListedImport
from lambdas.core.retry_delays import ASK_AGAIN_SECONDS

from ...helpers.clock import Clock
from ...helpers.cloud import IMPORT, MAILS, Cloud
from ...helpers.fakes import Lost, client_error

LOST = Lost(client_error("InternalServerError", status=500))
HOUR, DAY = 60 * 60, 24 * 60 * 60
pytestmark = pytest.mark.usefixtures("clock")


def item(cloud: Cloud, name: str) -> Any:
    return cloud.dynamodb.tables[MAILS].get((name,), {})


def shut(cloud: Cloud, kind: DoorKind = DoorKind.QUOTA) -> Door:
    cloud.gate.shut(kind, "because", cloud.gate.read().door)
    door = cloud.gate.read().door
    assert door
    return door


def test_where_nothing_was_written_everything_may_leave_at_once() -> None:
    standing = Cloud().gate.read([IMPORT, None])
    assert standing.door is None
    assert (standing.all_paused, standing.sending, standing.registered) == (False, {}, {})
    assert [standing.why_not_at_once(each) for each in (IMPORT, None)] == ["", ""]


def test_the_door_and_all_imports_are_read_in_one_call_and_consistently() -> None:
    cloud = Cloud()
    cloud.gate.read([IMPORT, None, IMPORT, "another"])
    ((name, request),) = cloud.calls.made
    assert name == "batch_get_item"
    assert request["RequestItems"][MAILS]["ConsistentRead"] is True
    assert len(request["RequestItems"][MAILS]["Keys"]) == 5


def test_a_door_that_is_shut_says_why_and_until_when(clock: Clock) -> None:
    cloud = Cloud()
    door = shut(cloud)
    assert (door.kind, door.reason, door.until) == (DoorKind.QUOTA, "because", clock.now + ASK_AGAIN_SECONDS)
    assert cloud.gate.read([IMPORT]).why_not_at_once(IMPORT) == "because"
    assert cloud.gate.read([IMPORT]).why_not(IMPORT) == ""  # a round may


@pytest.mark.parametrize("kind", DoorKind)
def test_only_a_paced_door_lets_rounds_send_without_a_look(kind: DoorKind, clock: Clock) -> None:
    door = Door(kind, "because", clock.now + 60, "stamp")
    assert door.shut == door.waits == (kind != DoorKind.PACED)


@pytest.mark.parametrize(
    ("seconds", "waits"), [(-1, False), (0, False), (1, True), (300, True), (360, True), (361, False)]
)
def test_a_shut_door_waits_until_its_look_and_no_longer_than_any_may(
    seconds: float, waits: bool, clock: Clock
) -> None:
    assert Door(DoorKind.QUOTA, "because", clock.now + seconds, "stamp").waits is waits


@pytest.mark.parametrize(
    ("kind", "seconds"),
    [(kind, ASK_AGAIN_SECONDS if kind in {DoorKind.QUOTA, DoorKind.PAUSED} else 300) for kind in DoorKind],
)
def test_a_round_looks_again_soon_where_asking_is_enough(
    kind: DoorKind, seconds: float, clock: Clock
) -> None:
    assert shut(Cloud(), kind).until - clock.now == seconds == next_look(kind) - clock.now


def test_of_two_who_saw_the_same_door_one_changes_it() -> None:
    cloud = Cloud()
    first = shut(cloud)
    cloud.gate.shut(DoorKind.PAUSED, "first", first)
    cloud.gate.shut(DoorKind.SET_UP, "second", first)
    cloud.gate.open(first)
    door = cloud.gate.read().door
    assert door
    assert (door.kind, door.reason) == (DoorKind.PAUSED, "first")


def test_who_saw_an_open_door_does_not_shut_one_that_is_shut() -> None:
    cloud = Cloud()
    first = shut(cloud)
    cloud.gate.shut(DoorKind.PACED, "second", None)
    assert cloud.gate.read().door == first


def test_a_door_that_was_opened_is_as_if_it_had_never_been_shut() -> None:
    cloud = Cloud()
    cloud.gate.open(shut(cloud))
    assert cloud.gate.read().door is None
    assert item(cloud, "door").keys() == {"mail_id"}
    shut(cloud)


def test_a_round_may_be_told_to_look_now_unless_the_door_has_changed() -> None:
    cloud = Cloud()
    first = shut(cloud, DoorKind.SET_UP)
    assert first.waits
    cloud.gate.look_now(first)
    door = cloud.gate.read([IMPORT]).door
    assert door == replace(first, until=0)
    assert not door.waits
    assert cloud.gate.read([IMPORT]).why_not_at_once(IMPORT)  # what is new still waits for the round
    second = shut(cloud)
    cloud.gate.look_now(first)
    assert cloud.gate.read().door == second


def test_a_door_whose_answer_was_lost_is_shut_all_the_same() -> None:
    cloud = Cloud()
    cloud.dynamodb.script("update_item", LOST)
    with pytest.raises(ClientError):
        cloud.gate.shut(DoorKind.QUOTA, "because", None)
    # What botocore sends again finds the door changed: by itself, which nobody can tell, nor need.
    noted = cloud.gate.read().door
    cloud.gate.shut(DoorKind.QUOTA, "because", None)
    assert cloud.gate.read().door == noted is not None


@pytest.mark.parametrize(
    ("sending", "why"),
    [
        (Sending.PAUSED, "an operator has paused the import's mails"),
        (Sending.CANCELLED, "an operator has cancelled the import's mails"),
    ],
)
def test_what_an_operator_says_holds_for_the_import_alone(sending: Sending, why: str) -> None:
    cloud = Cloud()
    assert cloud.gate.set_sending(IMPORT, sending)
    standing = cloud.gate.read([IMPORT, "another", None])
    assert standing.why_not(IMPORT) == standing.why_not_at_once(IMPORT) == why
    assert standing.why_not("another") == standing.why_not(None) == ""


def test_what_is_cancelled_stays_so() -> None:
    cloud = Cloud()
    cloud.gate.set_sending(IMPORT, Sending.CANCELLED)
    assert not cloud.gate.set_sending(IMPORT, Sending.PAUSED)
    assert not cloud.gate.set_sending(IMPORT, None)
    assert cloud.gate.set_sending(IMPORT, Sending.CANCELLED)  # its first answer may have been lost
    assert cloud.gate.read([IMPORT]).sending == {IMPORT: Sending.CANCELLED}


@pytest.mark.parametrize("sending", [Sending.PAUSED, None])
def test_what_is_paused_may_be_resumed_and_both_repeated(sending: Sending | None) -> None:
    cloud = Cloud()
    for _ in range(2):
        assert cloud.gate.set_sending(IMPORT, Sending.PAUSED)
    for _ in range(2):
        assert cloud.gate.set_sending(IMPORT, sending)
    assert cloud.gate.read([IMPORT]).sending == ({IMPORT: sending} if sending else {})


def test_all_mails_may_be_paused_with_one_word() -> None:
    cloud = Cloud()
    cloud.gate.set_sending("another", Sending.CANCELLED)
    cloud.gate.set_all_paused(paused=True)
    standing = cloud.gate.read([IMPORT, None])
    for import_id in (IMPORT, None):
        assert standing.why_not(import_id) == "an operator has paused all mails"
    cloud.gate.set_all_paused(paused=False)
    assert cloud.gate.read([IMPORT]).why_not_at_once(IMPORT) == ""
    assert cloud.gate.read(["another"]).sending == {"another": Sending.CANCELLED}


def test_an_import_is_registered_once_an_hour_at_no_cost_in_between(clock: Clock) -> None:
    cloud = Cloud()
    for _ in range(3):
        cloud.gate.register([IMPORT, IMPORT], cloud.gate.read([IMPORT]))
        clock.sleep(HOUR // 3)
    assert len(cloud.calls.named("update_item")) == 1
    cloud.gate.register([IMPORT], cloud.gate.read([IMPORT]))
    assert len(cloud.calls.named("update_item")) == 2
    assert cloud.outbox.imports() == [ListedImport(IMPORT, clock.now // HOUR * HOUR)]


def test_mails_of_no_import_are_registered_as_such() -> None:
    cloud = Cloud()
    cloud.gate.register([None], cloud.gate.read([None]))
    assert [each.import_id for each in cloud.outbox.imports()] == [None]
    assert import_of("import#-") is None
    assert import_of(f"import#{IMPORT}") == IMPORT


def test_registering_leaves_an_operators_word_and_takes_off_the_expiry() -> None:
    cloud = Cloud()
    cloud.gate.set_sending(IMPORT, Sending.PAUSED)
    cloud.gate.register([IMPORT], cloud.gate.read([IMPORT]))
    (listed,) = cloud.outbox.imports()
    cloud.gate.unlist(IMPORT, listed.registered, 30)
    cloud.gate.register([IMPORT], cloud.gate.read([IMPORT]))
    assert cloud.gate.read([IMPORT]).sending == {IMPORT: Sending.PAUSED}
    assert EXPIRES_AT not in item(cloud, f"import#{IMPORT}")


def test_an_import_leaves_the_list_and_expires_unless_it_was_entered_anew(clock: Clock) -> None:
    cloud = Cloud()
    cloud.gate.register([IMPORT], cloud.gate.read([IMPORT]))
    (listed,) = cloud.outbox.imports()
    clock.sleep(HOUR)
    cloud.gate.register([IMPORT], cloud.gate.read([IMPORT]))
    cloud.gate.unlist(IMPORT, listed.registered, 30)
    (listed,) = cloud.outbox.imports()
    assert EXPIRES_AT not in item(cloud, f"import#{IMPORT}")
    cloud.gate.unlist(IMPORT, listed.registered, 30)
    assert cloud.outbox.imports() == []
    assert item(cloud, f"import#{IMPORT}")[EXPIRES_AT] == {"N": str(int(clock.now) + 30 * DAY)}


def test_an_operators_word_takes_off_the_expiry() -> None:
    """Or a paused import would begin to leave by itself."""
    cloud = Cloud()
    cloud.gate.register([IMPORT], cloud.gate.read([IMPORT]))
    (listed,) = cloud.outbox.imports()
    cloud.gate.unlist(IMPORT, listed.registered, 30)
    cloud.gate.set_sending(IMPORT, Sending.PAUSED)
    assert EXPIRES_AT not in item(cloud, f"import#{IMPORT}")


def test_any_other_error_is_the_callers() -> None:
    cloud = Cloud()
    cloud.dynamodb.script("update_item", *[client_error("AccessDeniedException")] * 3)
    for write in (
        lambda: cloud.gate.shut(DoorKind.QUOTA, "because", None),
        lambda: cloud.gate.set_sending(IMPORT, None),
        lambda: cloud.gate.register([IMPORT], cloud.gate.read()),
    ):
        with pytest.raises(ClientError, match="AccessDeniedException"):
            write()
