"""The roles lack nothing and hold nothing unused: whatever action is taken away, something stops working.

The emulator does not check every action; those that it does not are listed here, and tests/components holds
them against AWS's documentation.
"""

import json

import pytest

from lambdas.core.import_entries import ImportStatus
from local.embedded import embedded_aws
from operations.failed_invocation import reason_of

from .accounts import MostlyBad
from .faults import Faults
from .pipeline import HEADER, Pipeline, comes_true, until
from .roles import changed_statement, policies, take_away

pytestmark = pytest.mark.e2e

# What the whole run may take in an idle pipeline; warm, it takes a fraction of a second.
COLD_SECONDS = 60.0
WARM_SECONDS = 4.0

CHECKED = [
    ("ingest-process-csv-policy", "ReadUploads", "s3:GetObject"),
    ("ingest-process-csv-policy", "WriteReports", "s3:PutObject"),
    ("ingest-process-csv-policy", "SendChunks", "sqs:SendMessage"),
    ("ingest-process-csv-policy", "KeepBooks", "dynamodb:PutItem"),
    ("ingest-process-csv-policy", "KeepBooks", "dynamodb:UpdateItem"),
    ("writer-insert-records-policy", "FindRecords", "dynamodb:BatchGetItem"),
    ("writer-insert-records-policy", "WriteRecords", "dynamodb:PartiQLInsert"),
    ("writer-insert-records-policy", "KeepBooks", "dynamodb:UpdateItem"),
    ("writer-insert-records-policy", "SendDeadLetters", "sqs:SendMessage"),
    ("notifier-send-email-policy", "ClaimMails", "dynamodb:BatchGetItem"),
    ("notifier-send-email-policy", "ClaimMails", "dynamodb:PartiQLInsert"),
    ("notifier-send-email-policy", "ClaimMails", "dynamodb:PutItem"),
    ("notifier-send-email-policy", "KeepBooks", "dynamodb:UpdateItem"),
    ("notifier-send-email-policy", "SendMails", "ses:SendBulkEmail"),
    ("notifier-send-email-policy", "SendMails", "ses:SendBulkTemplatedEmail"),
    ("notifier-send-email-policy", "SendRetries", "sqs:SendMessage"),
    ("notifier-send-email-policy", "SendRetries", "sqs:ChangeMessageVisibility"),
    ("notifier-send-email-policy", "SendFailures", "sqs:SendMessage"),
]
# What it takes to go on with a long file.
CONTINUING = [
    ("ingest-process-csv-policy", "KeepCheckpoints", "s3:PutObject"),
    ("ingest-process-csv-policy", "KeepCheckpoints", "s3:GetObject"),
    ("ingest-process-csv-continue", "Continue", "lambda:InvokeFunction"),
]
# What only two attempts beside each other need (the simulation has them), and what Lambda itself does in the
# role's name, which the emulator does without asking.
UNCHECKED = {
    "FindReports": {"s3:GetObject"},
    "WriteLog": {"logs:CreateLogStream", "logs:PutLogEvents"},
    "SendFailedEvents": {"sqs:SendMessage"},
    "ReceiveChunks": {"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"},
    "ReceiveRetries": {"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"},
    "ReadStream": {"dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"},
    "FindStream": {"dynamodb:ListStreams"},
}


def everything_works(pipeline: Pipeline, tag: str, seconds: float) -> bool:
    """Whether each path of the pipeline ends as it should: rows, dead letters, failures, retries."""
    queues = pipeline.watch.queues
    ends = {"dead_letter_queue_url": 1, "notifier_failure_queue_url": 1, "retry_queue_url": 2}
    before = {name: queues.waiting(name) for name in ends}
    dynamodb = pipeline.deployment.client("dynamodb")

    pipeline.deployment.client("sqs").send_message(
        QueueUrl=pipeline.outputs["queue_url"], MessageBody="poison"
    )
    dynamodb.put_item(TableName=pipeline.outputs["table"], Item={"email": {"S": f"no address {tag}"}})
    pipeline.put_claimed_record(f"claimed-{tag}@example.com")
    rows = f"{tag}@example.com,Ada,,,,\nclaimed-{tag}@example.com,Eve,,,,\nbad,,,,,\n"
    one = pipeline.upload("users.csv", HEADER + rows.encode())
    # The first of these is to be postponed, else the second, which is sent, comes again with it.
    pipeline.retry(f"claimed-{tag}@example.com", f"retried-{tag}@example.com")

    def ended() -> bool:
        found = pipeline.watch.ledger.refresh(one)
        return (
            found.status == ImportStatus.DONE
            and found.balanced
            and (found.books.mailed, found.books.duplicates) == (1, 1)
            and len(pipeline.mails_to(f"retried-{tag}@example.com")) == 1  # so its message is counted no more
            and all(queues.waiting(name) == before[name] + more for name, more in ends.items())
        )

    return comes_true(ended, seconds)


def test_every_action_is_either_checked_here_or_known_not_to_be(pipeline: Pipeline) -> None:
    held = {
        (name, statement["Sid"], action)
        for name, inputs in policies(pipeline).items()
        for statement in json.loads(inputs["policy"])["Statement"]
        for action in statement["Action"]
    }
    unchecked = {each for each in held if each[2] in UNCHECKED.get(each[1], set())}
    assert held - unchecked == {*CHECKED, *CONTINUING}
    assert {each[1] for each in unchecked} == set(UNCHECKED)


@pytest.mark.parametrize(("policy", "sid", "action"), CHECKED)
def test_without_one_action_something_stops(policy: str, sid: str, action: str) -> None:
    with embedded_aws() as deployment:
        pipeline = Pipeline(deployment)
        assert everything_works(pipeline, "before", COLD_SECONDS)
        take_away(pipeline, policy, sid, action)
        assert not everything_works(pipeline, "after", WARM_SECONDS)


@pytest.mark.parametrize("kind", ["identity", "template", "configuration-set"])
def test_without_one_resource_no_mail_is_sent(kind: str) -> None:
    with embedded_aws() as deployment:
        pipeline = Pipeline(deployment)
        assert everything_works(pipeline, "before", COLD_SECONDS)
        with changed_statement(pipeline, "notifier-send-email-policy", "SendMails") as statement:
            [resource] = [each for each in statement["Resource"] if f":{kind}/" in each]
            statement["Resource"].remove(resource)
        assert not everything_works(pipeline, "after", WARM_SECONDS)


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
