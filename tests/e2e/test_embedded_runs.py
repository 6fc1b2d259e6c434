"""Runs of the embedded AWS: one after another, on a port, and what goes wrong in one."""

import asyncio
import shutil
import socket
import sys
from pathlib import Path

import pulumi
import pulumi.runtime
import pytest

import local.emulator
from local.embedded import embedded_aws
from local.errors import EmbeddedAwsError, EmulatorError, PortError, UnsupportedError
from local.root import ROOT

from .tiny import program_in

pytestmark = pytest.mark.e2e

PROGRAM = """
import pulumi
import pulumi_aws as aws
config = pulumi.Config()
queue = aws.sqs.Queue("jobs", visibility_timeout_seconds=config.require_int("rows"))
"""


def test_runs_follow_one_another_in_one_process(tmp_path: Path) -> None:
    root = program_in(tmp_path, PROGRAM + 'pulumi.export("seconds", queue.visibility_timeout_seconds)')
    seen = []
    for rows in ("11", "12"):
        with embedded_aws(root=root, settings={"rows": rows}) as deployment:
            url = deployment.resources[0].id
            attributes = deployment.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["All"])
            seen.append((deployment.outputs, attributes["Attributes"]["VisibilityTimeout"]))
    assert seen == [({"seconds": 11}, "11"), ({"seconds": 12}, "12")]


def test_a_run_leaves_the_process_as_it_was(tmp_path: Path) -> None:
    """Pulumi's state, the event loop, path, folder, arguments and main module are the caller's again."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    stack, folder, path, argv = pulumi.get_stack(), Path.cwd(), list(sys.path), list(sys.argv)
    main = sys.modules["__main__"]
    root = program_in(
        tmp_path, 'import pulumi, sys\nassert sys.argv\npulumi.export("stack", pulumi.get_stack())'
    )
    with embedded_aws(root=root) as deployment:
        assert deployment.outputs == {"stack": "local"}
    assert (pulumi.get_stack(), Path.cwd(), sys.path, sys.argv) == (stack, folder, path, argv)
    assert sys.modules["__main__"] is main
    assert asyncio.get_event_loop() is loop
    loop.close()
    asyncio.set_event_loop(None)


ERRORS = {
    "type": (
        'aws.ec2.Eip("address")',
        UnsupportedError,
        r"type aws:ec2/eip:Eip \(of 'address'\)",
    ),
    "property": (
        'aws.sqs.Queue("other", name_prefix="x")',
        UnsupportedError,
        r"property namePrefix of aws:sqs/queue:Queue 'other'",
    ),
    "nested property": (
        'aws.dynamodb.Table("t", hash_key="k", attributes=[{"name": "k", "type": "S"}],'
        ' billing_mode="PAY_PER_REQUEST", replicas=[{"region_name": "eu-west-1"}])',
        UnsupportedError,
        "property replicas of",
    ),
    "deeply nested property": (
        'aws.s3.BucketOwnershipControls("own", bucket="b", rule={"object_ownership": "x", "colour": "red"})',
        EmbeddedAwsError,
        r"(?s)Creating aws:s3/bucketOwnershipControls:BucketOwnershipControls 'own' failed: .*\"Colour\"",
    ),
    "refusal": (
        'aws.sqs.QueuePolicy("p", queue_url="http://127.0.0.1/000000000000/none", policy={"Statement": []})',
        EmbeddedAwsError,
        r"Creating aws:sqs/queuePolicy:QueuePolicy 'p' failed: .*exist",
    ),
    "missing file": (
        'aws.lambda_.Function("f", role=queue.arn, code=pulumi.FileArchive("none.zip"))',
        UnsupportedError,
        "cannot bundle 'code' of aws:lambda/function:Function 'f'",
    ),
    "the first of many": (
        'aws.ec2.Eip("address")\nfor number in range(60):\n    aws.sqs.Queue(f"q{number}")',
        UnsupportedError,
        r"type aws:ec2/eip:Eip \(of 'address'\)",
    ),
    "call": ("aws.ec2.get_ami()", UnsupportedError, "the call aws:ec2/getAmi:getAmi"),
    "existing resource": (
        'aws.sqs.Queue.get("old", "http://old")',
        UnsupportedError,
        r"'old' is to be the existing 'http://old'",
    ),
    "adopted resource": (
        'aws.sqs.Queue("new", opts=pulumi.ResourceOptions(import_="http://old"))',
        UnsupportedError,
        r"'new' is to be the existing 'http://old'",
    ),
    "transform": (
        'aws.sqs.Queue("new", opts=pulumi.ResourceOptions(transforms=[lambda args: None]))',
        UnsupportedError,
        "does not run transforms, and aws:sqs/queue:Queue 'new' has some",
    ),
    "stack transform": (
        "pulumi.runtime.register_resource_transform(lambda args: None)",
        UnsupportedError,
        "does not run transforms",
    ),
    "the program's own": ('raise ValueError("rows and columns contradict")', ValueError, "^rows and columns"),
    "in an apply": (
        "queue.arn.apply(lambda arn: {}[arn])",
        KeyError,
        "arn:aws:sqs",
    ),
    "missing setting": ('config.require("none")', pulumi.ConfigMissingError, "tiny:none"),
}


@pytest.mark.parametrize("case", ERRORS)
def test_what_goes_wrong_comes_out_as_it_is(tmp_path: Path, case: str) -> None:
    line, error, message = ERRORS[case]
    root = program_in(tmp_path, PROGRAM.replace("import pulumi\n", "import pulumi, pulumi.runtime\n") + line)
    with pytest.raises(error, match=message), embedded_aws(root=root):
        pytest.fail("deployed all the same")


def test_after_a_failure_the_next_run_is_fine(tmp_path: Path) -> None:
    with (
        pytest.raises(ValueError, match="no"),
        embedded_aws(root=program_in(tmp_path, 'raise ValueError("no")')),
    ):
        pass
    with embedded_aws(root=program_in(tmp_path, PROGRAM)) as deployment:
        assert [one.name for one in deployment.resources] == ["jobs"]


def test_a_port_may_be_asked_for(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with embedded_aws(root=program_in(tmp_path, PROGRAM), port=port) as deployment:
        assert deployment.endpoint == f"http://127.0.0.1:{port}"
        assert f":{port}/" in deployment.resources[0].id


def test_a_port_that_is_taken_is_an_error_that_names_it() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(
            PortError, match=rf"^Cannot listen on 127\.0\.0\.1:{port}: Address already in use\.$"
        ):
            embedded_aws(port=port).__enter__()


@pytest.mark.parametrize("port", [0, -1, 65536])
def test_what_is_no_port_is_an_error(port: int) -> None:
    with pytest.raises(PortError, match=rf"^{port} is no port number: expected one from 1 to 65535\.$"):
        embedded_aws(port=port).__enter__()


def test_an_emulator_that_does_not_start_tells_why(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    shutil.copy(ROOT / "local" / "supervisor.py", tmp_path)
    (tmp_path / "serve.py").write_text("print('earlier', flush=True)\nraise SystemExit('no luck today')")
    monkeypatch.setattr(local.emulator, "_HERE", tmp_path)
    with pytest.raises(EmulatorError, match=r"did not start .*\nearlier\nno luck today$"):
        embedded_aws().__enter__()
