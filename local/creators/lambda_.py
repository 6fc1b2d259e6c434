"""Lambda: functions, permissions, asynchronous invocation, event source mappings."""

import time
from typing import Any

from ..differences import scaling
from ..emulator import REGION
from ..errors import EmbeddedAwsError
from .bundle import zipped
from .registry import Created, NewResource, Value, creates
from .shapes import pascal

FUNCTION_NAME_LIMIT = 64  # https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html
STATEMENT_ID_LIMIT = 100  # https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html
SETTLE_TIMEOUT = 10.0  # seconds until a function is active, a mapping enabled
NO_RESERVATION = -1  # pulumi_aws's default: unreserved

_PLAIN = {
    "architectures": "Architectures",
    "description": "Description",
    "handler": "Handler",
    "kmsKeyArn": "KMSKeyArn",
    "layers": "Layers",
    "memorySize": "MemorySize",
    "packageType": "PackageType",
    "publish": "Publish",
    "role": "Role",
    "runtime": "Runtime",
    "tags": "Tags",
    "timeout": "Timeout",
}
_NESTED = {
    "deadLetterConfig": "DeadLetterConfig",
    "ephemeralStorage": "EphemeralStorage",
    "loggingConfig": "LoggingConfig",
    "snapStart": "SnapStart",
    "tracingConfig": "TracingConfig",
    "vpcConfig": "VpcConfig",
}
_PERMISSION = {
    "action": "Action",
    "eventSourceToken": "EventSourceToken",
    "function": "FunctionName",
    "functionUrlAuthType": "FunctionUrlAuthType",
    "principal": "Principal",
    "principalOrgId": "PrincipalOrgID",
    "qualifier": "Qualifier",
    "sourceAccount": "SourceAccount",
    "sourceArn": "SourceArn",
}


@creates("aws:lambda/function:Function")
def function(resource: NewResource) -> Created:
    """Create the function and wait until it can be invoked."""
    client = resource.client("lambda")
    name = resource.physical_name(FUNCTION_NAME_LIMIT)
    settings = resource.take_all(_PLAIN) | pascal(resource.take_all(_NESTED))
    if variables := resource.take("environment", {}).get("variables"):
        settings["Environment"] = {"Variables": variables}
    code = {"ZipFile": zipped(resource.take("code"), f"{resource.type} {resource.name!r}")}
    made = client.create_function(FunctionName=name, Code=code, **settings)
    _wait_for_state(resource, made, "Active", lambda: client.get_function_configuration(FunctionName=name))
    reserved = resource.take("reservedConcurrentExecutions", NO_RESERVATION)
    if reserved != NO_RESERVATION:
        client.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=reserved)
    return name, _function_outputs(name, made)


def _function_outputs(name: str, made: dict[str, Any]) -> dict[str, Any]:
    arn = made["FunctionArn"]
    path = f"arn:aws:apigateway:{REGION}:lambda:path/2015-03-31/functions"
    return {
        "name": name,
        "arn": arn,
        "invokeArn": f"{path}/{arn}/invocations",
        "qualifiedArn": f"{arn}:{made['Version']}",
        "qualifiedInvokeArn": f"{path}/{arn}:{made['Version']}/invocations",
        "version": made["Version"],
        "lastModified": made["LastModified"],
        "codeSha256": made["CodeSha256"],
        "sourceCodeSize": made["CodeSize"],
    }


@creates("aws:lambda/permission:Permission")
def permission(resource: NewResource) -> Created:
    """Let somebody invoke a function."""
    statement = resource.physical_name(STATEMENT_ID_LIMIT, prop="statementId")
    resource.client("lambda").add_permission(StatementId=statement, **resource.take_all(_PERMISSION))
    return statement, {"statementId": statement}


@creates("aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig")
def event_invoke_config(resource: NewResource) -> Created:
    """Set how often asynchronous invocations are tried, and where they end."""
    settings = resource.take_set(
        "destinationConfig", "functionName", "maximumEventAgeInSeconds", "maximumRetryAttempts", "qualifier"
    )
    resource.client("lambda").put_function_event_invoke_config(**pascal(settings))
    qualifier = settings.get("qualifier")
    return f"{settings['functionName']}:{qualifier}" if qualifier else settings["functionName"], {}


@creates("aws:lambda/functionRecursionConfig:FunctionRecursionConfig")
def recursion_config(resource: NewResource) -> Created:
    """Allow a function to invoke itself, or have that stopped."""
    settings = resource.take_set("functionName", "recursiveLoop")
    resource.client("lambda").put_function_recursion_config(**pascal(settings))
    return settings["functionName"], {}


@creates("aws:lambda/eventSourceMapping:EventSourceMapping")
def event_source_mapping(resource: NewResource) -> Created:
    """Have a queue or stream feed a function, and wait until it does."""
    client = resource.client("lambda")
    settings = resource.take_set(
        "batchSize", "bisectBatchOnFunctionError", "destinationConfig", "enabled", "eventSourceArn",
        "filterCriteria", "functionName", "functionResponseTypes", "maximumBatchingWindowInSeconds",
        "maximumRecordAgeInSeconds", "maximumRetryAttempts", "metricsConfig", "parallelizationFactor",
        "scalingConfig", "startingPosition", "tumblingWindowInSeconds",
    )  # fmt: skip
    if "scalingConfig" in settings:
        settings["scalingConfig"] = scaling(settings["scalingConfig"])
    request = pascal({"enabled": True, **settings}, {"destinationArn": "Destination"})
    made = client.create_event_source_mapping(Tags=resource.take("tags", {}), **request)
    uuid = made["UUID"]
    if settings.get("enabled", True):
        _wait_for_state(resource, made, "Enabled", lambda: client.get_event_source_mapping(UUID=uuid))
    arns = {"functionArn": made["FunctionArn"], "arn": made.get("EventSourceMappingArn", "")}
    return uuid, {"uuid": uuid, **arns}


def _wait_for_state(resource: NewResource, made: Value, wanted: str, read: Value) -> None:
    """Wait until `State` is as wanted; mostly it is from the start."""
    deadline = time.monotonic() + SETTLE_TIMEOUT
    while made.get("State", wanted) != wanted:
        if time.monotonic() > deadline:
            raise EmbeddedAwsError(
                f"{resource.type} {resource.name!r} is {made['State']} after {SETTLE_TIMEOUT:.0f} s, "
                f"not {wanted}."
            )
        time.sleep(0.02)
        made = read()
