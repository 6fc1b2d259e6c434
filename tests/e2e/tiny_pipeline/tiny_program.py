"""S3 to Lambda to SQS to Lambda to DynamoDB to Lambda to SES, in few lines, to test the embedded AWS with."""

import json
from typing import Any

import pulumi
import pulumi_aws as aws

from tests.e2e.tiny_policies import policy, tls_only

config = pulumi.Config()
account = aws.get_caller_identity().account_id


def function(
    name: str, environment: pulumi.Inputs, allowed: pulumi.Output[dict[str, Any]]
) -> aws.lambda_.Function:
    trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    role = aws.iam.Role(name, assume_role_policy=policy(trust), tags={"for": name})
    granted = aws.iam.RolePolicy(name, role=role.name, policy=allowed.apply(policy))
    group = aws.cloudwatch.LogGroup(name, retention_in_days=7, skip_destroy=False)
    return aws.lambda_.Function(
        name,
        role=role.arn,
        runtime="python3.13",
        architectures=["arm64"],
        handler=f"tiny_handlers.{name}",
        code=pulumi.AssetArchive({"tiny_handlers.py": pulumi.FileAsset("tiny_handlers.py")}),
        environment={"variables": environment},
        timeout=5,
        memory_size=256,
        logging_config={"log_format": "JSON", "log_group": group.name},
        opts=pulumi.ResourceOptions(depends_on=[granted]),
    )


bucket = aws.s3.Bucket("Uploads", force_destroy=True, tags={"of": "tiny"})
aws.s3.BucketLifecycleConfiguration(
    "uploads",
    bucket=bucket.bucket,
    rules=[{"id": "a-day", "status": "Enabled", "filter": {"prefix": "in/"}, "expiration": {"days": 1}}],
)
aws.s3.BucketServerSideEncryptionConfiguration(
    "uploads",
    bucket=bucket.bucket,
    rules=[{"apply_server_side_encryption_by_default": {"sse_algorithm": "AES256"}}],
)
aws.s3.BucketPublicAccessBlock(
    "uploads", bucket=bucket.bucket, block_public_acls=True, block_public_policy=True
)
aws.s3.BucketOwnershipControls(
    "uploads", bucket=bucket.bucket, rule={"object_ownership": "BucketOwnerEnforced"}
)
aws.s3.BucketCorsConfiguration(
    "uploads",
    bucket=bucket.bucket,
    cors_rules=[
        {"allowed_methods": ["POST"], "allowed_origins": ["https://a.example"], "max_age_seconds": 9}
    ],
)
aws.s3.BucketPolicy(
    "uploads",
    bucket=bucket.bucket,
    policy=bucket.arn.apply(lambda arn: policy(tls_only("s3:*", arn, f"{arn}/*"))),
)

dead = aws.sqs.Queue("dead", message_retention_seconds=1209600)
queue = aws.sqs.Queue(
    "queue",
    visibility_timeout_seconds=5,
    sqs_managed_sse_enabled=True,
    redrive_policy=dead.arn.apply(lambda arn: json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": 1})),
)
aws.sqs.QueuePolicy(
    "queue", queue_url=queue.url, policy=queue.arn.apply(lambda arn: policy(tls_only("sqs:*", arn)))
)
aws.sqs.RedriveAllowPolicy(
    "dead", queue_url=dead.url, redrive_allow_policy='{"redrivePermission": "allowAll"}'
)
table = aws.dynamodb.Table(
    "items",
    billing_mode="PAY_PER_REQUEST",
    hash_key="id",
    attributes=[{"name": "id", "type": "S"}, {"name": "kind", "type": "S"}],
    global_secondary_indexes=[
        {"name": "by_kind", "hash_key": "kind", "range_key": "id", "projection_type": "ALL"}
    ],
    stream_enabled=True,
    stream_view_type="NEW_IMAGE",
    ttl={"attribute_name": "expires", "enabled": True},
    point_in_time_recovery={"enabled": True},
    server_side_encryption={"enabled": True},
)
sender = config.require("sender")
identity = aws.sesv2.EmailIdentity("sender", email_identity=sender)
mail_set = aws.sesv2.ConfigurationSet(
    "mails", configuration_set_name="mails", sending_options={"sending_enabled": True}
)
topic = aws.sns.Topic("alarms")
aws.sns.TopicSubscription(
    "alarms", topic=topic.arn, protocol="sqs", endpoint=dead.arn, raw_message_delivery=True
)
aws.sesv2.ConfigurationSetEventDestination(
    "mails",
    configuration_set_name=mail_set.configuration_set_name,
    event_destination_name="bounces",
    event_destination={
        "enabled": True,
        "matching_event_types": ["BOUNCE"],
        "sns_destination": {"topic_arn": topic.arn},
    },
)

read = function(
    "read",
    {"QUEUE_URL": queue.url},
    pulumi.Output.all(bucket.arn, queue.arn, dead.arn).apply(
        lambda arns: {
            "Effect": "Allow",
            "Action": ["s3:GetObject", "sqs:SendMessage"],
            "Resource": [f"{arns[0]}/in/*", *arns[1:]],
        }
    ),
)
write = function(
    "write",
    {"TABLE": table.name},
    table.arn.apply(lambda arn: {"Effect": "Allow", "Action": "dynamodb:PutItem", "Resource": arn}),
)
mail = function(
    "mail",
    {"SENDER": pulumi.Output.secret(sender)},
    identity.arn.apply(lambda arn: {"Effect": "Allow", "Action": "ses:SendEmail", "Resource": arn}),
)

aws.lambda_.FunctionEventInvokeConfig(
    "read",
    function_name=read.name,
    maximum_retry_attempts=0,
    destination_config={"on_failure": {"destination": dead.arn}},
)
permission = aws.lambda_.Permission(
    "read",
    action="lambda:InvokeFunction",
    function=read.name,
    principal="s3.amazonaws.com",
    source_arn=bucket.arn,
    source_account=account,
)
aws.s3.BucketNotification(
    "uploads",
    bucket=bucket.bucket,
    lambda_functions=[
        {
            "lambda_function_arn": read.arn,
            "events": ["s3:ObjectCreated:*"],
            "filter_prefix": "in/",
            "id": "in",
        }
    ],
    opts=pulumi.ResourceOptions(depends_on=[permission]),
)
aws.lambda_.EventSourceMapping(
    "write",
    event_source_arn=queue.arn,
    function_name=write.arn,
    batch_size=10,
    function_response_types=["ReportBatchItemFailures"],
    scaling_config={"maximum_concurrency": 2},
)
aws.lambda_.EventSourceMapping(
    "mail",
    event_source_arn=table.stream_arn,
    function_name=mail.arn,
    starting_position="TRIM_HORIZON",
    batch_size=10,
    filter_criteria={"filters": [{"pattern": json.dumps({"eventName": ["INSERT"]})}]},
    destination_config={"on_failure": {"destination_arn": dead.arn}},
)
aws.cloudwatch.MetricAlarm(
    "dead",
    alarm_actions=[topic.arn],
    comparison_operator="GreaterThanThreshold",
    dimensions={"QueueName": dead.name},
    evaluation_periods=1,
    metric_name="ApproximateNumberOfMessagesVisible",
    namespace="AWS/SQS",
    period=60,
    statistic="Maximum",
    threshold=0,
)
daily = aws.cloudwatch.EventRule("daily", schedule_expression="rate(1 day)")
aws.lambda_.Permission(
    "daily",
    action="lambda:InvokeFunction",
    function=read.name,
    principal="events.amazonaws.com",
    source_arn=daily.arn,
)
aws.cloudwatch.EventTarget(
    "daily",
    rule=daily.name,
    arn=read.arn,
    retry_policy={"maximum_event_age_in_seconds": 60, "maximum_retry_attempts": 0},
)
aws.cloudwatch.Dashboard("tiny", dashboard_name="tiny", dashboard_body=json.dumps({"widgets": []}))

pulumi.export("bucket", bucket.bucket)
pulumi.export("queues", {"queue": queue.url, "dead": dead.url})
pulumi.export("table", table.name)
pulumi.export("functions", [read.name, write.name, mail.name])
pulumi.export("settings", {"rows": config.require_int("rows"), "words": config.require_object("words")})
pulumi.export("secret", pulumi.Output.secret(config.require("sender")))
