"""The documented way of changing a component's child works as the page has it."""

import re

from ..program import ROOT
from .project import Project

STACK = "dev"
GUIDE = (ROOT / "docs" / "reuse.md").read_text(encoding="utf-8")


def test_the_example_changes_the_child_and_no_other(program: Project) -> None:
    [example] = [
        code for code in re.findall(r"```python\n(.*?)```", GUIDE, re.DOTALL) if "transforms=" in code
    ]
    main = program.folder / "__main__.py"
    main.write_text(f"import pulumi\n\nfrom components import BufferedWriter\n\n{example}", encoding="utf-8")

    foreseen = program.succeed("preview", STACK)

    changed = [
        name for name, inputs in foreseen.inputs.items() if inputs.get("visibilityTimeoutSeconds") == 720
    ]
    assert changed == ["aws:sqs/queue:Queue writer-queue"]
    assert "visibility_timeout_seconds" not in foreseen.inputs[changed[0]]
