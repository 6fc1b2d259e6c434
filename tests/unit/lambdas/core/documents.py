"""Schema documents, and what is wrong with them."""

from typing import Any

import pytest

from lambdas.core.schema import SchemaError, parse_schema


def document(*fields: dict[str, Any], **properties: Any) -> dict[str, Any]:
    return {"fields": [{"name": "id"}, *fields], "primaryKey": "id", **properties}


def problems(of: Any) -> list[str]:
    with pytest.raises(SchemaError) as error:
        parse_schema(of)
    assert str(error.value).startswith("the schema cannot be used:\n")
    assert all(problem in str(error.value) for problem in error.value.problems)
    return error.value.problems
