"""SNS: topics and subscriptions."""

from ..differences import resource_policy
from .registry import Created, NewResource, creates
from .shapes import document, tag_list, text

TOPIC_NAME_LIMIT = 256  # https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html
_TOPIC = {
    "contentBasedDeduplication": "ContentBasedDeduplication",
    "displayName": "DisplayName",
    "kmsMasterKeyId": "KmsMasterKeyId",
    "signatureVersion": "SignatureVersion",
    "tracingConfig": "TracingConfig",
}
_SUBSCRIPTION = {"filterPolicyScope": "FilterPolicyScope", "rawMessageDelivery": "RawMessageDelivery"}


@creates("aws:sns/topic:Topic")
def topic(resource: NewResource) -> Created:
    """Create the topic."""
    fifo = resource.take("fifoTopic", False)
    name = resource.physical_name(TOPIC_NAME_LIMIT, suffix=".fifo" if fifo else "")
    attributes = {key: text(value) for key, value in resource.take_all(_TOPIC).items()}
    if (policy := resource.take("policy")) and (allowed := resource_policy(document(policy))):
        attributes["Policy"] = allowed
    if fifo:
        attributes["FifoTopic"] = "true"
    tags = tag_list(resource.take("tags"))
    arn = resource.client("sns").create_topic(Name=name, Attributes=attributes, Tags=tags)["TopicArn"]
    return arn, {"arn": arn, "name": name}


@creates("aws:sns/topicPolicy:TopicPolicy")
def topic_policy(resource: NewResource) -> Created:
    """Set who may use the topic."""
    arn = resource.take("arn")
    if allowed := resource_policy(document(resource.take("policy"))):
        resource.client("sns").set_topic_attributes(
            TopicArn=arn, AttributeName="Policy", AttributeValue=allowed
        )
    return arn, {}


@creates("aws:sns/topicSubscription:TopicSubscription")
def subscription(resource: NewResource) -> Created:
    """Subscribe an endpoint to a topic."""
    attributes = {key: text(value) for key, value in resource.take_all(_SUBSCRIPTION).items()}
    for prop, key in (("filterPolicy", "FilterPolicy"), ("redrivePolicy", "RedrivePolicy")):
        if value := resource.take(prop):
            attributes[key] = document(value)
    arn = resource.client("sns").subscribe(
        TopicArn=resource.take("topic"),
        Protocol=resource.take("protocol"),
        Endpoint=resource.take("endpoint"),
        Attributes=attributes,
        ReturnSubscriptionArn=True,
    )["SubscriptionArn"]
    return arn, {"arn": arn}
