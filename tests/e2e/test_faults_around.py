"""What a function needs is taken from it and given back: its rows wait, and go on from where they were."""

import time

import pytest

from lambdas.core.import_entries import ImportStatus
from operations.imports import Import

from .accounts import Accounts, Uploaded
from .faults import RETRY_SECONDS, Faults
from .pipeline import until

pytestmark = pytest.mark.e2e

# Less than a slow call takes (faulty/sitecustomize.py).
SHORT_TIMEOUT = 2


def begun(faults: Faults, uploaded: Uploaded) -> Import:
    """The upload, when process_csv is done with it."""
    one = faults.pipeline.upload("users.csv", uploaded.data)
    until(lambda: faults.pipeline.watch.ledger.refresh(one).status == ImportStatus.DONE)
    return one


def check(faults: Faults, uploaded: Uploaded, one: Import) -> Accounts:
    """Wait until every row has ended, and see where: all were created, and none waits for an operator."""
    [ended] = faults.pipeline.watch.until_settled([one], lambda _: None)
    accounts = Accounts(faults.pipeline, ended, uploaded)
    accounts.check()
    assert set(accounts.created.values()) == uploaded.addresses
    return accounts


def test_permissions_withdrawn_and_given_back(faults: Faults) -> None:
    uploaded = Uploaded("denied", 600)
    with faults.without_permissions("insert_records"):
        one = begun(faults, uploaded)
        time.sleep(2 * RETRY_SECONDS)
        assert not faults.pipeline.items("table")
    with faults.without_permissions("send_email"):
        until(lambda: len(faults.pipeline.items("table")) == len(uploaded.addresses))
        assert len(faults.pipeline.mails()) < len(uploaded.addresses)
    accounts = check(faults, uploaded, one)
    assert accounts.one.books.mailed == len(uploaded.addresses)


def test_rows_not_written_in_time_are_dead_lettered_with_the_reason(faults: Faults) -> None:
    uploaded = Uploaded("refused", 200)
    faults.hasten(receives=2, visibility=15)
    with faults.without_permissions("insert_records", "WriteRecords"):
        one = begun(faults, uploaded)
        [ended] = faults.pipeline.watch.until_settled([one], lambda _: None)
    accounts = Accounts(faults.pipeline, ended, uploaded)
    accounts.check()
    assert accounts.failed == {line for line, address in uploaded.lines.items() if address}


def test_a_time_out_that_is_too_short(faults: Faults) -> None:
    uploaded = Uploaded("slow", 600)
    slow = {"slow_before": 1, "slow_after": 1}
    faults.strike("insert_records", {"BatchExecuteStatement": slow, "UpdateItem": slow})
    # send_email begins nothing that its time-out might cut short: the unit tests have that.
    faults.configure("insert_records", Timeout=SHORT_TIMEOUT)
    one = begun(faults, uploaded)
    until(lambda: not faults.outstanding())
    check(faults, uploaded, one)


def test_queues_and_stream_without_their_consumer(faults: Faults) -> None:
    uploaded = Uploaded("alone", 600)
    with faults.without_consumer("writer-queue"):
        one = begun(faults, uploaded)
        time.sleep(2 * RETRY_SECONDS)
        assert len(faults.pipeline.items("table")) < len(uploaded.addresses)
        assert faults.pipeline.watch.queues.waiting("queue_url")
    with faults.without_consumer(":dynamodb:"):
        until(lambda: len(faults.pipeline.items("table")) == len(uploaded.addresses))
        assert len(faults.pipeline.mails()) < len(uploaded.addresses)
    accounts = check(faults, uploaded, one)
    assert accounts.one.books.mailed == len(uploaded.addresses)


def test_a_stream_that_is_read_again(faults: Faults) -> None:
    uploaded = Uploaded("again", 300)
    one = begun(faults, uploaded)
    check(faults, uploaded, one)
    faults.read_stream_again()
    every = f"OK - {len(uploaded.addresses)} records"
    until(lambda: faults.mapping(":dynamodb:")["LastProcessingResult"] == every)
    assert check(faults, uploaded, one).one.books.mailed == len(uploaded.addresses)
