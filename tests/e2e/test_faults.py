"""Functions killed and calls that fail while rows flow: the books balance, and nobody is mailed twice."""

import pytest

from local.ses_limits import SesLimits
from operations.imports import Import

from .accounts import Accounts, Uploaded
from .faults import Faults
from .pipeline import until

pytestmark = pytest.mark.e2e

ROWS = 1200
PATIENCE_SECONDS = 240
# Half of it goes by bulk calls, of which one a second is taken, half by calls for one mail.
RATE = 100
# In two groups of fifty at the most, a function that was killed leaves mails of which nobody knows.
HELD_BY_A_KILL = 2 * 50


def check(faults: Faults, one: Import, uploaded: Uploaded) -> Accounts:
    """Wait until every row has ended and every fault has happened, and see where the rows are."""
    # A watch gives up sooner: function after function is killed before it has done anything.
    until(lambda: faults.pipeline.watch.ledger.refresh(one).balanced, PATIENCE_SECONDS)
    accounts = Accounts(faults.pipeline, faults.pipeline.watch.ledger.refresh(one), uploaded)
    accounts.check()
    assert faults.outstanding() == set()
    assert set(accounts.created.values()) == uploaded.addresses
    return accounts


def run(faults: Faults, uploaded: Uploaded) -> Accounts:
    """Upload the file, and check it; no round sends before every fault has happened."""
    with faults.without_schedule():
        one = faults.pipeline.upload("users.csv", uploaded.data)
        until(lambda: not faults.outstanding(), PATIENCE_SECONDS)
    with faults.rounds():
        return check(faults, one, uploaded)


def run_by_rounds(faults: Faults, uploaded: Uploaded) -> Accounts:
    """The same, of mails that rounds alone send, of which each bulk call but one a second is refused."""
    pipeline, gate = faults.pipeline, faults.pipeline.watch.mails.gate
    pipeline.deployment.limit_mails(
        SesLimits(max_send_rate=RATE, max_24_hour_send=-1, one_bulk_call_a_second=True)
    )
    gate.set_all_paused(paused=True)
    one = pipeline.upload("users.csv", uploaded.data)
    until(lambda: len(pipeline.owed()) == len(uploaded.addresses), 60)
    gate.set_all_paused(paused=False)
    with faults.rounds():
        return check(faults, one, uploaded)


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
            "BatchGetItem": {"killed_before": 1},
            "BatchExecuteStatement": {"killed_before": 1, "killed_after": 1},
            "TransactWriteItems": {"killed_before": 2, "killed_after": 2},
            "SendBulkEmail": {"killed_before": 1, "killed_after": 1},
        },
    )

    accounts = run(faults, Uploaded("killed", ROWS))

    assert 0 < accounts.one.books.held <= 9 * HELD_BY_A_KILL


def test_rounds_killed_while_they_send(faults: Faults) -> None:
    faults.strike(
        "mail_round",
        {
            "Query": {"killed_before": 1, "killed_after": 1},
            "GetAccount": {"killed_before": 1, "killed_after": 1},
            "UpdateItem": {"killed_before": 1, "killed_after": 2},
            "BatchGetItem": {"killed_before": 1},
            "BatchExecuteStatement": {"killed_before": 2, "killed_after": 2},
            "TransactWriteItems": {"killed_before": 2, "killed_after": 2},
            "SendBulkEmail": {"killed_before": 1, "killed_after": 1},
            "SendEmail": {"killed_before": 1, "killed_after": 1},
        },
    )

    accounts = run_by_rounds(faults, Uploaded("killed", ROWS))

    assert 0 < accounts.one.books.held <= 12 * HELD_BY_A_KILL
    assert accounts.one.books.mailed > 0


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
            "BatchGetItem": {"throttled": 1, "lost": 1},
            "BatchExecuteStatement": {"partial": 5, "throttled": 1, "lost": 2, "twice": 4},
            "TransactWriteItems": {"conflict": 5, "throttled": 1, "lost": 2, "twice": 4},
            # None of these says anything of other mails, which would leave the rest to the rounds.
            "SendBulkEmail": {"lost": 1, "rejected": 2, "transient": 2},
        },
    )

    accounts = run(faults, Uploaded("failing", ROWS))

    assert accounts.one.books.undeliverable > 0
    assert accounts.one.books.held > 0


def test_calls_of_rounds_that_fail_and_answers_that_are_lost(faults: Faults) -> None:
    faults.strike(
        "mail_round",
        {
            "Query": {"throttled": 2, "lost": 1},
            "GetAccount": {"throttled": 1, "lost": 1},
            "UpdateItem": {"throttled": 1, "lost": 2, "twice": 4},
            "BatchGetItem": {"throttled": 2, "lost": 1},
            "BatchExecuteStatement": {"partial": 5, "throttled": 1, "lost": 2, "twice": 4},
            "TransactWriteItems": {"conflict": 5, "throttled": 1, "lost": 2, "twice": 4},
            "SendBulkEmail": {
                # A throttled write loses what SES said of the mails of one call, and but one is throttled.
                **{"throttled": 1, "lost": 1, "rejected": 2, "transient": 1},
                **{"rate": 1, "quota": 1, "paused": 1},
            },
            "SendEmail": {"throttled": 3, "lost": 1},
        },
    )

    accounts = run_by_rounds(faults, Uploaded("failing", ROWS))

    assert accounts.one.books.undeliverable > 0
    assert accounts.one.books.held > 0


def test_what_ses_says_of_the_account_lets_further_mails_wait(faults: Faults) -> None:
    gate = faults.pipeline.watch.mails.gate
    with faults.rounds():
        for kind in ("throttled", "rate", "quota", "paused"):
            until(lambda: gate.read().door is None)
            faults.strike("send_email", {"SendBulkEmail": {kind: 1}})
            uploaded = Uploaded(kind, 100)
            one = faults.pipeline.upload("users.csv", uploaded.data)
            assert check(faults, one, uploaded).one.books.mailed == len(uploaded.addresses)
