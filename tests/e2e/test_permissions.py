"""The roles lack nothing and hold nothing unused: whatever action is taken away, something stops working.

The emulator does not check every action; those that it does not are listed here, and tests/components holds
them against AWS's documentation.
"""

import json
from collections.abc import Iterator

import pytest

from lambdas.core.import_entries import ImportStatus
from local.embedded import embedded_aws
from local.ses_limits import SesLimits
from operations.failed_invocation import reason_of

from .accounts import MostlyBad
from .faults import Faults
from .pipeline import HEADER, Pipeline, comes_true, until
from .roles import changed_statement, policies, restore, take_away

pytestmark = pytest.mark.e2e

# What the whole run may take in an idle pipeline; warm, it takes a fraction of a second.
COLD_SECONDS = 60.0
WARM_SECONDS = 4.0
# In any second; a bulk call of fifty leaves room for another at once, which is refused.
RATE = 100
WAITING = 200  # mails: two seconds' worth, so that bulk calls meet within one

# One that the emulator need not have: the roles' rights to it are asked for all the same.
KEY = {"kmsKeyArn": "arn:aws:kms:us-east-1:000000000000:key/1234abcd-12ab-34cd-56ef-1234567890ab"}
INGEST, WRITER = "ingest-process-csv-policy", "writer-insert-records-policy"
STREAM, ROUND = "notifier-send-email-policy", "notifier-mail-round-policy"
BOOKS, REPORTS = "ledger-bookkeeper-policy", "ingest-complete-reports"

CHECKED = [
    (INGEST, "ReadUploads", "s3:GetObject"),
    (INGEST, "WriteReports", "s3:PutObject"),
    (INGEST, "SendChunks", "sqs:SendMessage"),
    (INGEST, "KeepBooks", "dynamodb:PutItem"),
    (INGEST, "KeepBooks", "dynamodb:UpdateItem"),
    (INGEST, "UseKeyForFiles", "kms:Decrypt"),
    (INGEST, "UseKeyForFiles", "kms:GenerateDataKey"),
    (INGEST, "UseKeyForMessages", "kms:Decrypt"),
    (INGEST, "UseKeyForMessages", "kms:GenerateDataKey"),
    (INGEST, "UseKeyForItems", "kms:Decrypt"),
    (WRITER, "FindRecords", "dynamodb:BatchGetItem"),
    (WRITER, "WriteRecords", "dynamodb:PartiQLInsert"),
    (WRITER, "KeepBooks", "dynamodb:UpdateItem"),
    (WRITER, "SendDeadLetters", "sqs:SendMessage"),
    (WRITER, "UseKeyForMessages", "kms:Decrypt"),
    (WRITER, "UseKeyForMessages", "kms:GenerateDataKey"),
    (WRITER, "UseKeyForItems", "kms:Decrypt"),
    (STREAM, "ClaimMails", "dynamodb:BatchGetItem"),
    (STREAM, "ClaimMails", "dynamodb:PartiQLInsert"),
    (STREAM, "ClaimMails", "dynamodb:PartiQLUpdate"),
    (STREAM, "ClaimMails", "dynamodb:PutItem"),
    (STREAM, "ClaimMails", "dynamodb:UpdateItem"),
    (STREAM, "KeepBooks", "dynamodb:UpdateItem"),
    (STREAM, "SendMails", "ses:SendBulkEmail"),
    (STREAM, "SendMails", "ses:SendBulkTemplatedEmail"),
    (STREAM, "UseKeyForItems", "kms:Decrypt"),
    (ROUND, "ClaimMails", "dynamodb:BatchGetItem"),
    (ROUND, "ClaimMails", "dynamodb:PartiQLUpdate"),
    (ROUND, "ClaimMails", "dynamodb:PutItem"),
    (ROUND, "ClaimMails", "dynamodb:UpdateItem"),
    (ROUND, "FindDueMails", "dynamodb:Query"),
    (ROUND, "KeepBooks", "dynamodb:Query"),
    (ROUND, "KeepBooks", "dynamodb:UpdateItem"),
    (ROUND, "SendMails", "ses:SendBulkEmail"),
    (ROUND, "SendMails", "ses:SendBulkTemplatedEmail"),
    (ROUND, "SendMails", "ses:SendEmail"),
    (ROUND, "SendMails", "ses:SendTemplatedEmail"),
    (ROUND, "AskForQuota", "ses:GetAccount"),
    (ROUND, "UseKeyForItems", "kms:Decrypt"),
]
# What it takes to settle an import.
SETTLING = [
    (BOOKS, "FindOpenImports", "dynamodb:Query"),
    (BOOKS, "KeepBooks", "dynamodb:GetItem"),
    (BOOKS, "KeepBooks", "dynamodb:Query"),
    (BOOKS, "KeepBooks", "dynamodb:UpdateItem"),
    (BOOKS, "PublishSettlements", "events:PutEvents"),
    (BOOKS, "UseKeyForItems", "kms:Decrypt"),
    (REPORTS, "CompleteReports", "s3:GetObject"),
    (REPORTS, "CompleteReports", "s3:PutObject"),
    (REPORTS, "UseKeyForFiles", "kms:Decrypt"),
    (REPORTS, "UseKeyForFiles", "kms:GenerateDataKey"),
]
# What it takes to go on with a long file.
CONTINUING = [
    (INGEST, "KeepCheckpoints", "s3:PutObject"),
    (INGEST, "KeepCheckpoints", "s3:GetObject"),
    ("ingest-process-csv-continue", "Continue", "lambda:InvokeFunction"),
]
# What only two attempts beside each other need (the simulation has them), and what Lambda itself does in the
# role's name, which the emulator does without asking.
UNCHECKED = {
    "FindReports": {"s3:GetObject"},
    "WriteLog": {"logs:CreateLogStream", "logs:PutLogEvents"},
    "SendFailedEvents": {"sqs:SendMessage"},
    "SendFailures": {"sqs:SendMessage"},
    "UseKeyForMessages": {"kms:Decrypt", "kms:GenerateDataKey"},  # of send_email, to send failures
    "ReceiveChunks": {"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"},
    "ReadStream": {"dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"},
    "FindStream": {"dynamodb:ListStreams"},
}


def all_works(pipeline: Pipeline, policy: str, tag: str, seconds: float) -> bool:
    """Whether all ends as it should that takes this policy: rows, dead letters, mails at once and later."""
    at_once = policy == ROUND or leave_at_once(pipeline, tag, seconds)
    return at_once and (policy in (INGEST, WRITER) or leave_by_a_round(pipeline, tag, seconds))


def leave_at_once(pipeline: Pipeline, tag: str, seconds: float) -> bool:
    """Whether what needs no round ends so; a mail that another is sending is left to the rounds."""
    queues, dynamodb = pipeline.watch.queues, pipeline.deployment.client("dynamodb")
    dead = queues.waiting("dead_letter_queue_url")
    pipeline.deployment.client("sqs").send_message(
        QueueUrl=pipeline.outputs["queue_url"], MessageBody="poison"
    )
    no_address = {"email": {"S": f"no address {tag}"}, "import_id": {"S": tag}, "import_line": {"N": "2"}}
    dynamodb.put_item(TableName=pipeline.outputs["table"], Item=no_address)
    claimed = pipeline.put_claimed_record(f"claimed-{tag}@example.com")
    rows = f"{tag}@example.com,Ada,,,,\nclaimed-{tag}@example.com,Eve,,,,\nbad,,,,,\n"
    one = pipeline.upload("users.csv", HEADER + rows.encode())

    def ended() -> bool:
        found = pipeline.watch.ledger.refresh(one)
        return (
            found.status == ImportStatus.DONE
            and found.balanced
            and (found.books.mailed, found.books.duplicates) == (1, 1)
            and [entry["state"] for entry in pipeline.set_apart(tag)] == ["undeliverable"]
            and claimed in {entry["mail_id"] for entry in pipeline.owed()}
            and queues.waiting("dead_letter_queue_url") == dead + 1
        )

    return comes_true(ended, seconds)


def leave_by_a_round(pipeline: Pipeline, tag: str, seconds: float) -> bool:
    """Whether a round sends mails that wait, by bulk calls and by calls of their own."""
    gate = pipeline.watch.mails.gate
    rows = "".join(f"{tag}-waits{n}@example.com,Ada,,,,\n" for n in range(WAITING))
    gate.set_all_paused(paused=True)
    one = pipeline.upload("users.csv", HEADER + rows.encode())
    owed = comes_true(lambda: len(pipeline.owed()) >= WAITING, seconds)
    gate.set_all_paused(paused=False)
    pipeline.deployment.limit_mails(
        SesLimits(max_send_rate=RATE, max_24_hour_send=-1, one_bulk_call_a_second=True)
    )
    ended = owed and pipeline.try_round() and pipeline.watch.ledger.refresh(one).balanced
    pipeline.deployment.limit_mails(None)
    return ended


def settles(pipeline: Pipeline) -> bool:
    """Whether the bookkeeper ends well, and leaves no import open."""
    answer = pipeline.deployment.client("lambda").invoke(
        FunctionName=pipeline.outputs["functions"]["bookkeeper"]
    )
    return "FunctionError" not in answer and not any("open" in i for i in pipeline.items("import_ledger"))


@pytest.fixture(scope="module")
def pipeline() -> Iterator[Pipeline]:
    """The program with a customer's key, so that its roles hold all that they ever hold."""
    with embedded_aws(settings=KEY) as deployment:
        yield Pipeline(deployment)


@pytest.fixture
def fresh() -> Iterator[Pipeline]:
    """The same for one test."""
    with embedded_aws(settings=KEY) as deployment:
        yield Pipeline(deployment)


def test_every_action_is_either_checked_here_or_known_not_to_be(pipeline: Pipeline) -> None:
    held = {
        (name, statement["Sid"], action)
        for name, inputs in policies(pipeline).items()
        for statement in json.loads(inputs["policy"])["Statement"]
        for action in statement["Action"]
    }
    checked = {*CHECKED, *CONTINUING, *SETTLING}
    unchecked = {each for each in held - checked if each[2] in UNCHECKED.get(each[1], set())}
    assert held - unchecked == checked
    assert {each[1] for each in unchecked} == set(UNCHECKED)


def test_with_all_of_them_nothing_stops(fresh: Pipeline) -> None:
    assert all_works(fresh, STREAM, "before", COLD_SECONDS)
    assert all_works(fresh, STREAM, "after", WARM_SECONDS)


@pytest.mark.parametrize(("policy", "sid", "action"), CHECKED)
def test_without_one_action_something_stops(fresh: Pipeline, policy: str, sid: str, action: str) -> None:
    assert all_works(fresh, policy, "before", COLD_SECONDS)
    take_away(fresh, policy, sid, action)
    assert not all_works(fresh, policy, "after", WARM_SECONDS)


@pytest.mark.parametrize("policy", [STREAM, ROUND])
@pytest.mark.parametrize("kind", ["identity", "template", "configuration-set"])
def test_without_one_resource_no_mail_is_sent(fresh: Pipeline, policy: str, kind: str) -> None:
    assert all_works(fresh, policy, "before", COLD_SECONDS)
    with changed_statement(fresh, policy, "SendMails") as statement:
        [resource] = [each for each in statement["Resource"] if f":{kind}/" in each]
        statement["Resource"].remove(resource)
    assert not all_works(fresh, policy, "after", WARM_SECONDS)


@pytest.fixture(scope="module")
def settling(pipeline: Pipeline) -> Pipeline:
    """The pipeline, whose bookkeeper looks when a test says so."""
    events = pipeline.deployment.client("events")
    [rule] = [each["Name"] for each in events.list_rules()["Rules"] if "bookkeeper" in each["Name"]]
    events.disable_rule(Name=rule)
    return pipeline


@pytest.mark.parametrize(("policy", "sid", "action"), SETTLING)
def test_without_one_action_nothing_is_settled(
    settling: Pipeline, policy: str, sid: str, action: str
) -> None:
    address = f"{sid}-{action}".replace(":", "-")
    assert settling.run_one(HEADER + f"{address}@example.com,Ada,,,,\n".encode()).balanced
    take_away(settling, policy, sid, action)
    assert not settles(settling)
    restore(settling, policy)
    assert comes_true(lambda: settles(settling), COLD_SECONDS)


@pytest.mark.parametrize(("policy", "sid", "action"), CONTINUING)
def test_without_one_action_no_file_is_continued(faults: Faults, policy: str, sid: str, action: str) -> None:
    take_away(faults.pipeline, policy, sid, action)
    faults.configure("process_csv", Timeout=2)
    faults.pipeline.upload("users.csv", MostlyBad("denied", 200_000).data)

    def given_up() -> list[str]:
        messages = faults.pipeline.watch.queues.messages("ingest_failure_queue_url")
        return [reason_of(message) for message in messages]

    until(lambda: bool(given_up()), 60)
    [reason] = given_up()
    assert "AccessDenied" in reason
