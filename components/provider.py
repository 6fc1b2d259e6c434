"""The components as a Pulumi plugin, for programs in any language; plugin/ runs it."""

import inspect
import json
import sys
from collections.abc import Iterator, Mapping
from typing import Any

import pulumi
from pulumi.provider import ConstructResult, main
from pulumi.provider.experimental.component import ComponentProvider

from .exports import COMPONENTS
from .version import VERSION

NAME = "rowrelay"


def serve() -> None:
    """Answer a Pulumi engine, which has this process started, until it ends it."""
    main(Provider(), sys.argv[1:])


def public_schema() -> str:
    """The plugin's schema, as the repository keeps it: without the version, which does not change a contract.

    https://www.pulumi.com/docs/iac/guides/building-extending/packages/schema/
    """
    schema = json.loads(Provider().schema or "")
    del schema["version"]
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


class Provider(ComponentProvider):
    """Takes a reference as another resource's output, too, as programs in other languages have it.

    In YAML, `${writer.queue}` is one output; Pulumi's host would see no `url` and `arn` in it.
    """

    def __init__(self) -> None:
        super().__init__(list(COMPONENTS), NAME, version=VERSION)
        found = _described_plainly(json.loads(self.schema or ""))
        self._references = {f"#/types/{token}": of["properties"] for token, of in _references(found)}
        self._resources = found["resources"]
        for resource in self._resources.values():
            for declared in resource["inputProperties"].values():
                if declared.get("$ref") in self._references:
                    del declared["plain"]
        self.schema = json.dumps(found)

    def construct(
        self,
        name: str,
        resource_type: str,
        inputs: pulumi.Inputs,
        options: pulumi.ResourceOptions | None = None,
    ) -> ConstructResult:
        """Make a component of another language's inputs."""
        declared = self._resources[resource_type]["inputProperties"]
        in_parts = {key: self._in_parts(of, declared.get(key, {})) for key, of in inputs.items()}
        return super().construct(name, resource_type, in_parts, options)

    def _in_parts(self, value: Any, declared: Mapping[str, Any]) -> Any:
        parts = self._references.get(declared.get("$ref", ""))
        if parts is None or not isinstance(value, pulumi.Output):
            return value
        return {part: _part(value, part) for part in parts}


def _part(reference: pulumi.Output[Any], part: str) -> pulumi.Output[Any]:
    """A part of a reference, which may lack it."""
    return reference.apply(lambda known: known.get(part))


def _references(schema: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The types that are named so, each of whose parts may be an output."""
    for token, of in schema["types"].items():
        if token.endswith("Reference") and not any(part.get("plain") for part in of["properties"].values()):
            yield token, of


def _described_plainly(value: Any) -> Any:
    """A schema with its descriptions as Markdown.

    There an indented paragraph is code; and only before Python 3.13 are docstrings indented as the source is.
    """
    if isinstance(value, dict):
        return {
            key: inspect.cleandoc(of)
            if key == "description" and isinstance(of, str)
            else _described_plainly(of)
            for key, of in value.items()
        }
    return [_described_plainly(item) for item in value] if isinstance(value, list) else value
