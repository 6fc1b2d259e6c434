"""Which columns of a schema a file's unknown columns may have been meant to be."""

import difflib
import itertools
from collections.abc import Iterable, Set

from ..core.schema import Schema, header_name

_COLUMNS, _CHARACTERS = 200, 60  # the most columns that are looked at, and characters of each


def nearest_columns(unknown: Iterable[str], schema: Schema, found: Set[str]) -> dict[str, str]:
    """Returns for unknown columns the nearest of those of the schema's that the file lacks, if one is near.

    Only for the first unknown columns, so that it takes no time whatever the file holds.

    Args:
        unknown: The columns of the file that are none of the schema's, as they stand there.
        schema: The schema.
        found: Those of the schema's columns that the file has.
    """
    lacking = {name: column for name, column in schema.names.items() if column not in found}
    nearest = {}
    for name in itertools.islice(unknown, _COLUMNS):
        near = difflib.get_close_matches(header_name(name[:_CHARACTERS]), lacking, n=1)  # of 0.6 or more
        if near:
            nearest[name] = lacking[near[0]]
    return nearest
