"""A deployed pipeline with one fault at a time: `status` names the cause within a minute of it."""

import json
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from boto3.dynamodb.types import TypeSerializer

from lambdas.core.books import Books
from local.embedded import embedded_aws
from local.ses_limits import SesLimits
from operations.stack import Stack

from .command import commands_in, follow, found_by_commands, rowrelay
from .faults import Faults
from .pipeline import HEADER, Pipeline, comes_true, until
from .roles import take_away

pytestmark = pytest.mark.e2e
PATIENCE = 60


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Faults]:
    """A pipeline for one test, which commands find, with nothing in it."""
    with embedded_aws() as deployment:
        pipeline = Pipeline(deployment)
        with found_by_commands(pipeline, tmp_path):
            yield Faults(pipeline, tmp_path)


def people(count: int = 3, tag: str = "person") -> bytes:
    return HEADER + b"".join(b"%s%d@example.com,Ada,,,,\n" % (tag.encode(), n) for n in range(count))


def told(code: int, cause: str, *words: str) -> dict[str, Any]:
    """What status says of the cause, with its exit code, once it does; these words are in there."""
    seen: list[tuple[int, dict[str, Any]]] = []

    def found() -> list[dict[str, Any]]:
        seen[:] = [rowrelay("status")]
        ended, status = seen[0]
        return [
            each
            for each in status["findings"]
            if ended == code and each["cause"] == cause and all(word in each["what"] for word in words)
        ]

    assert comes_true(lambda: bool(found()), PATIENCE), (seen[0][0], seen[0][1]["findings"])
    return found()[0]


def well() -> bool:
    """Whether nothing is wrong."""
    return rowrelay("status")[0] == 0


def name_of(fresh: Faults, function: str) -> str:
    return str(fresh.pipeline.outputs["functions"][function])


def test_a_pipeline_at_rest(fresh: Faults) -> None:
    fresh.pipeline.run_one(people())
    code, status = rowrelay("status")
    assert (code, status["verdict"], commands_in(status)) == (0, "fine", [])
    assert [each["gravity"] for each in status["findings"]] == ["note"]  # nobody hears of its alarms
    assert status["total"]["mailed"] == 3
    assert status["account"]["open"] is True
    started = time.monotonic()
    rowrelay("status")
    assert time.monotonic() - started < 5


def test_a_thousand_imports_of_which_three_are_open(fresh: Faults, monkeypatch: pytest.MonkeyPatch) -> None:
    put_imports(fresh.pipeline, 1_000, still_open=3)
    calls = Counter[str]()
    monkeypatch.setattr("operations.stack._kept_stack", lambda: counted(fresh.pipeline, calls))
    started = time.monotonic()
    _, status = rowrelay("status", "--limit", "1")
    assert time.monotonic() - started < 5
    assert (status["total"]["imports"], status["total"]["read"]) == (1_000, 100_000)
    assert [one["import"] for one in status["imports"]] == [f"{n:020}" for n in (999, 2, 1, 0)]
    assert {one["waits_for"] for one in status["imports"]} == {None, "rows to be written: 1"}
    assert sum(calls.values()) < 100, calls  # whose chunks are read, each takes a call


def test_the_table_is_deleted(fresh: Faults) -> None:
    pipeline = fresh.pipeline
    pipeline.deployment.client("dynamodb").delete_table(TableName=pipeline.outputs["table"])
    pipeline.upload("a.csv", people())
    found = told(3, "gone", pipeline.outputs["table"], "does not exist")
    assert found["gravity"] == "blocked"
    told(3, "gone", f"{name_of(fresh, 'insert_records')} fails", "ResourceNotFound", "1 message waits")


def test_the_writers_permission_is_taken_away_and_given_back(fresh: Faults) -> None:
    fresh.hasten()
    with fresh.without_permissions("insert_records", "WriteRecords"):
        fresh.pipeline.upload("a.csv", people())
        found = told(3, "denied", name_of(fresh, "insert_records"), "not allowed: dynamodb:PartiQLInsert")
        assert found["since"]
    until(well, PATIENCE)


def test_ses_refuses_every_call_for_ever(fresh: Faults) -> None:
    fresh.pipeline.deployment.limit_mails(SesLimits(max_send_rate=0))
    fresh.pipeline.upload("a.csv", people())
    assert told(0, "refused", "3 mails wait: TooManyRequestsException")["gravity"] == "waits"
    fresh.pipeline.round()  # as the schedule does each minute
    found = told(3, "refused", "3 mails wait: TooManyRequestsException", "SES has taken none since")
    assert found["since"]


def test_ses_has_paused_the_account(fresh: Faults) -> None:
    fresh.pipeline.deployment.limit_mails(SesLimits(sending_enabled=False))
    fresh.pipeline.upload("a.csv", people())
    told(3, "refused", "3 mails wait", "paused")
    _, status = rowrelay("status")
    fresh.pipeline.deployment.limit_mails(None)
    assert follow(status, "rowrelay mails resume --all")[0] == 0
    fresh.pipeline.round()
    until(well, PATIENCE)


def test_the_notifiers_policy_is_gone(fresh: Faults) -> None:
    with fresh.without_permissions("send_email"):
        fresh.pipeline.upload("a.csv", people())
        told(3, "denied", name_of(fresh, "send_email"), "has no policy any more")
        told(3, "denied", "3 records wait for a mail")


def test_the_ingest_failure_queue_is_purged(fresh: Faults) -> None:
    pipeline = fresh.pipeline
    take_away(pipeline, "ingest-process-csv-policy", "SendChunks", "sqs:SendMessage")
    pipeline.upload("a.csv", people())
    until(lambda: pipeline.watch.queues.waiting("ingest_failure_queue_url") == 1, PATIENCE)
    assert "rowrelay redrive ingest --dry-run" in commands_in(rowrelay("status")[1])
    purge(pipeline, "ingest_failure_queue_url")
    found = told(3, "denied", "not allowed: sqs:SendMessage", "1 upload waits to be read")
    assert found["gravity"] == "blocked"


def test_the_dead_letter_queue_is_purged(fresh: Faults) -> None:
    pipeline = fresh.pipeline
    fresh.hasten(receives=2, visibility=8)
    with fresh.without_permissions("insert_records", "WriteRecords"):
        one = pipeline.upload("a.csv", people())
        until(lambda: pipeline.watch.queues.waiting("dead_letter_queue_url") == 1, PATIENCE)
        purge(pipeline, "dead_letter_queue_url")
    found = told(1, "lost", f"3 rows of {one.key} are neither written nor waiting")
    assert "upload the file again" in found["mend"]
    pipeline.deployment.client("s3").put_object(Bucket=pipeline.outputs["bucket"], Key=one.key, Body=people())
    until(well, PATIENCE)
    assert len(pipeline.records()) == 3


def test_a_mapping_is_disabled(fresh: Faults) -> None:
    with fresh.without_consumer(":sqs:"):
        fresh.pipeline.upload("a.csv", people())
        found = told(3, "disabled", name_of(fresh, "insert_records"), "is disabled", "1 message waits")
        assert found["since"]
    until(well, PATIENCE)


def test_a_function_is_deleted(fresh: Faults) -> None:
    for function in ("insert_records", "process_csv"):
        name = name_of(fresh, function)
        fresh.pipeline.deployment.client("lambda").delete_function(FunctionName=name)
        told(3, "gone", f"the function {name} does not exist")


def test_the_daily_quota_is_used_up(fresh: Faults) -> None:
    fresh.pipeline.deployment.limit_mails(SesLimits(max_send_rate=200, max_24_hour_send=10))
    fresh.pipeline.upload("a.csv", people(20))
    found = told(0, "quota", "daily quota", "used", "10 mails wait")
    assert found["gravity"] == "waits"


def test_a_failure_queue_that_fills_and_one_that_is_gone(fresh: Faults) -> None:
    pipeline = fresh.pipeline
    sqs, url = pipeline.deployment.client("sqs"), pipeline.outputs["dead_letter_queue_url"]
    for n in range(1_200):
        sqs.send_message(QueueUrl=url, MessageBody=f"poison {n}")
    found = told(1, "given_up", "1,200 messages with rows that could not be written")
    assert found["command"] == "rowrelay redrive writer --dry-run"
    assert rowrelay(*found["command"].split()[1:])[0] == 0
    sqs.delete_queue(QueueUrl=url)
    told(1, "gone", "the dead-letter queue", "does not exist")


def test_the_rounds_rule_is_disabled(fresh: Faults) -> None:
    pipeline = fresh.pipeline
    with fresh.without_schedule():
        told(1, "disabled", f"nothing invokes {name_of(fresh, 'mail_round')}", "is disabled")
        pipeline.deployment.limit_mails(SesLimits(max_send_rate=200, max_24_hour_send=2))
        pipeline.upload("a.csv", people())
        told(3, "disabled", "1 mail waits to be sent")


def test_the_bookkeepers_rule_is_disabled(fresh: Faults) -> None:
    with fresh.without_schedule("bookkeeper"):
        told(1, "disabled", f"nothing invokes {name_of(fresh, 'bookkeeper')}", "none is settled")


def test_the_buckets_notification_is_gone(fresh: Faults) -> None:
    pipeline = fresh.pipeline
    pipeline.deployment.client("s3").put_bucket_notification_configuration(
        Bucket=pipeline.outputs["bucket"], NotificationConfiguration={}
    )
    told(3, "gone", f"nothing invokes {name_of(fresh, 'process_csv')}", "notification of it does not exist")


def test_what_the_operator_may_not_look_at_is_never_called_well(
    fresh: Faults, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert well()
    monkeypatch.setattr("operations.stack._kept_stack", lambda: as_operator(fresh.pipeline))
    code, status = rowrelay("status")
    assert code == 1
    unseen = [each["what"] for each in status["findings"] if each["gravity"] == "not_seen"]
    assert any("the table" in each and "dynamodb:DescribeTable" in each for each in unseen)
    assert any("the imports" in each for each in unseen)
    assert status["mails"] is None


def as_operator(pipeline: Pipeline) -> Any:
    """The stack, for somebody who may look at queues and at nothing else."""
    from local.access_key import AccessKey
    from local.clients import Clients

    iam = pipeline.deployment.client("iam")
    iam.create_user(UserName="operator")
    allowed = {"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
    iam.put_user_policy(UserName="operator", PolicyName="looks", PolicyDocument=policy)
    key = iam.create_access_key(UserName="operator")["AccessKey"]
    clients = Clients(pipeline.deployment.endpoint, AccessKey(key["AccessKeyId"], key["SecretAccessKey"]))
    return Stack("of the test", "", pipeline.outputs, clients.client)


def counted(pipeline: Pipeline, calls: Counter[str]) -> Stack:
    """The stack, for whoever counts the calls of its services."""

    def client(service: str) -> Any:
        made = pipeline.deployment.client(service)
        name = f"count {service}"
        made.meta.events.register(
            "before-call", lambda model, **_: calls.update([f"{service}.{model.name}"]), unique_id=name
        )
        return made

    return Stack("of the test", "", pipeline.outputs, client)


def put_imports(pipeline: Pipeline, number: int, *, still_open: int) -> None:
    """Enter imports of a hundred rows: the first have a row that is not written, the others are settled."""
    items: list[dict[str, Any]] = []
    counts = {"read": 100, "accepted": 100, "rejected": 0}
    settlement = {"settled_at": "2026-01-01T00:01:00Z", **asdict(Books(**counts, duplicates=100))}
    for n in range(number):
        of = {"import_id": f"{n:020}"}
        key = {"key": f"uploads/{n}.csv", "status": "done", "started_at": f"2026-01-01T00:00:00.{n:06}Z"}
        settled = {"settled_at": settlement["settled_at"], "settlement": settlement, "revision": 1}
        state = {"open": "open"} if n < still_open else settled
        items.append({**of, "part": "import", **key, **counts, **state})
        lines = set(range(2 + (n < still_open), 102))
        items.append({**of, "part": "chunk#00000001", "duplicates": lines})
    dynamodb, table = pipeline.deployment.client("dynamodb"), pipeline.outputs["import_ledger"]
    serialize = TypeSerializer().serialize
    for start in range(0, len(items), 25):
        puts = [
            {"PutRequest": {"Item": {name: serialize(value) for name, value in item.items()}}}
            for item in items[start : start + 25]
        ]
        dynamodb.batch_write_item(RequestItems={table: puts})


def purge(pipeline: Pipeline, queue: str) -> None:
    pipeline.deployment.client("sqs").purge_queue(QueueUrl=pipeline.outputs[queue])
    until(lambda: not pipeline.watch.queues.waiting(queue))
