"""README.md's tables of settings and outputs are the program's."""

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
