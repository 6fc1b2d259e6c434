"""Writing records: put if absent, or put whatever is there."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from lambdas.aws.backoff import ATTEMPTS
from lambdas.aws.dynamodb.outcomes import ItemExists, ItemRefused, ItemWritten, TableError
from lambdas.aws.tries import AdaptivePause, AdaptiveTries
from lambdas.core.chunk import Chunk
from lambdas.core.record import Record, records_of
from lambdas.insert_records.writer import put_always, put_if_absent

from ...helpers.clock import Clock
from ...helpers.cloud import IMPORT, KEYS, USERS
from ...helpers.fakes import Lost, client_error, invalid
from ...helpers.fakes_dynamodb import FakeDynamoDB

pytestmark = pytest.mark.usefixtures("clock")


def database() -> Any:
    return FakeDynamoDB(KEYS)


def records(count: int, import_id: str = IMPORT, first_line: int = 2, text: str = "") -> list[Record]:
    rows = [(first_line + n, {"email": f"p{n}", "text": text}) for n in range(count)]
    return list(records_of(Chunk(import_id, 1, rows), "email", "2026", last_wins=False).records)


def written_lines(dynamodb: FakeDynamoDB) -> list[int]:
    return sorted(int(item["import_line"]["N"]) for item in dynamodb.items(USERS))


WRITES: list[tuple[str, Any]] = [
    ("batch_execute_statement", lambda dynamodb: put_if_absent(dynamodb, USERS, "email")),
    ("batch_write_item", lambda dynamodb: put_always(dynamodb, USERS)),
]


class TestACallThatIsThrottledAsAWhole:
    """Which its client has tried again already."""

    @pytest.mark.parametrize(("call", "write"), WRITES)
    def test_is_made_again_while_there_is_time(self, call: str, write: Any, clock: Clock) -> None:
        dynamodb = database()
        dynamodb.script(call, *[client_error("ThrottlingException", "slow down")] * 20)
        tries = AdaptiveTries(AdaptivePause(), lambda: 1)
        assert write(dynamodb)(records(3), tries) == [ItemWritten()] * 3
        assert sum(clock.sleeps) > 0

    @pytest.mark.parametrize(("call", "write"), WRITES)
    def test_is_an_error_else(self, call: str, write: Any) -> None:
        dynamodb = database()
        dynamodb.script(call, client_error("ThrottlingException", "slow down"))
        with pytest.raises(ClientError, match="ThrottlingException"):
            write(dynamodb)(records(3))
        dynamodb.script(call, client_error("AccessDeniedException", "no"))
        with pytest.raises(ClientError, match="AccessDenied"):
            write(dynamodb)(records(3), AdaptiveTries(AdaptivePause(), lambda: 1))

    def test_is_an_error_with_its_code_once_the_time_is_up(self, clock: Clock) -> None:
        dynamodb, ends = database(), clock.now + 5
        dynamodb.script("batch_execute_statement", *[client_error("ThrottlingException", "slow down")] * 500)
        write = put_if_absent(dynamodb, USERS, "email")
        with pytest.raises(TableError, match="3 writes were put off") as raised:
            write(records(3), AdaptiveTries(AdaptivePause(), lambda: ends - clock.now))
        assert raised.value.code == "ThrottlingException"

    @pytest.mark.parametrize(("_call", "write"), WRITES)
    def test_is_not_begun_without_time(self, _call: str, write: Any) -> None:
        dynamodb = database()
        with pytest.raises(TableError, match="3 writes were put off 0 times"):
            write(dynamodb)(records(3), AdaptiveTries(AdaptivePause(), lambda: 0))
        assert not dynamodb.calls.made


class TestPutIfAbsent:
    def test_records_are_written(self) -> None:
        dynamodb = database()
        write = put_if_absent(dynamodb, USERS, "email")
        assert write(records(100)) == [ItemWritten()] * 100
        assert written_lines(dynamodb) == list(range(2, 102))
        requests = dynamodb.calls.named("batch_execute_statement")
        assert [len(request["Statements"]) for request in requests] == [25] * 4
        assert len(dynamodb.calls.made) == 4

    def test_no_records_make_no_call(self) -> None:
        dynamodb = database()
        assert put_if_absent(dynamodb, USERS, "email")([]) == []
        assert not dynamodb.calls.made

    def test_a_stored_record_is_untouched_and_told(self) -> None:
        dynamodb = database()
        write = put_if_absent(dynamodb, USERS, "email")
        write(records(1, "another-import", text="first"))
        first, second = write(records(2, text="second"))
        assert isinstance(first, ItemExists)
        assert first.item["text"] == {"S": "first"}
        assert second == ItemWritten()
        assert dynamodb.tables[USERS][("p0",)]["text"] == {"S": "first"}

    def test_a_record_of_another_line_of_this_import_is_a_duplicate(self) -> None:
        dynamodb = database()
        write = put_if_absent(dynamodb, USERS, "email")
        write(records(1, first_line=2))
        (outcome,) = write(records(1, first_line=3))
        assert isinstance(outcome, ItemExists)

    def test_a_record_without_an_origin_is_a_duplicate(self) -> None:
        dynamodb = database()
        dynamodb.put_item(TableName=USERS, Item={"email": {"S": "p0"}})
        (outcome,) = put_if_absent(dynamodb, USERS, "email")(records(1))
        assert isinstance(outcome, ItemExists)

    def test_its_own_earlier_write_counts_as_written(self) -> None:
        dynamodb = database()
        write = put_if_absent(dynamodb, USERS, "email")
        dynamodb.script("batch_execute_statement", Lost(client_error("InternalServerError", status=500)))
        with pytest.raises(ClientError):
            write(records(3))
        assert write(records(3)) == [ItemWritten()] * 3

    def test_a_record_that_dynamodb_refuses_leaves_its_neighbours_alone(self) -> None:
        dynamodb = database()
        rows = records(100)
        rows[41] = records(1, first_line=43, text="x" * 400 * 1024)[0]
        rows[41].item["email"] = {"S": "large"}
        outcomes = put_if_absent(dynamodb, USERS, "email")(rows)
        assert isinstance(outcomes[41], ItemRefused)
        assert "maximum allowed size" in outcomes[41].reason
        assert outcomes.count(ItemWritten()) == 99


class TestPutAlways:
    def test_twenty_five_records_travel_in_one_call(self) -> None:
        dynamodb = database()
        assert put_always(dynamodb, USERS)(records(60)) == [ItemWritten()] * 60
        requests = dynamodb.calls.named("batch_write_item")
        assert [len(request["RequestItems"][USERS]) for request in requests] == [25, 25, 10]
        assert written_lines(dynamodb) == list(range(2, 62))

    def test_what_is_there_is_replaced(self) -> None:
        dynamodb = database()
        put_always(dynamodb, USERS)(records(1, "another-import", text="first"))
        assert put_always(dynamodb, USERS)(records(1, text="second")) == [ItemWritten()]
        assert dynamodb.tables[USERS][("p0",)]["text"] == {"S": "second"}

    def test_unprocessed_items_are_sent_again_alone_after_a_pause(self, clock: Clock) -> None:
        dynamodb = database()
        dynamodb.script("batch_write_item", dynamodb.unprocessed(7), dynamodb.unprocessed(2))
        assert put_always(dynamodb, USERS)(records(20)) == [ItemWritten()] * 20
        requests = dynamodb.calls.named("batch_write_item")
        assert [len(request["RequestItems"][USERS]) for request in requests] == [20, 7, 2]
        assert len(dynamodb.items(USERS)) == 20
        assert len(clock.sleeps) == 2

    def test_writes_that_are_put_off_for_ever_are_an_error_that_says_how_many(self, clock: Clock) -> None:
        dynamodb = database()
        dynamodb.script("batch_write_item", *[dynamodb.unprocessed(3)] * 100)
        with pytest.raises(TableError, match=f"3 writes were put off {ATTEMPTS} times"):
            put_always(dynamodb, USERS)(records(3))
        assert len(clock.sleeps) == ATTEMPTS - 1

    @pytest.mark.parametrize("bad", [0, 13, 24])
    def test_a_record_that_dynamodb_refuses_leaves_its_neighbours_alone(self, bad: int) -> None:
        dynamodb = database()
        rows = records(25)
        rows[bad].item["email"] = {"S": ""}
        outcomes = put_always(dynamodb, USERS)(rows)
        assert isinstance(outcomes[bad], ItemRefused)
        assert outcomes.count(ItemWritten()) == 24

    def test_equal_keys_that_look_different_are_written_in_order(self) -> None:
        dynamodb = database()
        one, other = records(2)
        one.item["email"], other.item["email"] = {"N": "1"}, {"N": "1.0"}
        assert put_always(dynamodb, USERS)([one, other]) == [ItemWritten()] * 2
        assert written_lines(dynamodb) == [other.line]

    def test_any_other_error_is_the_callers(self) -> None:
        dynamodb = database()
        dynamodb.script("batch_write_item", client_error("AccessDeniedException"))
        with pytest.raises(ClientError, match="AccessDeniedException"):
            put_always(dynamodb, USERS)(records(2))

    def test_the_reason_is_dynamodbs_own(self) -> None:
        dynamodb = database()
        dynamodb.script("batch_write_item", invalid("Item size has exceeded"))
        assert put_always(dynamodb, USERS)(records(1)) == [ItemRefused("Item size has exceeded")]
