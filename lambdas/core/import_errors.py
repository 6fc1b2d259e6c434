"""The last error that a function met in an import, for whoever asks what the import waits for."""

import time
from functools import cache
from typing import TYPE_CHECKING

from ..aws.clients import client
from ..aws.errors import kind_of
from .clock import now
from .environment import Variable, setting
from .import_entries import AT, ERROR_CLASS, error_part
from .import_updates import update_of
from .mail_entries import EXPIRES_AT, expiry

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_NOTE_SECONDS = 60


class ImportErrors:
    """Notes the errors of one function; of an import, at most one a minute.

    To note an error never raises one: what the function met is to be heard of, not this. Where one cannot be
    noted, none is for a minute, lest the function wait for each in vain.
    """

    def __init__(self, dynamodb: "DynamoDBClient", table: str, expire_days: int, function: str) -> None:
        self._dynamodb = dynamodb
        self._table = table
        self._expire_days = expire_days
        self._part = error_part(function)
        self._noted: dict[str, float] = {}
        self._silent_until = 0.0

    def note(self, import_id: str, error: Exception) -> None:
        """Note an error by its class; no value of a row gets there."""
        self.note_class(import_id, kind_of(error))

    def note_class(self, import_id: str, error_class: str, *, seconds: float = _NOTE_SECONDS) -> None:
        """Note an error of this class, unless one was noted of the import in the last so many seconds."""
        at = time.monotonic()
        if at < self._silent_until or at - self._noted.get(import_id, -seconds) < seconds:
            return
        self._noted = {i: noted for i, noted in self._noted.items() if at - noted < seconds}
        self._noted[import_id] = at
        texts = {ERROR_CLASS: error_class, AT: now()}
        sets = {name: {"S": text} for name, text in texts.items()}
        sets[EXPIRES_AT] = {"N": str(expiry(self._expire_days))}
        try:
            self._dynamodb.update_item(**update_of(self._table, import_id, self._part, sets=sets))
        except Exception:  # it fails where the function's own writes do, which that says itself
            self._silent_until = at + _NOTE_SECONDS


@cache
def import_errors(function: str) -> ImportErrors:
    """Returns what notes the errors of a function, made once a process, as it keeps what it has noted."""
    days = int(setting(Variable.LEDGERS_EXPIRE_DAYS))
    return ImportErrors(client("dynamodb"), setting(Variable.IMPORTS_TABLE), days, function)
