"""A child that is renamed keeps what it stands for if it has an alias, and only then.

How every rename of a component's child is made: the new name, and
`pulumi.ResourceOptions(parent=self, aliases=[pulumi.Alias(name="x-the-old-name")])`.
https://www.pulumi.com/docs/iac/concepts/resources/options/aliases/
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from local.clients import Clients

from .project import Project, project

PROGRAM = """
import pulumi
import pulumi_aws as aws


class Letters(pulumi.ComponentResource):
    def __init__(self, name):
        super().__init__("test:index:Letters", name)
        aws.sqs.Queue(f"{name}-dead", opts=pulumi.ResourceOptions(parent=self))


Letters("x")
"""
STACK = "dev"
RENAMED = ('f"{name}-dead", opts=', 'f"{name}-failed", opts=')
ALIASED = ("parent=self))", 'parent=self, aliases=[pulumi.Alias(name=f"{name}-dead")]))')


@pytest.fixture(scope="module")
def deployed(clients: Clients, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    folder = tmp_path_factory.mktemp("renames")
    program: Path = folder / "program"
    program.mkdir()
    (program / "__main__.py").write_text(PROGRAM, encoding="utf-8")
    (program / "Pulumi.yaml").write_text("name: rowrelay\nruntime: python\n", encoding="utf-8")
    with project(folder, clients, program) as made:
        made.succeed("up", STACK)
        made.replace("__main__.py", *RENAMED)
        yield made


def test_without_an_alias_it_would_be_another(deployed: Project) -> None:
    assert deployed.succeed("preview", STACK).changes == {"x-failed": "create", "x-dead": "delete"}


def test_with_one_nothing_is_replaced(deployed: Project) -> None:
    deployed.replace("__main__.py", *ALIASED)
    assert deployed.succeed("up", STACK).changes == {}
    assert deployed.succeed("preview", STACK).changes == {}
    assert not [call for call in deployed.provider.calls if call[0] == "delete"]
