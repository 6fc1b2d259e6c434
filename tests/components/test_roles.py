"""Each role allows what its function does, on what it does it to, and nothing else."""

import json

import pytest

from components import BufferedWriter

from .answers import ACCOUNT, REGION, arn
from .conftest import ROOT
from .recording import Recording, record, record_program
from .samples import writer_args

TABLE, QUEUE = "dynamodb/table:Table", "sqs/queue:Queue"
FUNCTIONS = (
    "ingest-process-csv",
    "writer-insert-records",
    "notifier-send-email",
    "notifier-mail-round",
    "ledger-bookkeeper",
)


def own_log(function: str) -> tuple[set[str], set[str]]:
    group = arn("cloudwatch/logGroup:LogGroup", f"{function}-logs")
    return {"logs:CreateLogStream", "logs:PutLogEvents"}, {f"{group}:*"}


def of_dynamodb(actions: set[str]) -> set[str]:
    return {f"dynamodb:{action}" for action in actions}


RECEIVE = {"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"}
SENDING = {"ses:SendBulkEmail", "ses:SendBulkTemplatedEmail"}
SENDING_ONE = {"ses:SendEmail", "ses:SendTemplatedEmail"}
SES = f"arn:aws:ses:{REGION}:{ACCOUNT}"
BUCKET = arn("s3/bucket:Bucket", "ingest-bucket")
STREAM = arn(TABLE, "writer-table") + "/stream/2026-11-23T00:00:00.000"


def test_process_csv(local: Recording) -> None:
    assert local.statements("ingest-process-csv-policy") == {
        "WriteLog": own_log("ingest-process-csv"),
        "ReadUploads": ({"s3:GetObject"}, {f"{BUCKET}/uploads/*"}),
        "WriteReports": ({"s3:PutObject"}, {f"{BUCKET}/reports/*"}),
        "FindReports": ({"s3:GetObject"}, {f"{BUCKET}/reports/*"}),
        "KeepCheckpoints": ({"s3:GetObject", "s3:PutObject"}, {f"{BUCKET}/continuations/*"}),
        "SendChunks": ({"sqs:SendMessage"}, {arn(QUEUE, "writer-queue")}),
        "SendFailedEvents": ({"sqs:SendMessage"}, {arn(QUEUE, "ingest-failures")}),
        "KeepBooks": ({"dynamodb:PutItem", "dynamodb:UpdateItem"}, {arn(TABLE, "ledger-imports")}),
    }
    itself = arn("lambda/function:Function", "ingest-process-csv")
    assert local.statements("ingest-process-csv-continue") == {
        "Continue": ({"lambda:InvokeFunction"}, {itself})
    }


def test_bookkeeper(local: Recording) -> None:
    books = {"GetItem", "Query", "UpdateItem"}
    assert local.statements("ledger-bookkeeper-policy") == {
        "WriteLog": own_log("ledger-bookkeeper"),
        "FindOpenImports": (of_dynamodb({"Query"}), {arn(TABLE, "ledger-imports") + "/index/by_open"}),
        "KeepBooks": (of_dynamodb(books), {arn(TABLE, "ledger-imports")}),
        "PublishSettlements": (
            {"events:PutEvents"},
            {f"arn:aws:events:{REGION}:{ACCOUNT}:event-bus/default"},
        ),
    }
    assert local.statements("ingest-complete-reports") == {
        "CompleteReports": ({"s3:GetObject", "s3:PutObject"}, {f"{BUCKET}/reports/*"})
    }


def test_insert_records(local: Recording) -> None:
    assert local.statements("writer-insert-records-policy") == {
        "WriteLog": own_log("writer-insert-records"),
        "ReceiveChunks": (RECEIVE, {arn(QUEUE, "writer-queue")}),
        "SendDeadLetters": ({"sqs:SendMessage"}, {arn(QUEUE, "writer-dead-letters")}),
        "WriteRecords": ({"dynamodb:PartiQLInsert"}, {arn(TABLE, "writer-table")}),
        "FindRecords": ({"dynamodb:BatchGetItem"}, {arn(TABLE, "writer-table")}),
        "KeepBooks": ({"dynamodb:UpdateItem"}, {arn(TABLE, "ledger-imports")}),
    }


def test_insert_records_that_replaces() -> None:
    recorded = record(lambda: BufferedWriter("w", writer_args(on_conflict="replace")))
    written = recorded.statements("w-insert-records-policy")["WriteRecords"]
    assert written == ({"dynamodb:BatchWriteItem"}, {arn(TABLE, "w-table")})


def test_send_email(local: Recording) -> None:
    identity = arn("sesv2/emailIdentity:EmailIdentity", "welcome@example.com")
    configuration_set = arn("sesv2/configurationSet:ConfigurationSet", "rowrelay-local-notifier")
    claiming = {"BatchGetItem", "PartiQLInsert", "PartiQLUpdate", "PutItem", "UpdateItem"}
    read = {"dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"}
    assert local.statements("notifier-send-email-policy") == {
        "WriteLog": own_log("notifier-send-email"),
        "ReadStream": (read, {STREAM}),
        "FindStream": ({"dynamodb:ListStreams"}, {"*"}),
        "SendFailures": ({"sqs:SendMessage"}, {arn(QUEUE, "notifier-failures")}),
        "ClaimMails": (of_dynamodb(claiming), {arn(TABLE, "notifier-mails")}),
        "KeepBooks": ({"dynamodb:UpdateItem"}, {arn(TABLE, "ledger-imports")}),
        "SendMails": (SENDING, {identity, f"{SES}:template/*", configuration_set}),
    }


def test_mail_round(local: Recording) -> None:
    identity = arn("sesv2/emailIdentity:EmailIdentity", "welcome@example.com")
    configuration_set = arn("sesv2/configurationSet:ConfigurationSet", "rowrelay-local-notifier")
    claiming = {"BatchGetItem", "PartiQLUpdate", "PutItem", "UpdateItem"}
    mails = {identity, f"{SES}:template/*", configuration_set}
    assert local.statements("notifier-mail-round-policy") == {
        "WriteLog": own_log("notifier-mail-round"),
        "ClaimMails": (of_dynamodb(claiming), {arn(TABLE, "notifier-mails")}),
        "FindDueMails": ({"dynamodb:Query"}, {arn(TABLE, "notifier-mails") + "/index/by_due"}),
        "KeepBooks": ({"dynamodb:Query", "dynamodb:UpdateItem"}, {arn(TABLE, "ledger-imports")}),
        "SendMails": (SENDING | SENDING_ONE, mails),
        "AskForQuota": ({"ses:GetAccount"}, {"*"}),
    }


@pytest.mark.parametrize(
    ("stack", "identities"), [("dev", {"*"}), ("prod", {"example.com", "welcome@example.com"})]
)
def test_recipients_identities_are_for_the_sandbox_alone(stack: str, identities: set[str]) -> None:
    recorded = record_program(ROOT, stack)
    configuration_set = arn("sesv2/configurationSet:ConfigurationSet", f"rowrelay-{stack}-notifier")
    allowed = {f"{SES}:identity/{identity}" for identity in identities}
    mails = {*allowed, f"{SES}:template/*", configuration_set}
    for function, actions in (("send-email", SENDING), ("mail-round", SENDING | SENDING_ONE)):
        assert recorded.statements(f"notifier-{function}-policy")["SendMails"] == (actions, mails)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_each_function_has_a_role_of_its_own_that_only_lambda_takes(local: Recording, function: str) -> None:
    role = local.inputs("iam/role:Role", f"{function}-role")
    assert json.loads(role["assumeRolePolicy"]) == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Action": "sts:AssumeRole",
                "Principal": {"Service": "lambda.amazonaws.com"},
            }
        ],
    }
    role_arn = arn("iam/role:Role", f"{function}-role")
    assert local.inputs("lambda/function:Function", function)["role"] == role_arn
    assert local.inputs("iam/rolePolicy:RolePolicy", f"{function}-policy")["role"] == f"{function}-role"


def test_there_are_no_other_policies(local: Recording) -> None:
    assert len(local.all("iam/role:Role")) == 5
    policies = {policy.name: policy.inputs["role"] for policy in local.all("iam/rolePolicy:RolePolicy")}
    assert policies == {
        **{f"{function}-policy": f"{function}-role" for function in FUNCTIONS},
        "ingest-process-csv-continue": "ingest-process-csv-role",
        "ingest-complete-reports": "ledger-bookkeeper-role",
    }
    assert {r.kind for r in local.resources if r.kind.startswith("aws:iam/")} == {
        "aws:iam/role:Role",
        "aws:iam/rolePolicy:RolePolicy",
    }
