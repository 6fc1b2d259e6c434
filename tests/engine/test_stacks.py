"""Each stack file's way from nothing to nothing: preview, up, no change, outputs, destroy."""

import pytest

from local.clients import Clients

from .project import Project

PROTECTED = {"ingest-bucket", "notifier-mails", "ledger-imports", "writer-table"}


def bring_up(program: Project, stack: str) -> dict[str, str]:
    """Bring a stack up as a person does, looking first; returns what was created."""
    foreseen = program.succeed("preview", stack)
    came = program.succeed("up", stack)
    assert came.changes == foreseen.changes
    assert set(came.changes.values()) == {"create"}
    assert len(came.changes) > 50
    assert program.succeed("preview", stack).changes == {}
    return came.changes


def leftovers(clients: Clients) -> list[str]:
    """What is in the emulator, of the kinds that would cost something or stand in another stack's way."""
    return [
        *(bucket["Name"] for bucket in clients.client("s3").list_buckets()["Buckets"]),
        *clients.client("sqs").list_queues().get("QueueUrls", []),
        *clients.client("dynamodb").list_tables()["TableNames"],
        *(of["FunctionName"] for of in clients.client("lambda").list_functions()["Functions"]),
        *(of["UUID"] for of in clients.client("lambda").list_event_source_mappings()["EventSourceMappings"]),
        *(role["RoleName"] for role in clients.client("iam").list_roles()["Roles"]),
        *(group["logGroupName"] for group in clients.client("logs").describe_log_groups()["logGroups"]),
        *(of["AlarmName"] for of in clients.client("cloudwatch").describe_alarms()["MetricAlarms"]),
        *(of["IdentityName"] for of in clients.client("sesv2").list_email_identities()["EmailIdentities"]),
    ]


@pytest.mark.parametrize("stack", ["local", "dev"])
def test_comes_up_stays_as_it_is_and_goes(program: Project, clients: Clients, stack: str) -> None:
    created = bring_up(program, stack)
    outputs = program.outputs(stack)
    assert outputs["key"] == "email"
    assert all(value not in (None, "") for value in outputs.values())
    clients.client("s3").put_object(Bucket=outputs["bucket"], Key="left/behind", Body=b"")

    went = program.succeed("destroy", stack)

    assert went.changes == dict.fromkeys(created, "delete")
    assert leftovers(clients) == []


def test_prod_goes_only_once_its_data_is_given_up(program: Project, clients: Clients) -> None:
    created = bring_up(program, "prod")
    assert len(program.outputs("prod")["dkim_records"]) > 0

    refused = program.run("destroy", "prod")
    assert refused.error
    assert "protect" in refused.said("error")
    assert program.succeed("preview", "prod").changes == {}

    program.configure("prod", protectData="false")
    assert program.succeed("up", "prod").changes == dict.fromkeys(PROTECTED, "update")
    assert program.succeed("destroy", "prod").changes == dict.fromkeys(created, "delete")
    assert leftovers(clients) == []
