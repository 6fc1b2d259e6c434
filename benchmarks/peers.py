"""What else reads a CSV file in Python, on one core: from plain text to a JSON text a row."""

import collections
import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import IO, Annotated, Any, Literal

from local.root import ROOT

_SCHEMA = ROOT / "schemas" / "users.json"


def csv_reader(data: IO[bytes]) -> Iterator[Any]:
    """The csv module alone: lists of cells, which are thrown away. What every import must do."""
    return csv.reader(_text(data))


def dict_reader(data: IO[bytes]) -> Iterator[Any]:
    """csv.DictReader and json.dumps: what a script does that checks nothing."""
    return map(json.dumps, csv.DictReader(_text(data)))


def pydantic_model(data: IO[bytes]) -> Iterator[Any]:
    """csv.DictReader and a model of pydantic that checks what schemas/users.json asks for."""
    from pydantic import BaseModel, StringConstraints

    address = StringConstraints(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s.]+$", max_length=254, to_lower=True)

    class User(BaseModel):
        email: Annotated[str, address]
        first_name: Annotated[str, StringConstraints(min_length=1, max_length=100)]
        last_name: Annotated[str, StringConstraints(max_length=100)] | None
        company: Annotated[str, StringConstraints(max_length=200)] | None
        plan: Literal["free", "team", "business"] | None
        joined_on: date | None

    return (User.model_validate(row).model_dump_json() for row in csv.DictReader(_text(data)))


def frictionless_resource(data: IO[bytes]) -> Iterator[Any]:
    """frictionless, the reference implementation of Table Schema, with the same schema."""
    from frictionless import Resource, Schema

    schema = Schema.from_descriptor(json.loads(_SCHEMA.read_text(encoding="utf-8")))
    with Resource(data.read(), format="csv", schema=schema) as resource:
        for row in resource.row_stream:
            assert row.valid, row.errors
            yield json.dumps(row.to_dict(json=True))


def read_all(peer: Callable[[IO[bytes]], Iterator[Any]], data: IO[bytes]) -> None:
    """Have a peer read all rows, and keep none of what it makes of them."""
    collections.deque(peer(data), maxlen=0)


PEERS: Mapping[str, Callable[[IO[bytes]], Iterator[Any]]] = {
    each.__name__: each for each in (csv_reader, dict_reader, pydantic_model, frictionless_resource)
}


def _text(data: IO[bytes]) -> io.TextIOWrapper:
    return io.TextIOWrapper(data, "utf-8", newline="")
