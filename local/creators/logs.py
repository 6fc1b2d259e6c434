"""CloudWatch Logs: the log group."""

from ..emulator import ACCOUNT, REGION
from .registry import Created, NewResource, creates

GROUP_NAME_LIMIT = 512  # docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html
_GROUP = {
    "deletionProtectionEnabled": "deletionProtectionEnabled",
    "kmsKeyId": "kmsKeyId",
    "logGroupClass": "logGroupClass",
    "tags": "tags",
}


@creates("aws:cloudwatch/logGroup:LogGroup")
def log_group(resource: NewResource) -> Created:
    """Create the log group, with its retention."""
    logs = resource.client("logs")
    name = resource.physical_name(GROUP_NAME_LIMIT)
    logs.create_log_group(logGroupName=name, **resource.take_all(_GROUP))
    if days := resource.take("retentionInDays"):  # 0 is Pulumi's word for ever, which is AWS's default
        logs.put_retention_policy(logGroupName=name, retentionInDays=days)
    return name, {"name": name, "arn": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{name}"}
