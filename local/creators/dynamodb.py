"""DynamoDB: the table, and single items of one."""

import json
from typing import Any

from .registry import Created, NewResource, Value, creates
from .shapes import pascal, tag_list

TABLE_NAME_LIMIT = 255  # https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html


@creates("aws:dynamodb/table:Table")
def table(resource: NewResource) -> Created:
    """Create the table with its indexes and stream, then the settings that AWS takes by a call each."""
    dynamodb = resource.client("dynamodb")
    name = resource.physical_name(TABLE_NAME_LIMIT)
    description = dynamodb.create_table(TableName=name, **_definition(resource))["TableDescription"]
    dynamodb.get_waiter("table_exists").wait(TableName=name)
    _update_settings(resource, name)
    return name, {
        "name": name,
        "arn": description["TableArn"],
        "streamArn": description.get("LatestStreamArn", ""),
        "streamLabel": description.get("LatestStreamLabel", ""),
    }


@creates("aws:dynamodb/tableItem:TableItem")
def table_item(resource: NewResource) -> Created:
    """Put the item, unless there is one of its key, as the provider does."""
    item, keys = json.loads(resource.take("item")), [resource.take("hashKey"), resource.take("rangeKey")]
    resource.client("dynamodb").put_item(
        TableName=resource.take("tableName"),
        Item=item,
        ConditionExpression="attribute_not_exists(#key)",
        ExpressionAttributeNames={"#key": keys[0]},
    )
    return "|".join(next(iter(item[key].values())) for key in keys if key), {}


def _definition(resource: NewResource) -> dict[str, Any]:
    hash_key, range_key = resource.take("hashKey"), resource.take("rangeKey")
    optional = {
        "GlobalSecondaryIndexes": [
            _index(index, None) for index in resource.take("globalSecondaryIndexes", [])
        ],
        "LocalSecondaryIndexes": [
            _index(index, hash_key) for index in resource.take("localSecondaryIndexes", [])
        ],
        "ProvisionedThroughput": _throughput(resource.take("readCapacity"), resource.take("writeCapacity")),
        "OnDemandThroughput": pascal(resource.take("onDemandThroughput")),
        "StreamSpecification": _stream(resource.take("streamEnabled"), resource.take("streamViewType")),
        "SSESpecification": _encryption(resource.take("serverSideEncryption")),
        "TableClass": resource.take("tableClass"),
        "DeletionProtectionEnabled": resource.take("deletionProtectionEnabled"),
        "Tags": tag_list(resource.take("tags")),
    }
    return {
        "AttributeDefinitions": [
            {"AttributeName": one["name"], "AttributeType": one["type"]}
            for one in resource.take("attributes")
        ],
        "KeySchema": _key_schema(hash_key, range_key),
        "BillingMode": resource.take("billingMode", "PROVISIONED"),
        **{key: value for key, value in optional.items() if value},
    }


def _key_schema(hash_key: str, range_key: str | None) -> list[dict[str, str]]:
    keys = [{"AttributeName": hash_key, "KeyType": "HASH"}]
    return [*keys, {"AttributeName": range_key, "KeyType": "RANGE"}] if range_key else keys


def _index(index: Value, table_hash_key: str | None) -> Value:
    rest = dict(index)
    projection = {"ProjectionType": rest.pop("projectionType")}
    if attributes := rest.pop("nonKeyAttributes", None):
        projection["NonKeyAttributes"] = attributes
    made = {"IndexName": rest.pop("name"), "Projection": projection}
    if schemas := rest.pop("keySchemas", None):
        made["KeySchema"] = pascal(schemas)
    else:
        made["KeySchema"] = _key_schema(table_hash_key or rest.pop("hashKey"), rest.pop("rangeKey", None))
    if throughput := _throughput(rest.pop("readCapacity", None), rest.pop("writeCapacity", None)):
        made["ProvisionedThroughput"] = throughput
    return {**made, **pascal(rest)}


def _throughput(read: int | None, write: int | None) -> dict[str, int] | None:
    return {"ReadCapacityUnits": read or 0, "WriteCapacityUnits": write or 0} if read or write else None


def _stream(enabled: bool | None, view: str | None) -> Value:
    return {"StreamEnabled": True, "StreamViewType": view} if enabled else None


def _encryption(value: Value) -> Value:
    """The specification; `enabled` false stands for the default, a key that AWS owns."""
    if not value or not value["enabled"]:
        return None
    rest = dict(value)
    made = {"Enabled": rest.pop("enabled"), "SSEType": "KMS"}
    if key := rest.pop("kmsKeyArn", None):
        made["KMSMasterKeyId"] = key
    return {**made, **pascal(rest)}


def _update_settings(resource: NewResource, name: str) -> None:
    dynamodb = resource.client("dynamodb")
    if ttl := resource.take("ttl"):
        specification = {"Enabled": False, **pascal(ttl)}
        dynamodb.update_time_to_live(TableName=name, TimeToLiveSpecification=specification)
    if recovery := resource.take("pointInTimeRecovery"):
        renames = {"enabled": "PointInTimeRecoveryEnabled"}
        dynamodb.update_continuous_backups(
            TableName=name, PointInTimeRecoverySpecification=pascal(recovery, renames)
        )
