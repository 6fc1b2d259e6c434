"""`rowrelay check`: files against the schema, offline, with the code that the function runs."""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from lambdas.core.import_entries import ImportStatus
from lambdas.core.schema import Schema, SchemaError, parse_schema
from lambdas.csvfile.csv_file import open_csv
from lambdas.csvfile.decode import PIECE_BYTES
from lambdas.csvfile.header import ImportRejectedError
from lambdas.csvfile.validate import Reject
from operations.errors import UsageProblem

from .files import check_files
from .printer import Printer

SCHEMA = Path(__file__).resolve().parent.parent / "schemas" / "users.json"


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


def run_check(names: Sequence[str], *, schema: str | None, as_json: bool) -> bool:
    """Check the files and print what is wrong with them; gives whether nothing is.

    Raises:
        UsageProblem: a file or the schema cannot be read.
    """
    files, parsed = check_files(names), read_schema(Path(schema) if schema else SCHEMA)
    if as_json:
        documents = [_document(file, parsed) for file in files]
        valid = all(document["valid"] for document in documents)
        print(json.dumps({"files": documents, "valid": valid}))
        return valid
    printer = Printer()
    checks = [check_file(file, parsed, _print_reject(printer, file)) for file in files]
    _print(printer, checks)
    return all(checked.valid for checked in checks)


def read_schema(path: Path) -> Schema:
    """The Table Schema in a file.

    Raises:
        UsageProblem: it cannot be read or used.
    """
    expected = "expected a Table Schema in JSON"
    try:
        document = json.loads(path.read_bytes())
        if not isinstance(document, dict):
            raise UsageProblem(f"{path}: {expected}, got JSON that is no object. Name another with --schema.")
        return parse_schema(document)
    except OSError as error:
        raise UsageProblem(f"{path} cannot be read ({error.strerror}): {expected}. Check the path.") from None
    except SchemaError as error:
        raise UsageProblem(f"{path}: {error}") from None
    except ValueError as error:
        raise UsageProblem(
            f"{path}: {expected}, got no JSON ({error}). Name another with --schema."
        ) from None


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


def _document(file: Path, schema: Schema) -> dict[str, Any]:
    rejects: list[Reject] = []
    checked = check_file(file, schema, rejects.append)
    lines = [{"line": reject.line, "reason": reject.reason} for reject in rejects]
    return {**asdict(checked), "rejects": lines, "valid": checked.valid}


def _print_reject(printer: Printer, file: Path) -> Callable[[Reject], None]:
    return lambda reject: printer.line(f"{file}:{reject.line}: {reject.reason}")


def _print(printer: Printer, checks: Sequence[Checked]) -> None:
    rows = [(checked.file, (checked.read, checked.accepted, checked.rejected)) for checked in checks]
    printer.line()
    printer.table("What an import would come to", ("Read", "Accepted", "Rejected"), rows)
    for checked in checks:
        if checked.reason:
            printer.line(f"{checked.file}: rejected as a whole: {checked.reason}")
        if checked.unknown_columns:
            columns = ", ".join(checked.unknown_columns)
            printer.line(f"{checked.file}: columns that the schema does not have are ignored: {columns}")
