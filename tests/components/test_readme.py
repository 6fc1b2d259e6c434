"""README.md's tables, its number of resources and its list of services are the program's."""

import json
import re
from typing import Any

import yaml

from .conftest import ROOT
from .recording import Recording

README = (ROOT / "README.md").read_text(encoding="utf-8")
CONFIG: dict[str, dict[str, Any]] = yaml.safe_load((ROOT / "Pulumi.yaml").read_text(encoding="utf-8"))[
    "config"
]
# What the table says in words: there is none, or it is taken from another setting.
IN_WORDS = ("none", "none; required", "the sender's address")


def rows(heading: str) -> list[list[str]]:
    section = README.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    lines = re.findall(r"^\| (`.*) \|$", section, re.MULTILINE)
    return [line.split(" | ") for line in lines]


def test_every_setting_is_in_the_table_with_its_default() -> None:
    told = {name.strip("`"): default.strip("`") for name, default, _ in rows("Settings")}
    assert sorted(told) == sorted(CONFIG)
    for name, default in told.items():
        declared = CONFIG[name]["default"]
        shown = declared if isinstance(declared, str) else json.dumps(declared)
        assert default == shown or (declared in ("", []) and default in IN_WORDS), name


def test_every_output_is_in_the_table(local: Recording) -> None:
    told = [name for row in rows("Outputs") for name in re.findall(r"`(\w+)`", row[0])]
    assert sorted(told) == sorted(local.outputs)


def test_the_demo_shows_how_many_resources_there_are(local: Recording) -> None:
    assert re.findall(r"^Deployed (\d+) resources in", README, re.MULTILINE) == [str(len(local.resources))]


def test_the_services_that_deploying_takes_are_named(local: Recording) -> None:
    [told] = re.findall(r"resources of the services (.*?), as IAM calls them", README)
    made = {service(each.kind) for each in local.resources if each.kind.startswith("aws:")}
    assert re.findall(r"`(\w+)`", told) == sorted(made)


def service(kind: str) -> str:
    """What IAM calls the service of a resource's type, such as aws:sqs/queue:Queue."""
    module, _, name = kind.removeprefix("aws:").partition("/")
    if module == "cloudwatch":
        return "events" if name.startswith("event") else "logs" if name.startswith("log") else module
    return {"sesv2": "ses"}.get(module, module)
