"""The embedded AWS knows whatever may be said of how a component's function runs, and runs it so."""

import json
from collections.abc import Iterator

import pytest

from local.embedded import Deployment, embedded_aws

from .tiny import program_in, until

pytestmark = pytest.mark.e2e

KEY = "arn:aws:kms:us-east-1:000000000000:key/1234abcd-12ab-34cd-56ef-1234567890ab"
PROGRAM = f"""
import pulumi
from components import BufferedWriter

writer = BufferedWriter(
    "writer",
    {{
        "key": "email",
        "function": {{
            "architecture": "x86_64",
            "environment": {{"TEAM": "people"}},
            "vpc": {{"subnet_ids": ["subnet-1"], "security_group_ids": ["sg-1"]}},
            "kms_key_arn": "{KEY}",
            "log_kms_key_arn": "{KEY}",
            "permissions_boundary_arn": "arn:aws:iam::aws:policy/AdministratorAccess",
            "tracing": "Active",
            "reserved_concurrency": 5,
        }},
    }},
)
pulumi.export("table", writer.table["name"])
pulumi.export("queue", writer.queue["url"])
for name in ("function_name", "role_name", "log_group_name", "mapping_id"):
    pulumi.export(name, getattr(writer, name))
"""


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    with embedded_aws(root=program_in(tmp_path_factory.mktemp("function"), PROGRAM)) as deployment:
        yield deployment


def test_it_works_so(deployed: Deployment) -> None:
    chunk = {"v": 1, "import": "i", "chunk": 1, "rows": [[2, {"email": "ann@example.com"}]]}
    deployed.client("sqs").send_message(QueueUrl=deployed.outputs["queue"], MessageBody=json.dumps(chunk))
    dynamodb, key = deployed.client("dynamodb"), {"email": {"S": "ann@example.com"}}
    item = until(lambda: dynamodb.get_item(TableName=deployed.outputs["table"], Key=key).get("Item"))
    assert item["import_line"] == {"N": "2"}


def test_aws_has_what_was_said(deployed: Deployment) -> None:
    name = deployed.outputs["function_name"]
    told = deployed.client("lambda").get_function(FunctionName=name)
    function = told["Configuration"]
    assert function["Architectures"] == ["x86_64"]
    assert function["Environment"]["Variables"]["TEAM"] == "people"
    assert function["VpcConfig"]["SubnetIds"] == ["subnet-1"]
    assert function["VpcConfig"]["SecurityGroupIds"] == ["sg-1"]
    assert function["KMSKeyArn"] == KEY
    assert function["TracingConfig"] == {"Mode": "Active"}
    assert told["Concurrency"] == {"ReservedConcurrentExecutions": 5}


def test_the_outputs_name_what_there_is(deployed: Deployment) -> None:
    role = deployed.client("iam").get_role(RoleName=deployed.outputs["role_name"])["Role"]
    boundary = role["PermissionsBoundary"]["PermissionsBoundaryArn"]
    assert boundary == "arn:aws:iam::aws:policy/AdministratorAccess"
    logs = deployed.client("logs").describe_log_groups(logGroupNamePrefix=deployed.outputs["log_group_name"])
    assert [group["kmsKeyId"] for group in logs["logGroups"]] == [KEY]
    mapping = deployed.client("lambda").get_event_source_mapping(UUID=deployed.outputs["mapping_id"])
    assert mapping["FunctionArn"].endswith(f":{deployed.outputs['function_name']}")
