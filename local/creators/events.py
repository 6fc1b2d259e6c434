"""EventBridge: buses, rules and their targets."""

from .registry import Created, NewResource, creates
from .shapes import pascal, tag_list

# https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html
RULE_NAME_LIMIT = 64
TARGET_ID_LIMIT = 64  # https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_Target.html
_RULE = {
    "description": "Description",
    "eventBusName": "EventBusName",
    "eventPattern": "EventPattern",
    "roleArn": "RoleArn",
    "scheduleExpression": "ScheduleExpression",
    "state": "State",
}
_TARGET = {"arn": "Arn", "input": "Input", "inputPath": "InputPath", "roleArn": "RoleArn"}


@creates("aws:cloudwatch/eventRule:EventRule")
def rule(resource: NewResource) -> Created:
    """Put the rule, a schedule or a pattern of events."""
    name = resource.physical_name(RULE_NAME_LIMIT)
    tags = tag_list(resource.take("tags"))
    arn = resource.client("events").put_rule(Name=name, Tags=tags, **resource.take_all(_RULE))["RuleArn"]
    return name, {"name": name, "arn": arn}


@creates("aws:cloudwatch/eventTarget:EventTarget")
def target(resource: NewResource) -> Created:
    """Have a rule invoke a target."""
    name, made = resource.take("rule"), resource.physical_name(TARGET_ID_LIMIT, prop="targetId")
    bus = resource.take_all({"eventBusName": "EventBusName"})
    settings = resource.take_all(_TARGET) | pascal(resource.take_set("deadLetterConfig", "retryPolicy"))
    resource.client("events").put_targets(Rule=name, Targets=[{"Id": made, **settings}], **bus)
    return f"{name}-{made}", {"targetId": made}


@creates("aws:cloudwatch/eventBus:EventBus")
def event_bus(resource: NewResource) -> Created:
    """Create the bus, whose name the provider does not make up."""
    name, tags = resource.take("name"), tag_list(resource.take("tags"))
    settings = resource.take_all({"description": "Description", "kmsKeyIdentifier": "KmsKeyIdentifier"})
    arn = resource.client("events").create_event_bus(Name=name, Tags=tags, **settings)["EventBusArn"]
    return name, {"arn": arn}
