"""Aliases put into the text of a schema file, which stays as it is otherwise; and that as a patch."""

import copy
import difflib
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from lambdas.core.field import ALIASES


def with_aliases(text: str, proposed: Mapping[str, str]) -> str:
    """Returns the text of a schema file with aliases added.

    Args:
        text: The file's text, which is a schema.
        proposed: Aliases by the names of fields.
    """
    wanted = copy.deepcopy(json.loads(text))
    for field in wanted["fields"]:
        if field["name"] in proposed:
            field[ALIASES] = [proposed[field["name"]], *field.get(ALIASES, [])]
    changed = text
    for name, alias in proposed.items():
        changed = _insert(changed, name, alias)
    if _loads(changed) == wanted:
        return changed
    # It is written in a way that was not foreseen.
    return json.dumps(wanted, indent=2, ensure_ascii=False) + "\n"


def _insert(text: str, name: str, alias: str) -> str:
    found = re.search(rf'([^\S\n]*)"name"\s*:\s*{re.escape(json.dumps(name, ensure_ascii=False))}', text)
    if not found:
        return text
    value = json.dumps(alias, ensure_ascii=not alias.isprintable())
    rest = re.split(r'"name"\s*:', text[found.end() :], maxsplit=1)[0]
    if own := re.search(rf'"{ALIASES}"\s*:\s*\[\s*(\])?', rest):
        at = found.end() + own.end() - bool(own.group(1))
        return f"{text[:at]}{value}{'' if own.group(1) else ', '}{text[at:]}"
    line_end = re.search(r"\r?\n\Z", text[: found.start()])
    between = f",{line_end.group()}{found.group(1)}" if line_end else ", "
    return f'{text[: found.end()]}{between}"{ALIASES}": [{value}]{text[found.end() :]}'


def _loads(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


def unified_diff(path: str, before: str, after: str) -> str:
    """Returns the change of a file as `git apply` and `patch -p1` take it.

    Args:
        path: The file's path, from where the patch is to be applied.
        before: Its text.
        after: Its text with the change.
    """
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    return "".join(_lines(difflib.unified_diff(old, new, f"a/{path}", f"b/{path}")))


def _lines(diff: Iterator[str]) -> Iterator[str]:
    for line in diff:
        yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
