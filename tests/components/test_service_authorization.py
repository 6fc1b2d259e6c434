"""Every policy of every stack, held against AWS's service authorization reference."""

import json
from typing import Any

import pytest

from components import BufferedWriter, CsvIngest, StreamNotifier

from .answers import ACCOUNT, REGION, arn
from .conftest import ROOT
from .recording import Recording, record, record_program, stack_config
from .samples import FUNCTION, KEY_ARN, ingest_args, notifier_args, writer_args
from .service_authorization import problems_of, problems_of_policy

# What each kind of resource has its policy in, and how the resource that it is on is called there.
POLICIES = {
    "iam/rolePolicy:RolePolicy": "policy",
    "sqs/queuePolicy:QueuePolicy": "policy",
    "s3/bucketPolicy:BucketPolicy": "policy",
    "iam/role:Role": "assumeRolePolicy",
    "lambda/permission:Permission": None,
}
IDENTITY = f"arn:aws:ses:{REGION}:{ACCOUNT}:identity/example.com"
TEMPLATES = f"arn:aws:ses:{REGION}:{ACCOUNT}:template/*"
CONFIGURATION_SET = f"arn:aws:ses:{REGION}:{ACCOUNT}:configuration-set/ours"
TABLE = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/people"
INDEX = f"{TABLE}/index/by_due"
STREAM = f"{TABLE}/stream/2026-11-23T00:00:00.000"
QUEUE = f"arn:aws:sqs:{REGION}:{ACCOUNT}:chunks"
DETACHES = [
    "DetachNetworkInterface takes no *",
    "DetachNetworkInterface requires a resource of type instance",
    "DetachNetworkInterface requires a resource of type network-interface",
]
THROUGH_SQS = {"StringEquals": {"kms:ViaService": f"sqs.{REGION}.amazonaws.com"}}


def policies(stack: Recording) -> dict[str, dict[str, Any]]:
    """Every policy by its resource's name; a function's permission as the statement that it becomes."""
    found = {}
    for kind, key in POLICIES.items():
        for each in stack.all(kind):
            found[each.name] = json.loads(each.inputs[key]) if key else permission(each.inputs)
    for role in stack.all("iam/role:Role"):
        for statement in found[role.name]["Statement"]:
            statement["Resource"] = arn("iam/role:Role", role.name)
    return found


def permission(inputs: dict[str, Any]) -> dict[str, Any]:
    condition = {"ArnLike": {"aws:SourceArn": inputs["sourceArn"]}}
    if account := inputs.get("sourceAccount"):
        condition["StringEquals"] = {"aws:SourceAccount": account}
    statement = {
        "Effect": "Allow",
        "Action": inputs["action"],
        "Resource": arn("lambda/function:Function", inputs["function"]),
        "Condition": condition,
    }
    return {"Statement": [statement]}


@pytest.mark.parametrize("name", sorted(path.name.split(".")[1] for path in ROOT.glob("Pulumi.*.yaml")))
def test_every_policy_of_every_stack(name: str) -> None:
    check(record_program(ROOT, name))


def test_every_policy_of_a_stack_with_a_key() -> None:
    stack = record_program(ROOT, "local", {**stack_config(ROOT, "local"), "rowrelay:kmsKeyArn": KEY_ARN})
    assert "kms:Decrypt" in str(policies(stack))
    check(stack)


def check(stack: Recording) -> None:
    found = policies(stack)
    assert len(found) == sum(len(stack.all(kind)) for kind in POLICIES) > 10
    # No resource of another kind has a policy.
    assert [r.name for r in stack.resources if "Statement" in str(r.inputs) and r.name not in found] == []
    assert [(each, problem) for each, of in found.items() for problem in problems_of_policy(of)] == []


def test_every_policy_of_functions_that_run_otherwise() -> None:
    def program() -> None:
        CsvIngest("in", ingest_args(function=FUNCTION))
        BufferedWriter("w", writer_args(function=FUNCTION))
        StreamNotifier("n", notifier_args(function=FUNCTION))

    found = policies(record(program))
    assert "ConnectToVpc" in str(found["n-mail-round-policy"])
    assert [(each, problem) for each, of in found.items() for problem in problems_of_policy(of)] == []


def allow(action: Any, *resources: str, **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": list(resources), **more}


def deny(action: Any, *resources: str, **more: Any) -> dict[str, Any]:
    return {**allow(action, *resources, **more), "Effect": "Deny"}


@pytest.mark.parametrize(
    "statement",
    [
        allow(["ses:SendBulkEmail", "ses:SendBulkTemplatedEmail"], IDENTITY, TEMPLATES, CONFIGURATION_SET),
        allow("ses:SendBulkEmail", IDENTITY, TEMPLATES),
        allow("SES:sendbulkemail", IDENTITY, TEMPLATES),
        allow(["ses:SendEmail", "ses:SendTemplatedEmail"], IDENTITY, TEMPLATES, CONFIGURATION_SET),
        allow("ses:GetAccount", "*"),
        allow(["dynamodb:PartiQLInsert", "dynamodb:PartiQLUpdate"], TABLE),
        allow("dynamodb:Query", INDEX),
        allow("dynamodb:Query", TABLE),
        allow(["dynamodb:GetRecords"], STREAM),
        allow(["dynamodb:ListStreams"], "*"),
        allow("s3:GetObject", "arn:aws:s3:::files/uploads/*"),
        allow("logs:PutLogEvents", f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/aws/lambda/one:*"),
        allow("dynamodb:GetItem", TABLE, Condition={"StringEquals": {"dynamodb:LeadingKeys": "a"}}),
        allow("dynamodb:GetItem", TABLE, Condition={"StringEquals": {"aws:ResourceTag/team": "a"}}),
        allow(["kms:Decrypt", "kms:GenerateDataKey"], KEY_ARN, Condition=THROUGH_SQS),
        deny("s3:*", "arn:aws:s3:::files", "arn:aws:s3:::files/*"),
        allow(["ec2:CreateNetworkInterface", "ec2:DescribeSubnets"], "*"),
        deny("ec2:DescribeSubnets", "*", Condition={"Null": {"lambda:SourceFunctionArn": "false"}}),
        allow(["xray:PutTraceSegments", "xray:PutTelemetryRecords"], "*"),
        allow("kms:Decrypt", KEY_ARN),
    ],
)
def test_right_statements(statement: dict[str, Any]) -> None:
    assert problems_of(statement) == []


@pytest.mark.parametrize(
    ("statement", "problems"),
    [
        (
            allow("ses:SendBulkEmail", IDENTITY, CONFIGURATION_SET),
            ["SendBulkEmail requires a resource of type template"],
        ),
        (
            allow("ses:SendBulkEmail", TEMPLATES),
            ["SendBulkEmail requires a resource of type identity"],
        ),
        (
            allow("ses:SendBulkEmail", IDENTITY, TEMPLATES, QUEUE),
            [f"SendBulkEmail takes no {QUEUE}"],
        ),
        (
            allow("ses:SendBulkEmail", "*"),
            [
                "SendBulkEmail takes no *",
                "SendBulkEmail requires a resource of type identity",
                "SendBulkEmail requires a resource of type template",
            ],
        ),
        (
            allow("ses:SendBulkEmail", IDENTITY, TEMPLATES, Condition={"Null": {"ses:FromAddress": "true"}}),
            ["SendBulkEmail has no condition key ses:FromAddress"],
        ),
        (allow("ses:SendBulkMail", IDENTITY), ["ses:SendBulkMail is no action"]),
        (allow("mail:Send", IDENTITY), ["mail:Send is no action"]),
        (
            allow("dynamodb:GetRecords", TABLE),
            [
                f"GetRecords takes no {TABLE}",
                "GetRecords requires a resource of type stream",
            ],
        ),
        (
            allow("dynamodb:GetItem", STREAM),
            [f"GetItem takes no {STREAM}", "GetItem requires a resource of type table"],
        ),
        (
            allow("dynamodb:GetItem", INDEX),
            [f"GetItem takes no {INDEX}", "GetItem requires a resource of type table"],
        ),
        (
            allow("dynamodb:Query", STREAM),
            [f"Query takes no {STREAM}", "Query requires a resource of type table"],
        ),
        (allow("ses:GetAccount", IDENTITY), [f"GetAccount takes no {IDENTITY}"]),
        (allow("dynamodb:ListStreams", STREAM), [f"ListStreams takes no {STREAM}"]),
        (allow("s3:GetObject", "arn:aws:s3:::files"), ["GetObject takes no arn:aws:s3:::files"]),
        (
            allow("s3:GetObject", "arn:aws:s3:::files/*", Condition={"Bool": {"aws:Secure": "true"}}),
            ["GetObject has no condition key aws:Secure"],
        ),
        (allow("ec2:DetachNetworkInterface", "*"), DETACHES),
        (allow("xray:PutTraceSegments", QUEUE), [f"PutTraceSegments takes no {QUEUE}"]),
        (
            allow("kms:Decrypt", KEY_ARN.replace(":key/", ":alias/")),
            [
                f"Decrypt takes no {KEY_ARN.replace(':key/', ':alias/')}",
                "Decrypt requires a resource of type key",
            ],
        ),
        (allow("sqs:SendMessage*", QUEUE), ["sqs:SendMessage* allows more than is named"]),
        (
            allow("kms:Decrypt", KEY_ARN, Condition={"StringEquals": {"kms:ViaServices": "sqs"}}),
            ["Decrypt has no condition key kms:ViaServices"],
        ),
        (allow("kms:GenerateDataKey*", KEY_ARN), ["kms:GenerateDataKey* allows more than is named"]),
        (deny("sqs:Mail*", QUEUE), ["sqs:Mail* is no action"]),
        (deny("sqs:*", TABLE), [f"sqs:* takes no {TABLE}"]),
        (
            deny("sqs:*", QUEUE, Condition={"Bool": {"sqs:SecureTransport": "false"}}),
            ["sqs:* has no condition key sqs:SecureTransport"],
        ),
    ],
)
def test_wrong_statements(statement: dict[str, Any], problems: list[str]) -> None:
    assert problems_of(statement) == problems
