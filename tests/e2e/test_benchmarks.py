"""What is measured is what happens: the peer is a working pipeline, and the meter counts its calls."""

import pytest

from benchmarks.aws_times import SECONDS
from benchmarks.bare_calls import bare_call_seconds
from benchmarks.end_to_end import run
from benchmarks.pipelines import REPLACING, ROWRELAY, USUAL, Kind
from benchmarks.prices import dollars_per_million, load_of

pytestmark = pytest.mark.e2e

ROWS = 230


def test_the_usual_way_takes_a_message_a_row_and_a_call_a_mail() -> None:
    measured = run(USUAL, ROWS, warm=False)  # which fails unless every row is recorded and mailed
    usage = measured.usage
    assert 0 < measured.first_record <= measured.first_mail <= measured.last_mail
    assert usage.calls["SendEmail"] == ROWS
    assert usage.calls["SendMessageBatch"] == ROWS / 10
    assert usage.entries["SendMessageBatch"] == usage.entries["BatchWriteItem"] == ROWS
    assert usage.invocations["process_csv"] == 1
    assert usage.emulator_seconds > 0
    assert usage.function_seconds > 0


@pytest.mark.parametrize("kind", [ROWRELAY, REPLACING])
def test_the_calls_are_counted_and_priced(kind: Kind) -> None:
    measured = run(kind, ROWS, warm=False)
    usage = measured.usage
    assert usage.entries["SendBulkEmail"] == ROWS
    mail_calls, chunks = usage.calls["SendBulkEmail"], usage.entries["SendMessageBatch"]
    assert chunks == 3
    load = load_of(measured, with_mail=True)
    # A record and a claim a mail; a receipt (two units a KB: at least one and at most six) and counters a
    # call; the import's entry, twice, its summary, and chunks.
    receipts = load.write_units - (2 * ROWS + 2 * mail_calls + chunks + 3)
    assert 2 * mail_calls <= receipts <= 2 * 6 * mail_calls
    assert load.mails == ROWS
    assert load.sqs_requests == 1 + 2 * usage.invocations["insert_records"]
    assert load_of(measured, with_mail=False).write_units == ROWS + chunks + 3
    assert dollars_per_million(measured, with_mail=True)["SES"] == pytest.approx(100)


def test_the_bare_calls_mail_everybody() -> None:
    assert bare_call_seconds(ROWS) > 0  # it fails unless SES took every mail


def test_as_aws_answers_every_call_takes_its_time() -> None:
    measured = run(ROWRELAY.slow, ROWS, warm=False)  # a call that aws_times.py does not know would fail
    calls = measured.usage.calls
    one_after_another = ("GetObject", "PutObject", "SendMessageBatch", "SendBulkEmail")
    assert all(calls[operation] for operation in one_after_another)
    assert measured.last_mail > sum(SECONDS[operation] for operation in one_after_another)
    assert sum(measured.usage.billed_seconds.values()) > SECONDS["SendBulkEmail"]
