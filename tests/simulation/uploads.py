"""Files to upload, and what their rows are: drawn from the seed, counted apart from the code under test."""

import gzip
from dataclasses import dataclass
from random import Random

from .ses import MALFORMED, REFUSED
from .tables import UNWRITABLE

SCHEMA = {
    "fields": [
        {"name": "email", "type": "string", "format": "email", "constraints": {"required": True}},
        {"name": "name", "type": "string", "constraints": {"maxLength": 40}},
    ],
    "primaryKey": "email",
}
_MOST_ROWS = 14
_PEOPLE = 40  # so few that files have some in common
_NAMES = ("Ann", "Bob", '"Quoted, ""Q"""', '"Two\nlines"', "José", "李雷", "=1+1", "<b>x</b>", "Mr. ''X''")
_BAD_ROWS = ("not an address,Ann", "too@example.com,many,cells", ",nobody", f"long@example.com,{'x' * 41}")


@dataclass(frozen=True)
class Row:
    """A row of a file: the line it starts on, and its recipient; nobody if it is to be rejected."""

    line: int
    email: str | None


@dataclass(frozen=True)
class File:
    """An upload."""

    key: str
    data: bytes
    rows: tuple[Row, ...]

    @property
    def accepted(self) -> list[Row]:
        """The rows that are to be accepted."""
        return [row for row in self.rows if row.email]


def draw_file(random: Random, number: int) -> File:
    """A file of some rows, good and bad."""
    texts, rows, line = ["email,name"], [], 2
    for _ in range(random.randrange(_MOST_ROWS)):
        if random.random() < 0.05:
            texts.append("")
            line += 1
            continue
        bad = random.random() < 0.1
        email = None if bad else _email(random)
        text = random.choice(_BAD_ROWS) if bad else f"{email},{random.choice(_NAMES)}"
        texts.append(text)
        rows.append(Row(line, email))
        line += 1 + text.count("\n")
    data = (random.choice(("\n", "\r\n")).join(texts) + random.choice(("", "\n"))).encode()
    # In \r\n files the quoted line break is a line's end as well, so lines count the same.
    zipped = random.random() < 0.3
    name = f"uploads/file {number}.csv" + (".gz" if zipped else "")
    return File(name, gzip.compress(data, mtime=0) if zipped else data, tuple(rows))


def _email(random: Random) -> str:
    kind = random.choices(("p", REFUSED, MALFORMED, UNWRITABLE), (40, 3, 2, 3))[0]
    return f"{kind}{random.randrange(_PEOPLE)}@example.com"
