"""Files held against a schema and a module that changes rows, offline, with the code that imports them."""

import os
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from lambdas.core.import_entries import ImportStatus
from lambdas.core.schema import Schema, SchemaError, parse_schema, read_document
from lambdas.csvfile.csv_file import open_csv
from lambdas.csvfile.decode import PIECE_BYTES
from lambdas.csvfile.findings import Findings
from lambdas.csvfile.header import ImportRejectedError
from lambdas.csvfile.options import DEFAULT_OPTIONS, ReadOptions
from lambdas.csvfile.reason_counts import ReasonCounts
from lambdas.csvfile.repeated_keys import KeySearch
from lambdas.csvfile.transform import TransformError, TransformRow, import_transform_row
from lambdas.csvfile.validate import Reject
from local.root import ROOT

from .errors import UsageError
from .standard_input import File

SCHEMA = ROOT / "schemas" / "users.json"


@dataclass
class Checked:
    """What an import of the file would come to; `status` and `reason` as in the import ledger."""

    file: str
    status: str = ImportStatus.DONE
    reason: str | None = None
    read: int = 0
    accepted: int = 0
    rejected: int = 0
    unknown_columns: list[str] = field(default_factory=list)
    nearest_columns: dict[str, str] = field(default_factory=dict)
    findings: Findings = field(default_factory=Findings)

    @property
    def valid(self) -> bool:
        """Whether it can be imported, every row of it."""
        return self.status == ImportStatus.DONE and not self.rejected

    def as_json(self) -> dict[str, Any]:
        """Returns the entry in the output of `--json`, but for the rejects."""
        values = asdict(self)
        found = values.pop("findings")
        return {**values, **found, "valid": self.valid}


def read_schema(path: Path) -> Schema:
    """Read the Table Schema in a file.

    Raises:
        UsageError: it cannot be read or used.
    """
    expected = "expected a Table Schema in JSON"
    try:
        return parse_schema(read_document(path.read_bytes()))
    except OSError as error:
        raise UsageError(f"{path} cannot be read ({error.strerror}): {expected}. Check the path.") from None
    except SchemaError as error:
        raise UsageError(f"{path}: {error}") from None
    except ValueError as error:
        raise UsageError(f"{path}: {expected}, got {error}. Name another with --schema.") from None


def read_transform(path: Path) -> TransformRow:
    """Import the module in a file; returns its function, which rejects a row that it treats in two ways.

    Raises:
        UsageError: it cannot be read or used.
    """
    try:
        transform_row = import_transform_row(path)
    except OSError as error:
        raise UsageError(f"{path} cannot be read ({error.strerror}): expected a Python module.") from None
    except UnicodeDecodeError as error:
        raise UsageError(f"{path}: expected a Python module in UTF-8, got {error}.") from None
    except TransformError as error:
        raise UsageError(f"{error}.") from None

    def twice(row: dict[str, Any]) -> dict[str, Any] | str:
        first, second = transform_row(dict(row)), transform_row(dict(row))
        return first if first == second else "transform_row is not pure: it returned two results for this row"

    return twice


def check_file(
    file: File,
    schema: Schema,
    on_reject: Callable[[Reject], None],
    transform_row: TransformRow | None = None,
    options: ReadOptions = DEFAULT_OPTIONS,
) -> Checked:
    """Read the whole file, in constant memory; `on_reject` is called with every row that is rejected."""
    checked, reasons, keys = Checked(str(file)), ReasonCounts(), KeySearch()
    try:
        with file.open("rb") as data:
            pieces, size = iter(lambda: data.read(PIECE_BYTES), b""), os.fstat(data.fileno()).st_size
            csv = open_csv(file.name, pieces, schema, transform_row, options=options, size=size)
            checked.unknown_columns, checked.nearest_columns = csv.header.unknown, csv.header.nearest
            for parsed in csv:
                reasons.add(parsed.rejects)
                keys.add(parsed.lines, parsed.keys)
                checked.accepted += len(parsed.accepted)
                checked.rejected += len(parsed.rejects)
                for reject in parsed.rejects:
                    on_reject(reject)
            checked.findings = Findings.of(csv.header, reasons, keys)
    except ImportRejectedError as rejected:
        return Checked(str(file), ImportStatus.REJECTED, str(rejected))
    checked.read = checked.accepted + checked.rejected
    return checked
