"""A schema with another key would put an empty table in the place of the full one."""

import json

from .project import Project

STACK = "dev"


def change_key(program: Project, key: str) -> None:
    path = program.folder / "schemas" / "users.json"
    schema = json.loads(path.read_text(encoding="utf-8"))
    schema["primaryKey"] = key
    for field in schema["fields"]:
        field.get("constraints", {}).pop("unique", None)
    path.write_text(json.dumps(schema), encoding="utf-8")


def test_a_new_key_is_refused_or_said_loudly(program: Project) -> None:
    assert "key" not in program.succeed("preview", STACK).said("warning")
    program.configure(STACK, protectData="true")
    program.succeed("up", STACK)
    before = program.outputs(STACK)
    change_key(program, "first_name")

    refused = program.run("preview", STACK)
    assert refused.error
    assert "writer-table" in refused.said("error")
    assert "protect" in refused.said("error")
    assert program.run("up", STACK).error
    assert program.outputs(STACK)["table"] == before["table"]

    change_key(program, "email")
    program.configure(STACK, protectData="false")
    assert "key" not in program.succeed("up", STACK).said("warning")
    change_key(program, "first_name")
    foreseen = program.succeed("preview", STACK)
    assert foreseen.changes["writer-table"] in ("replace", "delete-replaced", "create-replacement")
    assert (
        "The records' key changes from 'email' to 'first_name'. `pulumi up` then replaces the table: "
        "a new, empty one takes its place, and the old one is deleted with every record in it."
    ) in foreseen.said("warning")

    program.succeed("up", STACK)
    after = program.outputs(STACK)
    assert after["table"] != before["table"]
    assert after["key"] == "first_name"
    assert "key" not in program.succeed("preview", STACK).said("warning")


def test_another_type_of_the_key_is_refused(program: Project) -> None:
    change_key(program, "email")
    program.succeed("up", "local")
    path = program.folder / "schemas" / "users.json"
    schema = json.loads(path.read_text(encoding="utf-8"))
    [key] = [field for field in schema["fields"] if field["name"] == "email"]
    for name in ("format", "constraints"):
        key.pop(name)
    path.write_text(json.dumps({**schema, "fields": [{**key, "type": "integer"}]}), encoding="utf-8")
    mail = program.folder / "mails" / "welcome"
    for part in mail.iterdir():
        part.write_text("Hello {{email}}", encoding="utf-8")

    refused = program.run("preview", "local")

    assert refused.error
    assert "The type of the records' key 'email' changes from S to N" in refused.said("error")
