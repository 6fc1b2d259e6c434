from collections.abc import Callable, Iterable, Sequence, Set
from dataclasses import dataclass, field, replace
from typing import Any, cast

from lambdas.core.books import Books
from operations.import_progress import Progress
from operations.import_reader import ImportReader
from operations.imports import GivenUp, Import
from operations.mails import StackMails
from operations.queues import Queues
from operations.watching import BOOKKEEPER, QUIET, REST, STALL, Watch

ALL = Books(read=2, accepted=2, created=2, mailed=2)
VISIBILITY = 100
START = 1_800_000_000.0
GIVEN_UP = [GivenUp("id", "key", "ValueError: no")]
BEFORE = [GivenUp("before", "key", "ValueError: no")]


@dataclass
class ScriptedPipeline:
    """A pipeline that plays a script: at each second, what its ledgers and its queues hold.

    `due` is when a mail that is owed is due, in seconds from the start.
    """

    ledger_at: Callable[[float], Import]
    queued_until: float = 0
    dead: dict[str, set[int]] = field(default_factory=dict)
    given_up: Sequence[GivenUp] = ()
    due: float | None = None
    shut: str = ""
    why: str = ""
    settled: bool = False
    known: frozenset[str] = frozenset()
    quota: bool = False
    now: float = 0
    shown: list[Sequence[Import]] = field(default_factory=list)
    peeks: int = 0

    def refresh(self, _one: Import, dead_lines: Set[int] = frozenset()) -> Import:
        found = self.ledger_at(self.now)
        return replace(found, books=replace(found.books, failed=found.books.failed + len(dead_lines)))

    def waiting(self, *_names: str) -> int:
        return int(self.now < self.queued_until)

    def longest_retry(self, *_names: str) -> int:
        return VISIBILITY

    def dead_lines(self) -> dict[str, set[int]]:
        self.peeks += 1
        return self.dead

    def ingest_failures(self) -> Sequence[GivenUp]:
        return self.given_up

    def first_due(self, import_ids: Iterable[str | None]) -> float | None:
        assert list(import_ids) == ["id"]
        return None if self.due is None else START + self.due

    def why_not(self, import_ids: Iterable[str | None]) -> str:
        assert list(import_ids) == ["id"]
        return self.shut

    def wait_for_quota(self) -> bool:
        return self.quota

    def time(self) -> float:
        return START + self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    def run(self) -> Import:
        services: Any = self
        ledger, queues = cast(ImportReader, services), cast(Queues, services)
        mails = cast(StackMails, services)
        watch = Watch(
            ledger,
            queues,
            mails,
            lambda: self.now,
            self.sleep,
            self.time,
            settled=self.settled,
            known=self.known,
        )
        [one] = watch.until_settled([Import("a.csv", "key")], self.shown.append)
        self.why = watch.why
        return one


def known(status: str, books: Books) -> Import:
    return Import("a.csv", "key", "id", status, books=books)


def test_it_ends_as_soon_as_the_books_balance() -> None:
    def ledger(now: float) -> Import:
        if now < 0.5:
            return Import("a.csv", "key")
        return known("reading", Books()) if now < 0.8 else known("done", ALL)

    pipeline = ScriptedPipeline(ledger)
    one = pipeline.run()
    assert (one.status, one.books, pipeline.why) == ("done", ALL, "")
    assert pipeline.now < 1
    assert pipeline.peeks == 0  # a run that goes well leaves the queues alone
    assert next(shown[0].status for shown in pipeline.shown if shown[0].id) == "reading"


def test_books_that_balance_before_reading_has_ended_do_not_end_it() -> None:
    pipeline = ScriptedPipeline(lambda now: known("reading", Books()) if now < 30 else known("done", ALL))
    assert pipeline.run().books == ALL


def test_rows_that_wait_in_a_queue_keep_it_waiting() -> None:
    half = Books(read=2, accepted=2, created=1, mailed=1)
    pipeline = ScriptedPipeline(lambda now: known("done", half if now < 60 else ALL), queued_until=60)
    assert pipeline.run().books == ALL


def test_when_the_queues_are_empty_and_nothing_changes_it_ends_unbalanced() -> None:
    lost = Books(read=2, accepted=2, created=1, mailed=1)
    pipeline = ScriptedPipeline(lambda _: known("done", lost))
    one = pipeline.run()
    assert not one.balanced
    assert pipeline.why == "nothing is on its way any more"
    assert REST <= pipeline.now < REST + 5


OWED = Books(read=2, accepted=2, created=2, mailed=1)


def test_it_goes_on_while_a_mail_is_owed_that_leaves_when_it_is_due() -> None:
    pipeline = ScriptedPipeline(lambda now: known("done", OWED if now < 1000 else ALL), due=990)
    assert pipeline.run().books == ALL
    assert pipeline.why == ""


def test_it_ends_and_says_why_where_a_mail_that_is_owed_does_not_leave() -> None:
    pipeline = ScriptedPipeline(lambda _: known("done", OWED), due=0, shut="the quota is used up")
    assert not pipeline.run().balanced
    assert pipeline.why == "mails wait: the quota is used up"
    assert REST <= pipeline.now < REST + 5


def test_a_mail_that_no_round_sends_though_it_is_due_ends_it_too() -> None:
    pipeline = ScriptedPipeline(lambda _: known("done", OWED), due=200)
    assert not pipeline.run().balanced
    assert pipeline.why.startswith("nothing has changed for 13")
    assert 200 + STALL + VISIBILITY <= pipeline.now < 200 + STALL + VISIBILITY + 20


def test_what_nobody_ever_reads_ends_when_no_queue_could_give_it_again() -> None:
    pipeline = ScriptedPipeline(lambda _: Import("a.csv", "key"))
    assert pipeline.run().status == "waiting"
    assert pipeline.now >= STALL + VISIBILITY


def test_a_message_that_is_stuck_ends_it_too() -> None:
    pipeline = ScriptedPipeline(lambda _: known("done", Books(read=1, accepted=1)), queued_until=10**9)
    assert not pipeline.run().balanced
    assert STALL + VISIBILITY <= pipeline.now < STALL + VISIBILITY + 20


def test_dead_lettered_chunks_balance_the_books() -> None:
    pipeline = ScriptedPipeline(lambda _: known("done", Books(read=2, accepted=2)), dead={"id": {2, 3}})
    one = pipeline.run()
    assert one.balanced
    assert one.books.failed == 2
    assert QUIET <= pipeline.now < REST


def test_an_upload_that_could_not_be_read_has_failed_with_the_reason() -> None:
    pipeline = ScriptedPipeline(lambda _: Import("a.csv", "key"), given_up=GIVEN_UP)
    one = pipeline.run()
    assert (one.status, one.id, one.reason) == ("failed", "id", "ValueError: no")
    assert not one.balanced
    assert pipeline.now < STALL


def test_an_upload_that_a_later_attempt_has_read_has_not_failed() -> None:
    def ledger(now: float) -> Import:
        return known("reading", Books()) if now < 3 else known("done", ALL)

    assert ScriptedPipeline(ledger, given_up=GIVEN_UP).run().status == "done"


SETTLED = Progress(settled_at="2026-01-31T12:00:00Z")


def settled_at(second: float, **pipeline: Any) -> ScriptedPipeline:
    """A watch until the ledger says settled, of an import that is accounted for at once and settled then."""

    def ledger(now: float) -> Import:
        return replace(known("done", ALL), progress=SETTLED if now >= second else Progress())

    return ScriptedPipeline(ledger, settled=True, **pipeline)


def test_until_settled_it_goes_on_though_every_row_is_accounted_for() -> None:
    pipeline = settled_at(100)
    assert pipeline.run().settled
    assert (pipeline.why, round(pipeline.now)) == ("", 100)
    assert not any(shown[0].settled for shown in pipeline.shown[:-1])


def test_books_that_nobody_settles_end_it() -> None:
    pipeline = settled_at(10**9)
    assert not pipeline.run().settled
    assert pipeline.why == "the books are not settled after 180 seconds"
    assert BOOKKEEPER <= pipeline.now < BOOKKEEPER + 5


def test_until_settled_what_the_bookkeeper_calls_stuck_ends_it() -> None:
    def ledger(now: float) -> Import:
        progress = Progress(stuck_since="2026-01-31T12:00:00Z" if now >= 20 else None)
        return replace(known("done", OWED), progress=progress)

    pipeline = ScriptedPipeline(ledger, settled=True)
    pipeline.run()
    assert pipeline.why == "a.csv is stuck, and waits for mails to leave: 1"
    assert 20 <= pipeline.now < 25


def test_until_settled_it_waits_for_the_quota_however_long() -> None:
    def ledger(now: float) -> Import:
        done = now >= 2 * (STALL + VISIBILITY)
        return replace(known("done", ALL if done else OWED), progress=SETTLED if done else Progress())

    pipeline = ScriptedPipeline(ledger, settled=True, due=0, shut="the quota is used up", quota=True)
    assert pipeline.run().settled
    assert pipeline.why == ""


def test_until_settled_mails_that_wait_for_a_person_end_it() -> None:
    pipeline = ScriptedPipeline(lambda _: known("done", OWED), settled=True, due=0, shut="all are paused")
    pipeline.run()
    assert pipeline.why == "mails wait: all are paused"


def test_until_settled_a_mail_in_the_stream_does_not_end_it() -> None:
    def ledger(now: float) -> Import:
        done = now >= 30  # the stream's batch failed at first
        return replace(known("done", ALL if done else OWED), progress=SETTLED if done else Progress())

    assert ScriptedPipeline(ledger, settled=True).run().settled


def test_until_settled_an_upload_that_was_given_up_ends_it() -> None:
    unknown = Import("a.csv", "key")
    pipeline = ScriptedPipeline(lambda _: unknown, given_up=GIVEN_UP, settled=True)
    assert pipeline.run().status == "failed"
    assert pipeline.why == "what is not settled was given up"


def test_what_was_given_up_of_an_object_before_hides_nothing_of_it_now() -> None:
    both = [*GIVEN_UP, *BEFORE]
    pipeline = ScriptedPipeline(lambda _: Import("a.csv", "key"), given_up=both, known=frozenset({"before"}))
    assert pipeline.run().id == "id"


def test_what_was_given_up_of_an_object_before_says_nothing_of_it_now() -> None:
    pipeline = settled_at(100, given_up=BEFORE, known=frozenset({"before"}))
    assert pipeline.run().status == "done"
    unread = ScriptedPipeline(
        lambda now: Import("a.csv", "key") if now < 50 else replace(known("done", ALL), progress=SETTLED),
        given_up=BEFORE,
        settled=True,
        known=frozenset({"before"}),
    )
    assert unread.run().settled
