"""The argument `function` of every component: how its functions run, and where."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NotRequired, Optional, TypedDict

import pulumi

from . import defaults
from .arguments import Arguments, Listed
from .contracts import Variable
from .keys import read_key

_LAYER_ARN = re.compile(r"arn:[a-z-]+:lambda:[a-z0-9-]+:[0-9]{12}:layer:[A-Za-z0-9_-]+:[0-9]+")
_LAYERS = "layers' ARNs, each with its version"
_LAYER_EXAMPLE = "arn:aws:lambda:us-east-1:123456789012:layer:name:1"
_SUBNET, _SECURITY_GROUP = re.compile(r"subnet-[0-9a-z]+"), re.compile(r"sg-[0-9a-zA-Z]+")
_POLICY_ARN = re.compile(r"arn:[a-z-]+:iam::(?:[0-9]{12}|aws):policy/\S+")
# https://docs.aws.amazon.com/lambda/latest/api/API_Environment.html
_VARIABLE = re.compile(r"[A-Za-z][A-Za-z0-9_]+")

POWERTOOLS_SERVICE_NAME, POWERTOOLS_LOG_LEVEL = "POWERTOOLS_SERVICE_NAME", "POWERTOOLS_LOG_LEVEL"
_OURS = frozenset([*Variable, POWERTOOLS_SERVICE_NAME, POWERTOOLS_LOG_LEVEL])


class VpcArgs(TypedDict):
    """Where in a VPC a function runs."""

    subnet_ids: pulumi.Input[list[pulumi.Input[str]]]
    """The subnets, 1 to 16: private ones, with a way to AWS's services (a NAT gateway, or VPC endpoints)."""
    security_group_ids: pulumi.Input[list[pulumi.Input[str]]]
    """The security groups, 1 to 5; they must let HTTPS out."""


class FunctionArgs(TypedDict):
    """How a function runs; what is left out stays the component's default."""

    memory_mb: NotRequired[Optional[int]]
    """The memory, 128 to 10240 MB; the CPU grows with it."""
    timeout_seconds: NotRequired[Optional[int]]
    """The longest that one invocation may take, up to 900 seconds."""
    architecture: NotRequired[Optional[str]]
    """The processor, arm64 or x86_64. Default: arm64."""
    environment: NotRequired[Optional[dict[str, pulumi.Input[str]]]]
    """Environment variables beside the component's own; none of its names, nor of those that Lambda reserves.
    All together, at most 4 KB."""
    layers: NotRequired[Optional[pulumi.Input[list[pulumi.Input[str]]]]]
    """The ARNs of layers, 1 to 5, each with its version. Default: none."""
    vpc: NotRequired[Optional[VpcArgs]]
    """The VPC that the function is connected to, with what its role needs for it. Default: none."""
    kms_key_arn: NotRequired[Optional[pulumi.Input[str]]]
    """The ARN of the KMS key that the environment variables are encrypted with; the role may decrypt with it.
    Default: a key of AWS's."""
    permissions_boundary_arn: NotRequired[Optional[pulumi.Input[str]]]
    """The ARN of the policy that bounds what the role may do. Default: none."""
    tracing: NotRequired[Optional[str]]
    """X-Ray's tracing: Active, or PassThrough for those requests alone that come with a sampled trace; the
    role may then write traces. Default: none."""
    reserved_concurrency: NotRequired[Optional[int]]
    """How many invocations at once the account keeps for the function, which then never has more; at least 1.
    Default: none are kept."""
    log_retention_days: NotRequired[Optional[int]]
    """For how many days the log is kept, one of CloudWatch's choices: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150,
    180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653. Default: 30."""
    log_kms_key_arn: NotRequired[Optional[pulumi.Input[str]]]
    """The ARN of the KMS key that the log is encrypted with; its policy must let CloudWatch Logs use it.
    Default: a key of AWS's."""


@dataclass(frozen=True)
class FunctionDefaults:
    """What one component's function has by default: `timeout` is in seconds, `memory` in MB.

    With less than `timeout_min`, a call that takes until its time-outs would outlast the function.
    """

    timeout: int
    timeout_min: int
    memory: int


@dataclass(frozen=True)
class FunctionPlan:
    """The argument, checked, with every default filled in; `timeout` is in seconds, `memory` in MB."""

    memory: int
    timeout: int
    architecture: str
    environment: Mapping[str, pulumi.Input[str]]
    layers: Listed | None
    vpc: VpcArgs | None
    kms_key_arn: pulumi.Input[str] | None
    permissions_boundary_arn: pulumi.Input[str] | None
    tracing: str | None
    reserved_concurrency: int | None
    log_retention_days: int
    log_kms_key_arn: pulumi.Input[str] | None


def read_function(
    arguments: Arguments, of_component: FunctionDefaults, maximum_concurrency: int | None = None
) -> FunctionPlan:
    """Read the argument `function` of a component's arguments.

    `maximum_concurrency` is that of the queue's mapping that invokes the function, if one does.
    """
    members = arguments.members("function", FunctionArgs)
    return FunctionPlan(
        memory=_memory(members, of_component),
        timeout=_timeout(members, of_component),
        architecture=members.one_of(
            "architecture", defaults.ARCHITECTURES[0], defaults.ARCHITECTURES, "Lambda's architectures"
        ),
        environment=_environment(members),
        layers=_layers(members),
        vpc=_vpc(members),
        kms_key_arn=read_key(members, "kms_key_arn"),
        permissions_boundary_arn=members.resource(
            "permissions_boundary_arn",
            _POLICY_ARN,
            "an IAM policy's ARN",
            example="arn:aws:iam::123456789012:policy/boundary",
        ),
        tracing=_tracing(members),
        reserved_concurrency=_reserved_concurrency(members, maximum_concurrency),
        log_retention_days=members.one_of(
            "log_retention_days", defaults.KEEP_LOGS_DAYS, defaults.LOG_RETENTION_DAYS, "CloudWatch's choices"
        ),
        log_kms_key_arn=read_key(members, "log_kms_key_arn"),
    )


def _memory(members: Arguments, of_component: FunctionDefaults) -> int:
    low, high = defaults.FUNCTION_MEMORY_MIN_MB, defaults.FUNCTION_MEMORY_MAX_MB
    return members.whole_number("memory_mb", of_component.memory, low, high, "Lambda's limits")


def _timeout(members: Arguments, of_component: FunctionDefaults) -> int:
    low, high = of_component.timeout_min, defaults.FUNCTION_TIMEOUT_MAX
    reason = "what its calls may take, Lambda's limit"
    return members.whole_number("timeout_seconds", of_component.timeout, low, high, reason)


def _environment(members: Arguments) -> Mapping[str, pulumi.Input[str]]:
    variables = members.named_inputs("environment")
    for name in variables:
        if name in _OURS:
            told = f"{name} is set by the component; give yours another name"
        elif name in defaults.RESERVED_VARIABLES:
            told = f"{name} is reserved by Lambda; give yours another name"
        elif not _VARIABLE.fullmatch(name):
            told = f"expected names of a letter and then letters, digits and _ (Lambda's rule), got {name!r}"
        else:
            continue
        members.add_problem("environment", "environment variables of your own", variables, detail=told)
    return variables


def _layers(members: Arguments) -> Listed | None:
    if not members.given("layers"):
        return None
    layers: Listed = members.resources(
        "layers", defaults.LAYERS_MAX, _LAYER_ARN, _LAYERS, least=1, example=_LAYER_EXAMPLE
    )
    return layers


def _vpc(members: Arguments) -> VpcArgs | None:
    vpc = members.members("vpc", VpcArgs)
    if not members.given("vpc"):
        return None
    return {
        "subnet_ids": vpc.resources(
            "subnet_ids",
            defaults.SUBNETS_MAX,
            _SUBNET,
            "subnets' ids",
            least=1,
            example="subnet-0a1b2c3d",
        ),
        "security_group_ids": vpc.resources(
            "security_group_ids",
            defaults.SECURITY_GROUPS_MAX,
            _SECURITY_GROUP,
            "security groups' ids",
            least=1,
            example="sg-0a1b2c3d",
        ),
    }


def _tracing(members: Arguments) -> str | None:
    if not members.given("tracing"):
        return None
    mode: str = members.one_of("tracing", defaults.TRACING_MODES[0], defaults.TRACING_MODES, "Lambda's modes")
    return mode


def _reserved_concurrency(members: Arguments, maximum_concurrency: int | None) -> int | None:
    if not members.given("reserved_concurrency"):
        return None
    low, high, reason = 1, defaults.RESERVED_CONCURRENCY_MAX, "0 would stop the function"
    if maximum_concurrency is not None:
        # https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
        low, reason = maximum_concurrency, "maximum_concurrency, else Lambda may throttle messages"
    return members.whole_number("reserved_concurrency", low, low, high, reason)
