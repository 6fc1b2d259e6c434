"""EventBridge as the bookkeeper sees it: the events that a bus took."""

import json
from collections.abc import Mapping
from typing import Any

from .fakes import Calls, Fake, Step, client_error

_ENTRIES = 10
# https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
_ENTRY_BYTES = 256 * 1024
_NEEDED = {"Source", "DetailType", "Detail", "EventBusName"}


class FakeEvents(Fake):
    """Takes events; `details` are what their details hold."""

    def __init__(self, calls: Calls | None = None) -> None:
        super().__init__(calls)
        self.taken: list[Mapping[str, Any]] = []

    def put_events(self, **request: Any) -> Any:
        return self._call("put_events", lambda: self._put(**request), request)

    @staticmethod
    def refuse(code: str) -> Step:
        """A step: the event is not taken, which only the answer says."""
        return lambda _: {"FailedEntryCount": 1, "Entries": [{"ErrorCode": code, "ErrorMessage": "…"}]}

    @property
    def details(self) -> list[dict[str, Any]]:
        return [json.loads(entry["Detail"]) for entry in self.taken]

    def _put(self, Entries: list[Any]) -> Any:
        assert all(entry.keys() == _NEEDED for entry in Entries), "the fake knows these members only"
        if not 0 < len(Entries) <= _ENTRIES or any(
            len(entry["Detail"].encode()) > _ENTRY_BYTES for entry in Entries
        ):
            raise client_error("ValidationException", "too many entries, or too large")
        self.taken += Entries
        return {"FailedEntryCount": 0, "Entries": [{"EventId": str(n)} for n in range(len(Entries))]}
