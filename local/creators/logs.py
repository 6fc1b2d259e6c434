"""CloudWatch Logs: the log group."""

from ..emulator import ACCOUNT, REGION
from .registry import Made, Order, creates

GROUP_NAME_LIMIT = 512  # docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html
_GROUP = {
    "deletionProtectionEnabled": "deletionProtectionEnabled",
    "kmsKeyId": "kmsKeyId",
    "logGroupClass": "logGroupClass",
    "tags": "tags",
}


@creates("aws:cloudwatch/logGroup:LogGroup")
def log_group(order: Order) -> Made:
    """Create the log group, with its retention."""
    logs = order.aws("logs")
    name = order.physical_name(GROUP_NAME_LIMIT)
    logs.create_log_group(logGroupName=name, **order.take_all(_GROUP))
    if days := order.take("retentionInDays"):  # 0 is Pulumi's word for ever, which is AWS's default
        logs.put_retention_policy(logGroupName=name, retentionInDays=days)
    return name, {"name": name, "arn": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{name}"}
