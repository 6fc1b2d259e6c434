"""The rows that are imported: the same every time, all good, all different people."""

import re
from collections.abc import Iterator

HEADER = b"email,first_name,last_name,company,plan,joined_on\n"
_PLANS = (b"free", b"team", b"business")


def people(count: int, first: int = 0) -> bytes:
    """A CSV file of so many users, in the form of schemas/users.json."""
    return HEADER + b"".join(lines(count, first))


def lines(count: int, first: int = 0) -> Iterator[bytes]:
    """Its rows, some 65 bytes each."""
    for n in range(first, first + count):
        yield b"user%07d@example.com,Ada%d,Lovelace,Engines %d,%s,2026-%02d-%02d\n" % (
            *(n, n, n % 997, _PLANS[n % 3]),
            *(n % 12 + 1, n % 28 + 1),
        )


def quoted_lines(count: int) -> Iterator[bytes]:
    """Its rows, with the company in quotes."""
    return (re.sub(rb"Engines \d+", rb'"\g<0>"', line) for line in lines(count))


def lines_with_rejects(count: int) -> Iterator[bytes]:
    """Its rows, of which one in a hundred has no address."""
    return (line if n % 100 else line.replace(b"@", b" at ") for n, line in enumerate(lines(count)))
