"""How a function runs: what each member of `function` becomes, and what is wrong with it."""

import json
from collections.abc import Callable
from typing import Any

import pulumi
import pytest

from components import BufferedWriter, CsvIngest, StreamNotifier

from .answers import arn
from .problems import ingest_problems, notifier_problems, writer_problems
from .recording import Recording, record
from .samples import (
    BOUNDARY_ARN,
    FUNCTION,
    KEY_ARN,
    LAYER_ARN,
    LOG_KEY_ARN,
    ingest_args,
    notifier_args,
    writer_args,
)

LAMBDA, ROLE, LOGS = "lambda/function:Function", "iam/role:Role", "cloudwatch/logGroup:LogGroup"
FUNCTIONS = ("in-process-csv", "w-insert-records", "n-send-email", "n-mail-round")
NETWORK = {
    "ec2:CreateNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:DeleteNetworkInterface",
    "ec2:AssignPrivateIpAddresses",
    "ec2:UnassignPrivateIpAddresses",
}


def record_all(**arguments: Any) -> Recording:
    def program() -> None:
        CsvIngest("in", ingest_args(**arguments))
        BufferedWriter("w", writer_args(**arguments))
        StreamNotifier("n", notifier_args(**arguments))

    return record(program)


def statements(recorded: Recording, function: str) -> dict[str, dict[str, Any]]:
    policy = json.loads(recorded.inputs("iam/rolePolicy:RolePolicy", f"{function}-policy")["policy"])
    return {statement.pop("Sid"): statement for statement in policy["Statement"]}


@pytest.fixture(scope="module")
def everything() -> Recording:
    return record_all(function=FUNCTION)


@pytest.fixture(scope="module")
def nothing() -> Recording:
    return record_all()


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_member_reaches_the_function(everything: Recording, name: str) -> None:
    inputs = everything.inputs(LAMBDA, name)
    assert inputs["memorySize"] == 512
    assert inputs["architectures"] == ["x86_64"]
    assert inputs["layers"] == [LAYER_ARN]
    assert inputs["vpcConfig"] == {"subnetIds": ["subnet-1", "subnet-2"], "securityGroupIds": ["sg-1"]}
    assert inputs["kmsKeyArn"] == KEY_ARN
    assert inputs["tracingConfig"] == {"mode": "Active"}
    assert inputs["environment"]["variables"]["TEAM"] == "people"
    assert everything.inputs(ROLE, f"{name}-role")["permissionsBoundary"] == BOUNDARY_ARN
    logs = everything.inputs(LOGS, f"{name}-logs")
    assert (logs["retentionInDays"], logs["kmsKeyId"]) == (7, LOG_KEY_ARN)


def test_the_rounds_time_and_concurrency_are_its_own(everything: Recording) -> None:
    of = {name: everything.inputs(LAMBDA, name) for name in FUNCTIONS}
    assert {name: inputs["reservedConcurrentExecutions"] for name, inputs in of.items()} == {
        **dict.fromkeys(FUNCTIONS, 10),
        "n-mail-round": -1,
    }
    told = record(lambda: StreamNotifier("n", notifier_args(function={"timeout_seconds": 120})))
    timeouts = [told.inputs(LAMBDA, name)["timeout"] for name in ("n-send-email", "n-mail-round")]
    assert timeouts == [120, 300]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_role_gets_what_that_takes_and_no_more(
    everything: Recording, nothing: Recording, name: str
) -> None:
    with_all, without = statements(everything, name), statements(nothing, name)
    added = {sid: with_all[sid] for sid in with_all.keys() - without.keys()}
    assert {sid: with_all[sid] for sid in without} == without
    assert {sid: (each["Effect"], set(each["Action"]), each["Resource"]) for sid, each in added.items()} == {
        "ConnectToVpc": ("Allow", NETWORK, ["*"]),
        "OnlyLambdaConnects": ("Deny", NETWORK, ["*"]),
        "DecryptEnvironment": ("Allow", {"kms:Decrypt"}, [KEY_ARN]),
        "WriteTraces": ("Allow", {"xray:PutTraceSegments", "xray:PutTelemetryRecords"}, ["*"]),
    }
    # The function's code cannot use what Lambda makes its network interfaces with.
    assert added["OnlyLambdaConnects"]["Condition"] == {"Null": {"lambda:SourceFunctionArn": "false"}}
    assert [sid for sid, each in added.items() if "Condition" in each] == ["OnlyLambdaConnects"]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_what_is_not_said_is_left_to_aws(nothing: Recording, name: str) -> None:
    unset = {"layers", "vpcConfig", "kmsKeyArn"}
    assert not unset & nothing.inputs(LAMBDA, name).keys()
    assert nothing.inputs(LAMBDA, name)["reservedConcurrentExecutions"] == -1
    assert nothing.inputs(LAMBDA, name)["tracingConfig"] == {"mode": "PassThrough"}
    assert "permissionsBoundary" not in nothing.inputs(ROLE, f"{name}-role")
    assert "kmsKeyId" not in nothing.inputs(LOGS, f"{name}-logs")


def test_tracing_may_be_left_to_who_calls() -> None:
    recorded = record_all(function={"tracing": "PassThrough"})
    assert recorded.inputs(LAMBDA, "n-mail-round")["tracingConfig"] == {"mode": "PassThrough"}
    assert "WriteTraces" in statements(recorded, "n-mail-round")


def test_outputs_of_other_resources_do() -> None:
    output = pulumi.Output.from_input
    ids = {"subnet_ids": output(["subnet-9"]), "security_group_ids": [output("sg-9")]}
    recorded = record_all(
        function={
            "vpc": ids,
            "layers": [output(LAYER_ARN)],
            "kms_key_arn": output(KEY_ARN),
            "environment": {"TEAM": output("people")},
        }
    )
    inputs = recorded.inputs(LAMBDA, "in-process-csv")
    assert inputs["vpcConfig"] == {"subnetIds": ["subnet-9"], "securityGroupIds": ["sg-9"]}
    assert inputs["layers"] == [LAYER_ARN]
    assert inputs["environment"]["variables"]["TEAM"] == "people"
    assert statements(recorded, "in-process-csv")["DecryptEnvironment"]["Resource"] == [KEY_ARN]


def test_roles_log_groups_and_mappings_are_told(nothing: Recording) -> None:
    mapped = {"w": ("w-insert-records", "mapping"), "n": ("n-send-email", "stream")}
    for component, function in (("in", FUNCTIONS[0]), ("w", FUNCTIONS[1]), ("n", FUNCTIONS[2])):
        outputs = nothing.component_outputs[component]
        assert outputs["role_name"] == f"{function}-role"
        assert outputs["role_arn"] == arn(ROLE, f"{function}-role")
        assert outputs["log_group_name"] == f"{function}-logs"
    for component, (function, what) in mapped.items():
        assert nothing.component_outputs[component]["mapping_id"] == f"{function}-{what}"
    assert "mapping_id" not in nothing.component_outputs["in"]
    notifier = nothing.component_outputs["n"]
    assert notifier["round_role_name"] == "n-mail-round-role"
    assert notifier["round_role_arn"] == arn(ROLE, "n-mail-round-role")
    assert notifier["round_log_group_name"] == "n-mail-round-logs"


KEY = (
    "a KMS key's own ARN such as arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
)
LAYERS, SUBNETS, GROUPS = "layers' ARNs, each with its version", "subnets' ids", "security groups' ids"
ALIAS = "arn:aws:kms:eu-central-1:123456789012:alias/ours"
VPC = {"subnet_ids": ["subnet-1"], "security_group_ids": ["sg-1"]}


@pytest.mark.parametrize("problems", [ingest_problems, writer_problems, notifier_problems])
@pytest.mark.parametrize(
    ("member", "value", "told"),
    [
        ("memory_mb", 127, "expected a whole number from 128 to 10,240 (Lambda's limits), got 127"),
        ("architecture", "arm", "expected one of arm64, x86_64 (Lambda's architectures), got 'arm'"),
        ("environment", ["A=b"], "expected an object of texts, got ['A=b']"),
        ("environment", {"TEAM": 1}, "expected a text for TEAM, got 1"),
        ("environment", {"TABLE": "t"}, "TABLE is set by the component; give yours another name"),
        (
            "environment",
            {"POWERTOOLS_LOG_LEVEL": "DEBUG"},
            "POWERTOOLS_LOG_LEVEL is set by the component; give yours another name",
        ),
        ("environment", {"AWS_REGION": "x"}, "AWS_REGION is reserved by Lambda; give yours another name"),
        (
            "environment",
            {"a-b": "c"},
            "expected names of a letter and then letters, digits and _ (Lambda's rule), got 'a-b'",
        ),
        ("layers", [], f"expected 1 to 5 {LAYERS}, got []"),
        ("layers", LAYER_ARN, f"expected 1 to 5 {LAYERS}, got {LAYER_ARN!r}"),
        ("layers", [LAYER_ARN[:-2]], f"expected 1 to 5 {LAYERS}, got {[LAYER_ARN[:-2]]!r}"),
        ("layers", [LAYER_ARN] * 6, f"expected 1 to 5 {LAYERS}, got {[LAYER_ARN] * 6!r}"),
        ("vpc", ["subnet-1"], "expected an object, got ['subnet-1']"),
        ("kms_key_arn", ALIAS, f"expected {KEY}, got {ALIAS!r}"),
        ("log_kms_key_arn", "our-key", f"expected {KEY}, got 'our-key'"),
        ("permissions_boundary_arn", "boundary", "expected an IAM policy's ARN, got 'boundary'"),
        ("tracing", True, "expected one of Active, PassThrough (Lambda's modes), got True"),
        ("log_retention_days", 2, "expected one of 1, 3, 5, 7, 14, 30, 60,"),
    ],
)
def test_what_is_wrong_with_a_member(
    problems: Callable[..., list[str]], member: str, value: Any, told: str
) -> None:
    (problem,) = problems(function={member: value})
    assert problem.startswith(f"function.{member}: {told}")


@pytest.mark.parametrize("problems", [ingest_problems, notifier_problems])
def test_a_function_is_not_stopped(problems: Callable[..., list[str]]) -> None:
    assert problems(function={"reserved_concurrency": 0}) == [
        "function.reserved_concurrency: expected a whole number from 1 to 2,147,483,647 "
        "(0 would stop the function), got 0"
    ]


@pytest.mark.parametrize(
    ("vpc", "told"),
    [
        ({**VPC, "subnet_ids": None}, f"subnet_ids: missing; expected 1 to 16 {SUBNETS}"),
        ({**VPC, "subnet_ids": ["vpc-1"]}, f"subnet_ids: expected 1 to 16 {SUBNETS}, got ['vpc-1']"),
        ({"subnet_ids": ["subnet-1"]}, f"security_group_ids: missing; expected 1 to 5 {GROUPS}"),
        ({**VPC, "security_group_ids": ["sg-1"] * 6}, f"security_group_ids: expected 1 to 5 {GROUPS}, got"),
        ({**VPC, "id": "vpc-1"}, "id: unknown; the members are security_group_ids, subnet_ids"),
    ],
)
def test_what_is_wrong_with_a_vpc(vpc: Any, told: str) -> None:
    (problem,) = ingest_problems(function={"vpc": vpc})
    assert problem.startswith(f"function.vpc.{told}")


def test_what_is_no_member_and_what_is_no_object() -> None:
    (problem,) = writer_problems(function={"memory": 512})
    assert problem.startswith("function.memory: unknown; did you mean memory_mb? The members are ")
    assert writer_problems(function="large") == ["function: expected an object, got 'large'"]


def test_all_problems_are_told_at_once() -> None:
    problems = writer_problems(function={"memory_mb": 1, "tracing": "On", "vpc": {}}, on_conflict="merge")
    assert [problem.split(":")[0] for problem in problems] == [
        "on_conflict",
        "function.memory_mb",
        "function.vpc.subnet_ids",
        "function.vpc.security_group_ids",
        "function.tracing",
    ]


def test_the_writer_reserves_what_its_mapping_may_use() -> None:
    expected = (
        "function.reserved_concurrency: expected a whole number from {} to 2,147,483,647 "
        "(maximum_concurrency, else Lambda may throttle messages), got {}"
    )
    assert writer_problems(function={"reserved_concurrency": 3}) == [expected.format(4, 3)]
    given = {"function": {"reserved_concurrency": 9}, "maximum_concurrency": 10}
    assert writer_problems(**given) == [expected.format(10, 9)]
    recorded = record(lambda: BufferedWriter("w", writer_args(function={"reserved_concurrency": 4.0})))
    assert recorded.inputs(LAMBDA, "w-insert-records")["reservedConcurrentExecutions"] == 4
