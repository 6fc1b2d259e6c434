"""How the AWS provider names, replaces, updates and deletes each resource type that the program has.

Which properties force a replacement is the provider's own word ("Forces new resource"), from the pages of its
resources: https://registry.terraform.io/providers/hashicorp/aws/latest/docs
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from local.clients import Clients
from local.creators import NewResource, create
from local.creators.bundle import zipped

Inputs = Mapping[str, Any]
Change = Callable[[Clients, Inputs], None]
Update = Callable[[Clients, Inputs, Inputs], None]  # with the inputs as they were


@dataclass(frozen=True)
class Resource:
    """One resource type.

    Attributes:
        delete: Deletes it; None if AWS keeps nothing of it that is not deleted with another resource.
        named_by: The property that holds its name, if the provider makes one up where it is left out.
        replaced_by: The properties whose change replaces it.
        update: Applies the inputs; by default creating it anew does, as AWS's call is a put.
    """

    delete: Change | None
    named_by: str | None = None
    replaced_by: frozenset[str] = frozenset()
    update: Update | None = None


def create_again(type_token: str, name: str, inputs: Inputs, clients: Clients) -> None:
    """Update what AWS sets by the same call that creates it."""
    create(NewResource(type_token, name, inputs, clients))


def _nothing(_clients: Clients, _inputs: Inputs, _old: Inputs) -> None:
    """Only the provider itself heeds what may change."""


def _delete(service: str, call: str, **names: str) -> Change:
    """A call that takes some of the inputs, by AWS's names."""

    def delete(clients: Clients, inputs: Inputs) -> None:
        getattr(clients.client(service), call)(**{aws: inputs[prop] for aws, prop in names.items()})

    return delete


def _delete_bucket(clients: Clients, inputs: Inputs) -> None:
    s3, name = clients.client("s3"), inputs["bucket"]
    if inputs.get("forceDestroy"):
        for page in s3.get_paginator("list_objects_v2").paginate(Bucket=name):
            for found in page.get("Contents", []):
                s3.delete_object(Bucket=name, Key=found["Key"])
    s3.delete_bucket(Bucket=name)


def _delete_queue(clients: Clients, inputs: Inputs) -> None:
    sqs = clients.client("sqs")
    sqs.delete_queue(QueueUrl=sqs.get_queue_url(QueueName=inputs["name"])["QueueUrl"])


def _delete_mapping(clients: Clients, inputs: Inputs) -> None:
    functions = clients.client("lambda")
    found = functions.list_event_source_mappings(EventSourceArn=inputs["eventSourceArn"])
    for mapping in found["EventSourceMappings"]:
        functions.delete_event_source_mapping(UUID=mapping["UUID"])


def _delete_role(clients: Clients, inputs: Inputs) -> None:
    clients.client("iam").delete_role(RoleName=inputs["name"])


def _delete_alarm(clients: Clients, inputs: Inputs) -> None:
    clients.client("cloudwatch").delete_alarms(AlarmNames=[inputs["name"]])


def _delete_dashboard(clients: Clients, inputs: Inputs) -> None:
    clients.client("cloudwatch").delete_dashboards(DashboardNames=[inputs["dashboardName"]])


def _delete_rule(clients: Clients, inputs: Inputs) -> None:
    events = clients.client("events")
    # As AWS does: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_DeleteRule.html
    left = events.list_targets_by_rule(Rule=inputs["name"])["Targets"]
    assert not left, f"AWS deletes no rule that has targets, and {inputs['name']!r} still has {len(left)}"
    events.delete_rule(Name=inputs["name"])


def _delete_target(clients: Clients, inputs: Inputs) -> None:
    clients.client("events").remove_targets(Rule=inputs["rule"], Ids=[inputs["targetId"]])


def _update_function(clients: Clients, inputs: Inputs, _old: Inputs) -> None:
    functions, name = clients.client("lambda"), inputs["name"]
    functions.update_function_code(FunctionName=name, ZipFile=zipped(inputs["code"], name))
    functions.update_function_configuration(
        FunctionName=name,
        Environment=_variables(inputs),
        Timeout=inputs["timeout"],
        MemorySize=inputs["memorySize"],
    )


def _variables(inputs: Inputs) -> dict[str, Any]:
    return {"Variables": inputs["environment"]["variables"]}


def _update_log_group(clients: Clients, inputs: Inputs, _old: Inputs) -> None:
    clients.client("logs").put_retention_policy(
        logGroupName=inputs["name"], retentionInDays=inputs["retentionInDays"]
    )


def _update_table(clients: Clients, inputs: Inputs, _old: Inputs) -> None:
    protected = inputs.get("deletionProtectionEnabled", False)
    clients.client("dynamodb").update_table(TableName=inputs["name"], DeletionProtectionEnabled=protected)


def _update_item(clients: Clients, inputs: Inputs, old: Inputs) -> None:
    """Write the item; one of another key takes the old one's place, which is deleted then.

    https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/dynamodb/table_item.go
    """
    clients.client("dynamodb").put_item(TableName=inputs["tableName"], Item=json.loads(inputs["item"]))
    if _key_of_item(old) != _key_of_item(inputs):
        _delete_item(clients, old)


def _delete_item(clients: Clients, inputs: Inputs) -> None:
    clients.client("dynamodb").delete_item(TableName=inputs["tableName"], Key=_key_of_item(inputs))


def _key_of_item(inputs: Inputs) -> dict[str, Any]:
    item = json.loads(inputs["item"])
    return {name: item[name] for name in (inputs["hashKey"], inputs.get("rangeKey")) if name}


def _of_bucket(delete: str, replaced_by: str = "bucket") -> Resource:
    return Resource(_delete("s3", delete, Bucket="bucket"), replaced_by=frozenset({replaced_by}))


RESOURCES: Mapping[str, Resource] = {
    "aws:cloudwatch/dashboard:Dashboard": Resource(
        _delete_dashboard, replaced_by=frozenset({"dashboardName"})
    ),
    "aws:cloudwatch/eventRule:EventRule": Resource(_delete_rule, "name", frozenset({"name", "eventBusName"})),
    "aws:cloudwatch/eventTarget:EventTarget": Resource(
        _delete_target, "targetId", frozenset({"rule", "eventBusName", "targetId"})
    ),
    "aws:cloudwatch/logGroup:LogGroup": Resource(
        _delete("logs", "delete_log_group", logGroupName="name"),
        "name",
        frozenset({"name", "logGroupClass"}),
        _update_log_group,
    ),
    "aws:cloudwatch/metricAlarm:MetricAlarm": Resource(_delete_alarm, "name", frozenset({"name"})),
    "aws:dynamodb/table:Table": Resource(
        _delete("dynamodb", "delete_table", TableName="name"),
        "name",
        frozenset({"name", "hashKey", "rangeKey"}),
        _update_table,
    ),
    "aws:dynamodb/tableItem:TableItem": Resource(
        _delete_item, replaced_by=frozenset({"tableName", "hashKey", "rangeKey"}), update=_update_item
    ),
    "aws:iam/role:Role": Resource(_delete_role, "name", frozenset({"name", "path"}), _nothing),
    "aws:iam/rolePolicy:RolePolicy": Resource(
        _delete("iam", "delete_role_policy", RoleName="role", PolicyName="name"),
        "name",
        frozenset({"name", "role"}),
    ),
    "aws:lambda/eventSourceMapping:EventSourceMapping": Resource(
        _delete_mapping, replaced_by=frozenset({"eventSourceArn", "startingPosition"})
    ),
    "aws:lambda/function:Function": Resource(
        _delete("lambda", "delete_function", FunctionName="name"),
        "name",
        frozenset({"name", "packageType"}),
        _update_function,
    ),
    "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig": Resource(
        _delete("lambda", "delete_function_event_invoke_config", FunctionName="functionName"),
        replaced_by=frozenset({"functionName", "qualifier"}),
    ),
    "aws:lambda/functionRecursionConfig:FunctionRecursionConfig": Resource(
        None, replaced_by=frozenset({"functionName"})
    ),
    "aws:lambda/permission:Permission": Resource(
        _delete("lambda", "remove_permission", FunctionName="function", StatementId="statementId"),
        "statementId",
        frozenset({"action", "function", "principal", "sourceAccount", "sourceArn", "statementId"}),
    ),
    "aws:s3/bucket:Bucket": Resource(_delete_bucket, "bucket", frozenset({"bucket"}), _nothing),
    "aws:s3/bucketCorsConfiguration:BucketCorsConfiguration": _of_bucket("delete_bucket_cors"),
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": _of_bucket("delete_bucket_lifecycle"),
    "aws:s3/bucketNotification:BucketNotification": Resource(None, replaced_by=frozenset({"bucket"})),
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": _of_bucket("delete_bucket_ownership_controls"),
    "aws:s3/bucketPolicy:BucketPolicy": _of_bucket("delete_bucket_policy"),
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": _of_bucket("delete_public_access_block"),
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": _of_bucket(
        "delete_bucket_encryption"
    ),
    "aws:sesv2/configurationSet:ConfigurationSet": Resource(
        _delete("sesv2", "delete_configuration_set", ConfigurationSetName="configurationSetName"),
        replaced_by=frozenset({"configurationSetName"}),
    ),
    "aws:sesv2/emailIdentity:EmailIdentity": Resource(
        _delete("sesv2", "delete_email_identity", EmailIdentity="emailIdentity"),
        replaced_by=frozenset({"emailIdentity"}),
    ),
    "aws:sqs/queue:Queue": Resource(_delete_queue, "name", frozenset({"name", "fifoQueue"})),
    "aws:sqs/queuePolicy:QueuePolicy": Resource(None, replaced_by=frozenset({"queueUrl"})),
}
