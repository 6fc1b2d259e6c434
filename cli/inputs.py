"""What files are imported by, as options name it: read and checked before anything starts."""

from dataclasses import dataclass
from pathlib import Path

from lambdas.core.schema import Schema
from lambdas.csvfile.encodings import encoding_problem
from lambdas.csvfile.options import ReadOptions
from lambdas.csvfile.transform import TransformRow
from operations.check import SCHEMA, read_schema, read_transform
from operations.errors import UsageError


@dataclass(frozen=True, kw_only=True)
class Inputs:
    """The options; None, or an empty text, for one that is not given.

    Attributes:
        schema: The path of a Table Schema.
        transform: The path of a Python module that changes rows.
        mail: The path of a folder with the mail's texts.
        encoding: What rows whose bytes are not UTF-8 are encoded in.
    """

    schema: str | None = None
    transform: str | None = None
    mail: str | None = None
    encoding: str | None = None


@dataclass(frozen=True)
class ReadInputs:
    """What was read of them, and where the schema was."""

    schema_path: Path
    schema: Schema
    transform_row: TransformRow | None
    options: ReadOptions


def read_inputs(inputs: Inputs) -> ReadInputs:
    """Read what the options name; the schema is the program's where none is given.

    Raises:
        UsageError: one of them cannot be read or used, or the mail does not fit the schema.
    """
    options = read_options(inputs.encoding)
    path = Path(inputs.schema) if inputs.schema else SCHEMA
    schema = read_schema(path)
    transform_row = _read_transform(Path(inputs.transform)) if inputs.transform else None
    if inputs.mail:
        _check_mail(Path(inputs.mail), schema)
    return ReadInputs(path, schema, transform_row, options)


def read_options(encoding: str | None) -> ReadOptions:
    """Returns how files are read that have rows in an encoding, or none.

    Raises:
        UsageError: no file can be read in that encoding.
    """
    if encoding and (problem := encoding_problem(encoding)):
        raise UsageError(f"--encoding: {problem}.")
    return ReadOptions(encoding=encoding or None)


def _read_transform(path: Path) -> TransformRow:
    """Returns the function of a module, after it was checked as the component does: by its source.

    Raises:
        UsageError: it cannot be used, here or by the component.
    """
    # Pulumi comes with them, which takes a second.
    from components.files import load_transform
    from components.transform_module import transform_problem

    transform_row = read_transform(path)
    if problem := transform_problem(load_transform(path)):
        raise UsageError(f"{path}: {problem}.")
    return transform_row


def _check_mail(folder: Path, schema: Schema) -> None:
    """Check a mail as the component does.

    Raises:
        UsageError: it cannot be read or sent, or shows what is no column of the schema.
    """
    # Pulumi comes with them, which takes a second.
    from components.contracts import TemplateError
    from components.files import MAIL_FILES, load_mail
    from components.mail_texts import used_columns

    expected = f"expected a mail in {', '.join(MAIL_FILES.values())}"
    try:
        used_columns(load_mail(folder), schema.columns)
    except OSError as error:
        raise UsageError(f"{error.filename} cannot be read ({error.strerror}): {expected}.") from None
    except TemplateError as error:
        problems = [f"{folder}: {problem}. Name another with --mail." for problem in error.problems]
        raise UsageError(*problems) from None
    except ValueError as error:
        raise UsageError(f"{folder}: {expected} in UTF-8, got {error}.") from None
