"""How files are read, as CsvIngest takes it."""

from . import defaults
from .arguments import Arguments
from .contracts import DEFAULT_OPTIONS, SQS_MESSAGE_BYTES, ReadOptions, encoding_problem

_MESSAGE = "SQS's limit, for a message carries the row"


def read_options(arguments: Arguments) -> ReadOptions:
    """Read the arguments that say in which encoding files may be, and what they may have at most."""

    def number(key: str, low: int, high: int, source: str) -> int:
        return arguments.whole_number(key, getattr(DEFAULT_OPTIONS, key), low, high, source)

    return ReadOptions(
        encoding=_encoding(arguments),
        max_columns=number("max_columns", 1, defaults.COLUMNS_MAX, "more are no table's"),
        max_rows=number("max_rows", 1, defaults.OBJECT_BYTES_MAX, "no file has more"),
        max_bytes=number("max_bytes", 1, defaults.OBJECT_BYTES_MAX, "S3's limit"),
        max_row_bytes=number("max_row_bytes", defaults.ROW_BYTES_MIN, SQS_MESSAGE_BYTES, _MESSAGE),
    )


def _encoding(arguments: Arguments) -> str | None:
    if not arguments.given("encoding"):
        return None
    expected, example = "a text encoding that contains ASCII", "windows-1252"
    name = arguments.text("encoding", expected=expected, example=example)
    if name and (problem := encoding_problem(name)):
        arguments.add_problem("encoding", expected, name, detail=problem, example=example)
    return name
