"""Turning Pulumi's shapes into boto3's."""

import json
from collections.abc import Mapping
from typing import Any

from .registry import Value


def pascal(value: Value, renames: Mapping[str, str] | None = None) -> Value:
    """A nested property as boto3 wants it, at every depth: `{"maxItems": 1}` becomes `{"MaxItems": 1}`.

    boto3 refuses a name that AWS does not have, so nothing gets lost on the way.

    Args:
        value: the property's value; no mapping with keys of the user's (tags, dimensions) in it.
        renames: AWS's name where it is not Pulumi's in PascalCase (`{"id": "ID"}`).
    """
    if isinstance(value, Mapping):
        names = {key: (renames or {}).get(key, key[0].upper() + key[1:]) for key in value}
        return {names[key]: pascal(item, renames) for key, item in value.items()}
    if isinstance(value, list):
        return [pascal(item, renames) for item in value]
    return value


def document(value: Value) -> str:
    """A JSON document such as a policy, which Pulumi takes as text or as an object."""
    return value if isinstance(value, str) else json.dumps(value)


def text(value: Value) -> str:
    """A value as the services' string attributes have it."""
    return json.dumps(value) if isinstance(value, bool) else str(value)


def tag_list(tags: Mapping[str, str] | None, key: str = "Key", value: str = "Value") -> list[dict[str, Any]]:
    """Tags as the services take them that want a list."""
    return [{key: name, value: content} for name, content in (tags or {}).items()]
