"""A setting that is wrong is refused, by the engine where its type is, else by the program."""

from typing import Any

import pytest
import yaml

from .project import Project

STACK = "dev"
# For each type that Pulumi.yaml declares, a value of another.
OF_ANOTHER_TYPE: dict[str, Any] = {
    "array": "https://app.example.com",
    "boolean": "perhaps",
    "integer": "many",
    "string": ["a", "list"],
}


def declared(program: Project) -> dict[str, str]:
    project = yaml.safe_load((program.folder / "Pulumi.yaml").read_text(encoding="utf-8"))
    return {name: setting["type"] for name, setting in project["config"].items()}


def test_a_setting_that_nobody_declared(program: Project) -> None:
    program.configure(STACK, rowsPerChnk="10")
    refused = program.run("preview", STACK)
    program.configure(STACK, rowsPerChnk=None)
    assert (
        "rowrelay:rowsPerChnk is no setting of this project; did you mean rowrelay:rowsPerChunk?\n"
        "    Take it out: pulumi config rm rowrelay:rowsPerChnk"
    ) in refused.said("error")


def test_every_setting_of_another_type(program: Project) -> None:
    file = program.folder / f"Pulumi.{STACK}.yaml"
    good = file.read_text(encoding="utf-8")
    for name, kind in declared(program).items():
        program.configure(STACK, **{name: OF_ANOTHER_TYPE[kind]})
        refused = program.run("preview", STACK)
        file.write_text(good, encoding="utf-8")
        assert refused.error, name
        by_engine = f"configuration key '{name}' must be of type '{kind}" in refused.error
        by_program = f"pulumi config set rowrelay:{name} " in refused.said("error")
        assert by_engine or by_program, (name, refused.error)


@pytest.mark.parametrize("number", ["0", "1001"])
def test_a_number_out_of_its_bounds(program: Project, number: str) -> None:
    program.configure(STACK, rowsPerChunk=number)
    refused = program.run("preview", STACK)
    program.configure(STACK, rowsPerChunk=None)
    assert "a whole number from 1 to 1,000" in refused.said("error")
