"""Functions killed and calls that fail while rows flow: the books balance, and nobody is mailed twice."""

import pytest

from .accounts import Accounts, Uploaded
from .faults import Faults

pytestmark = pytest.mark.e2e


def run(faults: Faults, uploaded: Uploaded) -> Accounts:
    one = faults.pipeline.run_one(uploaded.data)
    accounts = Accounts(faults.pipeline, one, uploaded)
    accounts.check()
    assert faults.outstanding() == set()
    return accounts


def test_functions_killed_while_rows_flow(faults: Faults) -> None:
    # S3's event is tried three times.
    killed = {"SendMessageBatch": {"killed_after": 1}, "UpdateItem": {"killed_before": 1}}
    faults.strike("process_csv", killed)
    faults.strike(
        "insert_records",
        {
            "BatchExecuteStatement": {"killed_before": 3, "killed_after": 3},
            "UpdateItem": {"killed_before": 2, "killed_after": 2},
        },
    )
    faults.strike(
        "send_email",
        {
            "BatchExecuteStatement": {"killed_before": 1, "killed_after": 1},
            "TransactWriteItems": {"killed_before": 2, "killed_after": 2},
            "SendBulkEmail": {"killed_before": 1, "killed_after": 1},
            "SendMessageBatch": {"killed_after": 1},
        },
    )

    accounts = run(faults, Uploaded("killed", 1200))

    assert set(accounts.created.values()) == accounts.uploaded.addresses
    # Of each invocation that was killed, two groups of fifty at the most.
    assert 0 < accounts.one.books.held <= 9 * 2 * 50


def test_calls_that_fail_and_answers_that_are_lost(faults: Faults) -> None:
    faults.strike(
        "process_csv",
        {
            "GetObject": {"broken": 2},
            "SendMessageBatch": {"partial": 6, "twice": 6, "lost": 1},
            "PutItem": {"lost": 1},
            "PutObject": {"twice": 1},
        },
    )
    faults.strike(
        "insert_records",
        {
            "BatchExecuteStatement": {"partial": 10, "throttled": 3, "lost": 3, "twice": 6},
            "UpdateItem": {"throttled": 3, "lost": 3, "twice": 6},
        },
    )
    faults.strike(
        "send_email",
        {
            "BatchExecuteStatement": {"partial": 5, "throttled": 1, "lost": 2, "twice": 4},
            "TransactWriteItems": {"conflict": 5, "throttled": 1, "lost": 2, "twice": 4},
            "SendBulkEmail": {
                **{"throttled": 2, "lost": 1, "rejected": 2, "transient": 2},
                **{"rate": 1, "quota": 1, "paused": 1},
            },
            "SendMessageBatch": {"partial": 4, "twice": 4, "lost": 1},
        },
    )

    accounts = run(faults, Uploaded("failing", 1200))

    assert set(accounts.created.values()) == accounts.uploaded.addresses
    assert accounts.one.books.undeliverable > 0
    assert accounts.one.books.held > 0
