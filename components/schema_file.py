"""The rows' Table Schema, as CsvIngest takes it and its bundle carries it."""

import json

from .arguments import Arguments
from .contracts import SchemaError, parse_schema


def read_schema(arguments: Arguments) -> dict[str, str]:
    """Read the argument `schema`; returns the bundle's file of it."""
    schema = arguments.document("schema", "a Table Schema as an object; load_schema reads one from a file")
    if schema is not None:
        try:
            parse_schema(schema)
        except SchemaError as error:
            for problem in error.problems:
                arguments.add_problem("schema", "a Table Schema that can be used", schema, detail=problem)
    return {"schema.json": json.dumps(schema or {}, indent=2, sort_keys=True)}
