"""How a file is read: what may be in it at most, and what bytes that are not UTF-8 are."""

import json
from dataclasses import asdict, dataclass

from ..aws.limits import MIB, SQS_MESSAGE_BYTES

MAX_COLUMNS = 1_000
MAX_ROWS = 10_000_000
MAX_BYTES = 1024 * MIB
MAX_ROW_BYTES = SQS_MESSAGE_BYTES  # no row may be longer, for a message must carry it


@dataclass(frozen=True)
class ReadOptions:
    """How a file is read.

    Attributes:
        encoding: What rows whose bytes are not UTF-8 are encoded in; None: they are rejected. Of one whose
            characters take several bytes, see multibyte.py.
        max_columns: The most cells of a header.
        max_rows: The most rows of a file, without its header.
        max_bytes: The most bytes of a file, after decompression.
        max_row_bytes: The most bytes of a row, as UTF-8.
    """

    encoding: str | None = None
    max_columns: int = MAX_COLUMNS
    max_rows: int = MAX_ROWS
    max_bytes: int = MAX_BYTES
    max_row_bytes: int = MAX_ROW_BYTES

    def dump(self) -> str:
        """Returns it as JSON."""
        return json.dumps(asdict(self))

    @classmethod
    def parse(cls, text: str) -> "ReadOptions":
        """Read what `dump` wrote."""
        return cls(**json.loads(text))


DEFAULT_OPTIONS = ReadOptions()


def limit(argument: str, most: int) -> str:
    """Returns a limit in words, by the component's argument and the program's setting: `max_rows (…)`."""
    first, *others = argument.split("_")
    return f"{argument} ({most:,}; setting {first}{''.join(map(str.title, others))})"
