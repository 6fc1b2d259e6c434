"""Files held against a schema, offline, with the code that imports them."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from lambdas.core.import_entries import ImportStatus
from lambdas.core.schema import Schema, SchemaError, parse_schema
from lambdas.csvfile.csv_file import open_csv
from lambdas.csvfile.decode import PIECE_BYTES
from lambdas.csvfile.header import ImportRejectedError
from lambdas.csvfile.validate import Reject

from .errors import UsageError
from .project import ROOT

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

    @property
    def valid(self) -> bool:
        """Whether it can be imported, every row of it."""
        return self.status == ImportStatus.DONE and not self.rejected


def read_schema(path: Path) -> Schema:
    """Read the Table Schema in a file.

    Raises:
        UsageError: it cannot be read or used.
    """
    expected = "expected a Table Schema in JSON"
    try:
        document = json.loads(path.read_bytes())
        if not isinstance(document, dict):
            raise UsageError(f"{path}: {expected}, got JSON that is no object. Name another with --schema.")
        return parse_schema(document)
    except OSError as error:
        raise UsageError(f"{path} cannot be read ({error.strerror}): {expected}. Check the path.") from None
    except SchemaError as error:
        raise UsageError(f"{path}: {error}") from None
    except ValueError as error:
        raise UsageError(f"{path}: {expected}, got no JSON ({error}). Name another with --schema.") from None


def check_file(file: Path, schema: Schema, on_reject: Callable[[Reject], None]) -> Checked:
    """Read the whole file, in constant memory; `on_reject` is called with every row that is rejected."""
    checked = Checked(str(file))
    try:
        with file.open("rb") as data:
            csv = open_csv(file.name, iter(lambda: data.read(PIECE_BYTES), b""), schema)
            checked.unknown_columns = csv.header.unknown
            for parsed in csv:
                checked.accepted += len(parsed.accepted)
                checked.rejected += len(parsed.rejects)
                for reject in parsed.rejects:
                    on_reject(reject)
    except ImportRejectedError as rejected:
        return Checked(str(file), ImportStatus.REJECTED, str(rejected))
    checked.read = checked.accepted + checked.rejected
    return checked
