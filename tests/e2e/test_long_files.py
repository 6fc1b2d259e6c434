"""A file that takes longer than an invocation may, read by several in turn, some of them killed."""

import pytest

from .accounts import Accounts, MostlyBad
from .faults import Faults

pytestmark = pytest.mark.e2e

TIMEOUT = 3  # seconds, of which a start takes two where much else runs


def test_a_file_that_takes_several_invocations_of_which_some_are_killed(faults: Faults) -> None:
    uploaded = MostlyBad("long", 300_000)
    faults.strike("process_csv", {"UpdateItem": {"killed_after": 1}, "Invoke": {"killed_before": 1}})
    faults.configure("process_csv", Timeout=TIMEOUT)

    accounts = Accounts(faults.pipeline, faults.pipeline.run_one(uploaded.data), uploaded)

    accounts.check()
    assert faults.outstanding() == set()
    assert set(accounts.created.values()) == uploaded.addresses
    assert not list(faults.pipeline.watch.queues.messages("ingest_failure_queue_url"))
    [entry] = [item for item in faults.pipeline.items("import_ledger") if item["part"] == "import"]
    assert entry["continuation"] >= 2
