"""What a function is told by its environment, and the files that its bundle carries."""

import json
import os
from enum import StrEnum
from pathlib import Path
from typing import Any

BUNDLE = Path(__file__).parents[2]  # its root
# Set by Lambda itself: https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
FUNCTION_NAME = "AWS_LAMBDA_FUNCTION_NAME"


class Variable(StrEnum):
    """The environment variables that the components set."""

    ADDRESS_COLUMN = "ADDRESS_COLUMN"
    CLAIM_SECONDS = "CLAIM_SECONDS"
    CONFIGURATION_SET = "CONFIGURATION_SET"
    DEAD_LETTER_QUEUE_URL = "DEAD_LETTER_QUEUE_URL"
    EVENT_BUS = "EVENT_BUS"
    IMPORTS_TABLE = "IMPORTS_TABLE"
    KEY = "KEY"
    LEDGERS_EXPIRE_DAYS = "LEDGERS_EXPIRE_DAYS"
    MAILS_TABLE = "MAILS_TABLE"
    MAX_RECEIVE_COUNT = "MAX_RECEIVE_COUNT"
    ON_CONFLICT = "ON_CONFLICT"
    QUEUE_URL = "QUEUE_URL"
    READ_OPTIONS = "READ_OPTIONS"
    ROWS_PER_CHUNK = "ROWS_PER_CHUNK"
    SENDER = "SENDER"
    SETTLED_TOPIC_ARN = "SETTLED_TOPIC_ARN"
    STUCK_MINUTES = "STUCK_MINUTES"
    TABLE = "TABLE"


class OnConflict(StrEnum):
    """What the variable of that name says to do with a row whose key is in the table."""

    SKIP = "skip"
    REPLACE = "replace"


def setting(name: str) -> str:
    """Returns an environment variable that the function cannot do without.

    Raises:
        KeyError: it is not set, with what sets it.
    """
    try:
        return os.environ[name]
    except KeyError:
        raise KeyError(
            f"the environment variable {name} is not set: the component that made this function sets it"
        ) from None


def bundled(name: str) -> Any:
    """Returns what a JSON file at the root of the bundle holds."""
    return json.loads((BUNDLE / name).read_text(encoding="utf-8"))
