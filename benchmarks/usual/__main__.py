"""The architecture as it is usually built: a message a row, default mappings, plain writes, a mail a call.

An honest peer: it imports every row of a good file and mails everybody. It has what that takes and no more;
memory, time-outs and the queue's visibility are Rowrelay's, so that neither has more to work with.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pulumi
import pulumi_aws as aws

Allowed = Mapping[str, Sequence[Any]]  # actions, and the ARNs that they are allowed on

MAIL = [f"../../mails/welcome/{name}" for name in ("subject.txt", "body.txt", "body.html")]
UPLOADS = "uploads/"
MEMORY_MB, TIMEOUT_SECONDS = 1769, 60


def policy(*statements: Mapping[str, Any]) -> str:
    """A policy document."""
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def function(
    name: str, variables: Mapping[str, pulumi.Input[str]], allowed: Allowed, files: Sequence[str] = ()
) -> aws.lambda_.Function:
    """A function with a role of its own, and these files beside its code."""
    trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    role = aws.iam.Role(name, assume_role_policy=policy(trust))
    arns = {action: pulumi.Output.all(*resources) for action, resources in allowed.items()}
    document = pulumi.Output.all(**arns).apply(
        lambda found: policy(
            *({"Effect": "Allow", "Action": action, "Resource": on} for action, on in found.items())
        )
    )
    granted = aws.iam.RolePolicy(name, role=role.name, policy=document)
    return aws.lambda_.Function(
        name,
        role=role.arn,
        runtime="python3.13",
        architectures=["arm64"],
        handler=f"{name}.handler",
        code=pulumi.AssetArchive(
            {Path(file).name: pulumi.FileAsset(file) for file in (f"{name}.py", *files)}
        ),
        environment={"variables": variables},
        timeout=TIMEOUT_SECONDS,
        memory_size=MEMORY_MB,
        opts=pulumi.ResourceOptions(depends_on=[granted]),
    )


bucket = aws.s3.Bucket("uploads", force_destroy=True)
queue = aws.sqs.Queue("rows", visibility_timeout_seconds=6 * TIMEOUT_SECONDS)
table = aws.dynamodb.Table(
    "users",
    billing_mode="PAY_PER_REQUEST",
    hash_key="email",
    attributes=[{"name": "email", "type": "S"}],
    stream_enabled=True,
    stream_view_type="NEW_IMAGE",
)
sender = pulumi.Config().require("sender")
identity = aws.sesv2.EmailIdentity("sender", email_identity=sender)

process_csv = function(
    "process_csv",
    {"QUEUE_URL": queue.url},
    {"s3:GetObject": [bucket.arn.apply(lambda arn: f"{arn}/*")], "sqs:SendMessage": [queue.arn]},
)
insert_records = function(
    "insert_records",
    {"TABLE": table.name},
    {
        "dynamodb:BatchWriteItem": [table.arn],
        **{f"sqs:{call}": [queue.arn] for call in ("ReceiveMessage", "DeleteMessage", "GetQueueAttributes")},
    },
)
send_email = function(
    "send_email",
    {"SENDER": sender},
    {
        "ses:SendEmail": [identity.arn],
        **{
            f"dynamodb:{call}": [table.stream_arn]
            for call in ("GetRecords", "GetShardIterator", "DescribeStream", "ListStreams")
        },
    },
    MAIL,
)

permission = aws.lambda_.Permission(
    "uploads",
    action="lambda:InvokeFunction",
    function=process_csv.name,
    principal="s3.amazonaws.com",
    source_arn=bucket.arn,
)
aws.s3.BucketNotification(
    "uploads",
    bucket=bucket.bucket,
    lambda_functions=[
        {
            "id": "uploads",
            "lambda_function_arn": process_csv.arn,
            "events": ["s3:ObjectCreated:*"],
            "filter_prefix": UPLOADS,
        }
    ],
    opts=pulumi.ResourceOptions(depends_on=[permission]),
)
aws.lambda_.EventSourceMapping("rows", event_source_arn=queue.arn, function_name=insert_records.name)
aws.lambda_.EventSourceMapping(
    "users",
    event_source_arn=table.stream_arn,
    function_name=send_email.name,
    starting_position="TRIM_HORIZON",
)

pulumi.export("bucket", bucket.bucket)
pulumi.export("upload_prefix", UPLOADS)
pulumi.export("table", table.name)
pulumi.export(
    "functions",
    {
        "process_csv": process_csv.name,
        "insert_records": insert_records.name,
        "send_email": send_email.name,
    },
)
