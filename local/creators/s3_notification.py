"""S3: a bucket's event notifications."""

from typing import Any

from .registry import Created, NewResource, Value, creates
from .shapes import pascal

# Pulumi's property and its key for the target; S3's names for both.
_TARGETS = (
    ("lambdaFunctions", "lambdaFunctionArn", "LambdaFunctionConfigurations", "LambdaFunctionArn"),
    ("queues", "queueArn", "QueueConfigurations", "QueueArn"),
    ("topics", "topicArn", "TopicConfigurations", "TopicArn"),
)


@creates("aws:s3/bucketNotification:BucketNotification")
def notification(resource: NewResource) -> Created:
    """Set the bucket's notification configuration (a bucket has one)."""
    name = resource.take("bucket")
    configuration: dict[str, Any] = {}
    for prop, key, s3_prop, s3_key in _TARGETS:
        if targets := resource.take(prop):
            configuration[s3_prop] = [_target(target, key, s3_key) for target in targets]
    if resource.take("eventbridge"):
        configuration["EventBridgeConfiguration"] = {}
    put = resource.client("s3").put_bucket_notification_configuration
    put(Bucket=name, NotificationConfiguration=configuration)
    return name, {}


def _target(target: Value, key: str, s3_key: str) -> Value:
    rest = dict(target)
    filters = [
        {"Name": name, "Value": value}
        for prop, name in (("filterPrefix", "prefix"), ("filterSuffix", "suffix"))
        if (value := rest.pop(prop, None))
    ]
    made = {s3_key: rest.pop(key), **pascal(rest)}
    return {**made, "Filter": {"Key": {"FilterRules": filters}}} if filters else made
