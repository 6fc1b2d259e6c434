"""SQS: the queue, and its policies that are resources of their own."""

from ..differences import resource_policy
from .registry import Created, NewResource, Value, creates
from .shapes import document, text

# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html
QUEUE_NAME_LIMIT = 80
_ATTRIBUTES = {
    "visibilityTimeoutSeconds": "VisibilityTimeout",
    "messageRetentionSeconds": "MessageRetentionPeriod",
    "maxMessageSize": "MaximumMessageSize",
    "delaySeconds": "DelaySeconds",
    "receiveWaitTimeSeconds": "ReceiveMessageWaitTimeSeconds",
    "kmsMasterKeyId": "KmsMasterKeyId",
    "kmsDataKeyReusePeriodSeconds": "KmsDataKeyReusePeriodSeconds",
    "sqsManagedSseEnabled": "SqsManagedSseEnabled",
}
# SQS takes these of FIFO queues only; for others the provider leaves its defaults out.
_FIFO_ATTRIBUTES = {
    "contentBasedDeduplication": "ContentBasedDeduplication",
    "deduplicationScope": "DeduplicationScope",
    "fifoThroughputLimit": "FifoThroughputLimit",
}
_DOCUMENTS = {"redrivePolicy": "RedrivePolicy", "redriveAllowPolicy": "RedriveAllowPolicy"}


@creates("aws:sqs/queue:Queue")
def queue(resource: NewResource) -> Created:
    """Create the queue, with the policies that it has inline."""
    sqs = resource.client("sqs")
    fifo = resource.take("fifoQueue", False)
    name = resource.physical_name(QUEUE_NAME_LIMIT, suffix=".fifo" if fifo else "")
    of_fifo = resource.take_all(_FIFO_ATTRIBUTES)
    given = resource.take_all(_ATTRIBUTES) | (of_fifo if fifo else {})
    attributes = {key: text(value) for key, value in given.items()}
    attributes |= {key: document(value) for key, value in resource.take_all(_DOCUMENTS).items()}
    if (policy := resource.take("policy")) and (allowed := resource_policy(document(policy))):
        attributes["Policy"] = allowed
    if fifo:  # SQS takes it as true or not at all
        attributes["FifoQueue"] = "true"
    url = sqs.create_queue(QueueName=name, Attributes=attributes, tags=resource.take("tags", {}))["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    return url, {"url": url, "arn": arn, "name": name}


@creates("aws:sqs/queuePolicy:QueuePolicy")
def policy(resource: NewResource) -> Created:
    """Set who may use the queue."""
    allowed = resource_policy(document(resource.take("policy")))
    return _set(resource, "Policy", allowed or "")  # an empty policy is SQS's word for none


@creates("aws:sqs/redrivePolicy:RedrivePolicy")
def redrive_policy(resource: NewResource) -> Created:
    """Set where messages go that nobody could handle."""
    return _set(resource, "RedrivePolicy", document(resource.take("redrivePolicy")))


@creates("aws:sqs/redriveAllowPolicy:RedriveAllowPolicy")
def redrive_allow_policy(resource: NewResource) -> Created:
    """Set whose dead-letter queue this may be."""
    return _set(resource, "RedriveAllowPolicy", document(resource.take("redriveAllowPolicy")))


def _set(resource: NewResource, attribute: str, value: Value) -> Created:
    url = resource.take("queueUrl")
    resource.client("sqs").set_queue_attributes(QueueUrl=url, Attributes={attribute: value})
    return url, {}
