"""What the mocks answer: the one place for account, region, ARNs and URLs."""

from collections.abc import Mapping
from typing import Any

from pulumi.runtime.mocks import MockCallArgs, MockResourceArgs, Mocks

ACCOUNT = "123456789012"
REGION = "eu-central-1"
_ARNS: Mapping[str, str] = {
    "aws:s3/bucket:Bucket": "arn:aws:s3:::{0}",
    "aws:sqs/queue:Queue": f"arn:aws:sqs:{REGION}:{ACCOUNT}:{{0}}",
    "aws:dynamodb/table:Table": f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{{0}}",
    "aws:lambda/function:Function": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{{0}}",
    "aws:kms/key:Key": f"arn:aws:kms:{REGION}:{ACCOUNT}:key/{{0}}",
    "aws:sns/topic:Topic": f"arn:aws:sns:{REGION}:{ACCOUNT}:{{0}}",
    "aws:iam/role:Role": f"arn:aws:iam::{ACCOUNT}:role/{{0}}",
    "aws:cloudwatch/metricAlarm:MetricAlarm": f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:{{0}}",
    "aws:cloudwatch/eventRule:EventRule": f"arn:aws:events:{REGION}:{ACCOUNT}:rule/{{0}}",
    "aws:cloudwatch/logGroup:LogGroup": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{{0}}",
    "aws:sesv2/emailIdentity:EmailIdentity": f"arn:aws:ses:{REGION}:{ACCOUNT}:identity/{{0}}",
    "aws:sesv2/configurationSet:ConfigurationSet": f"arn:aws:ses:{REGION}:{ACCOUNT}:configuration-set/{{0}}",
}
# What names a resource in AWS, where it is not `name`.
_NAMED_BY: Mapping[str, str] = {
    "aws:s3/bucket:Bucket": "bucket",
    "aws:sesv2/emailIdentity:EmailIdentity": "emailIdentity",
    "aws:sesv2/configurationSet:ConfigurationSet": "configurationSetName",
}


def arn(kind: str, name: str) -> str:
    """The ARN that a resource of this kind (such as "sqs/queue:Queue") has in the mocks."""
    return _ARNS[f"aws:{kind}"].format(name)


def queue_url(name: str) -> str:
    """The URL that a queue has in the mocks."""
    return f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/{name}"


# What is told of a table that exists besides its stream's ARN, and whether SES has verified such identities.
TABLE: Mapping[str, Any] = {}
VERIFIED = True


class Answers(Mocks):
    def call(self, args: MockCallArgs) -> Any:
        name = args.args.get("name")
        return {
            "aws:index/getCallerIdentity:getCallerIdentity": {"accountId": ACCOUNT},
            "aws:index/getRegion:getRegion": {"region": REGION},
            "aws:index/getPartition:getPartition": {"partition": "aws"},
            "aws:dynamodb/getTable:getTable": {"name": name, "streamArn": f"{name}/stream", **TABLE},
            "aws:sesv2/getEmailIdentity:getEmailIdentity": {"verifiedForSendingStatus": VERIFIED},
        }[args.token]

    def new_resource(self, args: MockResourceArgs) -> tuple[str | None, dict[Any, Any]]:
        if args.typ == "pulumi:pulumi:StackReference":
            return args.name, {**args.inputs, "outputs": {}}
        if args.typ not in _ARNS and args.typ not in _NAMED_BY:
            return args.name, dict(args.inputs)
        key = _NAMED_BY.get(args.typ, "name")
        named = str(args.inputs.get(key, args.name))
        state: dict[Any, Any] = {**args.inputs, key: named, "arn": _ARNS[args.typ].format(named)}
        if args.typ.endswith(":Queue"):
            state["url"] = queue_url(named)
        if args.typ.endswith(":Table") and args.inputs.get("streamEnabled"):
            state["streamArn"] = state["arn"] + "/stream/2026-11-23T00:00:00.000"
        if args.typ.endswith(":EmailIdentity") and "@" not in named:
            state["dkimSigningAttributes"] = {"tokens": ["one", "two", "three"]}
        return args.name, state
