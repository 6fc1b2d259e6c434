"""Files held against what a stack imports them by, as its outputs have it."""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from lambdas.core.schema import Schema, SchemaError, parse_schema
from lambdas.csvfile.options import DEFAULT_OPTIONS, ReadOptions
from lambdas.csvfile.transform import TRANSFORM_FILE, TransformRow

from .check import Checked, check_file, read_transform
from .errors import OperationError, UsageError
from .stack import Stack
from .standard_input import File


@dataclass(frozen=True)
class StackCheck:
    """What a stack imports files by: its schema, its module that changes rows, and how it reads them."""

    schema: Schema
    transform_row: TransformRow | None
    options: ReadOptions

    @classmethod
    def of(cls, stack: Stack) -> "StackCheck":
        """Returns what a stack imports files by; the module is run here as it is in the stack.

        Raises:
            OperationError: the stack does not say, or says what cannot be used here.
        """
        outputs = stack.outputs
        try:
            schema, transform_row = parse_schema(dict(outputs["schema"])), _transform(outputs)
        except (SchemaError, UsageError) as error:
            raise OperationError(f"what {stack.name} checks files by cannot be used here: {error}") from None
        return cls(schema, transform_row, _options(outputs.get("read_options") or {}))

    def check(self, file: File) -> Checked:
        """Read a whole file; returns what an import of it would come to."""
        return check_file(file, self.schema, lambda _: None, self.transform_row, self.options)


def _transform(outputs: Mapping[str, Any]) -> TransformRow | None:
    if not (source := outputs.get("transform_rows")):
        return None
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / TRANSFORM_FILE
        path.write_text(source, encoding="utf-8")
        return read_transform(path)


def _options(outputs: Mapping[str, Any]) -> ReadOptions:
    """Returns how files are read; what is not given is as by default."""
    given = {name: value for name, value in outputs.items() if value is not None}
    encoding, numbers = given.pop("encoding", None), {name: int(value) for name, value in given.items()}
    return replace(DEFAULT_OPTIONS, encoding=encoding, **numbers)
