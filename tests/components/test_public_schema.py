"""plugin/schema.json is what other languages' programs are written against: it changes knowingly, or not."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from components import COMPONENTS
from components.provider import public_schema

from ..program import ROOT

KEPT = ROOT / "plugin" / "schema.json"


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(public_schema())
    return loaded


def entries(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Every value in the schema that is no object, as text, by where it is."""
    if isinstance(value, dict):
        for key, of in value.items():
            yield from entries(of, f"{path}/{key}")
    else:
        yield path, json.dumps(value)


def undescribed(schema: dict[str, Any]) -> list[str]:
    """The components, types, inputs and outputs that nothing says what they are."""
    found: list[str] = []
    for token, of in {**schema["resources"], **schema["types"]}.items():
        name = token.rsplit(":", 1)[-1]
        members = {
            f"{name}.{member}": described
            for side in ("inputProperties", "properties")
            for member, described in of.get(side, {}).items()
        }
        for which, described in {name: of, **members}.items():
            if not described.get("description", "").strip():
                found.append(which)
    return found


def test_the_schema_in_the_repository_is_the_components(schema: dict[str, Any]) -> None:
    kept, made = dict(entries(json.loads(KEPT.read_text(encoding="utf-8")))), dict(entries(schema))
    changed = sorted(path for path in kept.keys() | made.keys() if kept.get(path) != made.get(path))
    assert not changed, "the public contract changes; if that is meant, write it anew with: make schema"
    assert KEPT.read_text(encoding="utf-8") == public_schema()


def test_every_component_type_input_and_output_is_described(schema: dict[str, Any]) -> None:
    assert undescribed(schema) == []


def test_what_is_not_described_is_told_by_name(schema: dict[str, Any]) -> None:
    changed = json.loads(json.dumps(schema))
    del changed["resources"]["rowrelay:index:BufferedWriter"]["inputProperties"]["keyType"]["description"]
    changed["resources"]["rowrelay:index:CsvIngest"]["properties"]["bucket"]["description"] = " "
    changed["types"]["rowrelay:index:QueueReference"]["properties"]["url"].pop("description")
    assert set(undescribed(changed)) == {"BufferedWriter.keyType", "CsvIngest.bucket", "QueueReference.url"}


def test_descriptions_are_markdown_in_which_nothing_is_code_by_accident(schema: dict[str, Any]) -> None:
    texts = [json.loads(text) for path, text in entries(schema) if path.endswith("/description")]
    assert not [text for text in texts if "\n    " in text]


def test_every_component_is_in_it(schema: dict[str, Any]) -> None:
    assert [token.rsplit(":", 1)[-1] for token in schema["resources"]] == [c.__name__ for c in COMPONENTS]
