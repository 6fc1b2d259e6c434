"""The tables of docs/components.md, written from what the components declare: `make docs`.

Names are Python's; other languages have them in camelCase.
"""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from components import alarm_list, provider
from components.alarm_kinds import Alarm

PAGE = Path(__file__).with_name("components.md")
ALARMS = {
    "CsvIngest": alarm_list.CSV_INGEST_ALARMS + alarm_list.EVENTBRIDGE_ALARMS,
    "BufferedWriter": alarm_list.BUFFERED_WRITER_ALARMS,
    "StreamNotifier": alarm_list.STREAM_NOTIFIER_ALARMS,
    "ImportLedger": alarm_list.IMPORT_LEDGER_ALARMS,
}
_COMPARISONS = {
    "GreaterThanThreshold": ">",
    "GreaterThanOrEqualToThreshold": "≥",
    "LessThanThreshold": "<",
}
_PLAIN = {"string": "str", "integer": "int", "number": "float", "boolean": "bool"}
_BETWEEN_MARKS = re.compile(r"(<!-- begin (?P<table>[^>]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def filled(page: str) -> str:
    """The page with every table as it is to be.

    Raises:
        KeyError: a mark names a table that there is not.
    """
    made = tables()
    return _BETWEEN_MARKS.sub(lambda mark: f"{mark[1]}{made[mark['table']]}\n{mark[3]}", page)


def tables() -> dict[str, str]:
    """Every table, by its name in the marks, such as `arguments of CsvIngest`."""
    schema = json.loads(provider.public_schema())
    made: dict[str, str] = {}
    for token, of in schema["resources"].items():
        name = _last(token)
        made[f"children of {name}"] = _children(of["description"])
        made[f"arguments of {name}"] = _members(
            "argument", of["inputProperties"], of.get("requiredInputs", [])
        )
        made[f"outputs of {name}"] = _outputs(of["properties"])
    for token, of in schema["types"].items():
        made[f"members of {_last(token)}"] = _members("member", of["properties"], of.get("required", []))
    return made | {f"alarms of {name}": _alarms(alarms) for name, alarms in ALARMS.items()}


def python_name(name: str) -> str:
    """A name of the schema as Python's programs write it."""
    return re.sub(r"[A-Z]", lambda letter: f"_{letter[0].lower()}", name)


def _children(description: str) -> str:
    paragraph = next(part for part in description.split("\n\n") if part.startswith("Children of"))
    text = " ".join(paragraph.split())
    return re.sub(r"\bx(?:-[a-z]+)+", lambda child: f"`{child[0]}`", text)


def _members(what: str, members: Mapping[str, Any], required: list[str]) -> str:
    rows = (
        (f"`{python_name(key)}`{', required' if key in required else ''}", _input_type(of), _text(of))
        for key, of in members.items()
    )
    return _table((what, "type", "what it is"), rows)


def _outputs(outputs: Mapping[str, Any]) -> str:
    rows = ((f"`{python_name(key)}`", f"`{_type(of)}`", _text(of)) for key, of in outputs.items())
    return _table(("output", "type", "what it is"), rows)


def _alarms(alarms: tuple[Alarm, ...]) -> str:
    rows = (
        (
            f"`{alarm.name}`",
            f"{alarm.namespace} {alarm.metric}",
            f"{_COMPARISONS[alarm.comparison]} {alarm.threshold:,}",
            alarm.unit,
            _range(alarm),
        )
        for alarm in alarms
    )
    return _table(("alarm", "metric", "in alarm at", "unit", "threshold may be"), rows)


def _range(alarm: Alarm) -> str:
    if alarm.most is None:
        return f"{alarm.least:,} or more"
    return "fixed" if alarm.least == alarm.most else f"{alarm.least:,} to {alarm.most:,}"


def _table(head: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines)


def _input_type(of: Mapping[str, Any]) -> str:
    """The type, and whether outputs may stand for it, or for what is in it."""
    if not of.get("plain") and "$ref" not in of:
        return f"`{_type(of)}`, or an output"
    items = _items(of)
    return f"`{_type(of)}`{', of outputs, too' if items and not items.get('plain') else ''}"


def _type(of: Mapping[str, Any]) -> str:
    if "$ref" in of:
        return _last(of["$ref"])
    items = f"[{_type(_items(of))}]" if _items(of) else ""
    return _PLAIN.get(of["type"]) or {"array": f"list{items}", "object": f"dict[str, {items[1:]}"}[of["type"]]


def _items(of: Mapping[str, Any]) -> Mapping[str, Any]:
    items: Mapping[str, Any] = of.get("items") or of.get("additionalProperties") or {}
    return items


def _last(token: str) -> str:
    return re.split(r"[:/]", token)[-1]


def _text(of: Mapping[str, Any]) -> str:
    return " ".join(of["description"].split())


if __name__ == "__main__":
    PAGE.write_text(filled(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
