"""SNS: topics and subscriptions."""

from ..differences import resource_policy
from .registry import Made, Order, creates
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
def topic(order: Order) -> Made:
    """Create the topic."""
    fifo = order.take("fifoTopic", False)
    name = order.physical_name(TOPIC_NAME_LIMIT, suffix=".fifo" if fifo else "")
    attributes = {key: text(value) for key, value in order.take_all(_TOPIC).items()}
    if (policy := order.take("policy")) and (allowed := resource_policy(document(policy))):
        attributes["Policy"] = allowed
    if fifo:
        attributes["FifoTopic"] = "true"
    tags = tag_list(order.take("tags"))
    arn = order.aws("sns").create_topic(Name=name, Attributes=attributes, Tags=tags)["TopicArn"]
    return arn, {"arn": arn, "name": name}


@creates("aws:sns/topicPolicy:TopicPolicy")
def topic_policy(order: Order) -> Made:
    """Set who may use the topic."""
    arn = order.take("arn")
    if allowed := resource_policy(document(order.take("policy"))):
        order.aws("sns").set_topic_attributes(TopicArn=arn, AttributeName="Policy", AttributeValue=allowed)
    return arn, {}


@creates("aws:sns/topicSubscription:TopicSubscription")
def subscription(order: Order) -> Made:
    """Subscribe an endpoint to a topic."""
    attributes = {key: text(value) for key, value in order.take_all(_SUBSCRIPTION).items()}
    for prop, key in (("filterPolicy", "FilterPolicy"), ("redrivePolicy", "RedrivePolicy")):
        if value := order.take(prop):
            attributes[key] = document(value)
    arn = order.aws("sns").subscribe(
        TopicArn=order.take("topic"),
        Protocol=order.take("protocol"),
        Endpoint=order.take("endpoint"),
        Attributes=attributes,
        ReturnSubscriptionArn=True,
    )["SubscriptionArn"]
    return arn, {"arn": arn}
