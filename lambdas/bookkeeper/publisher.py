"""What the world hears of an import whose books are settled: its summary in the bucket, and an event."""

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Protocol

from ..aws.rowrelay_error import RowrelayError
from ..core.clock import seconds_between
from ..core.import_entries import KEY, REVISION, SETTLED_AT, STARTED_AT, UPLOADED_BY
from .entry import Entry
from .final_summary import put_final_summary
from .topic import Topic

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

SOURCE, DETAIL_TYPE = "rowrelay", "Import Settled"
# Of the import's entry, as far as it has them.
_TOLD = ("bucket", KEY, "status", "reason", "reasons", STARTED_AT, "summary", "rejects", UPLOADED_BY)


class Events(Protocol):
    """The client of EventBridge."""

    def put_events(self, *, Entries: list[Any]) -> Any:
        """Takes events, or not, and says which."""


class PublishError(RowrelayError):
    """EventBridge did not take the event; `code` is its own."""

    def __init__(self, code: str) -> None:
        super().__init__(f"EventBridge did not take the event: {code}")
        self.code = code


@dataclass(frozen=True)
class Publisher:
    """Publishes settlements. To do it twice does no harm: the event's `id` tells repeats.

    Attributes:
        s3: The client.
        events: The client.
        event_bus: The ARN of the bus that events go to.
        topic: What tells a person, if there is one.
    """

    s3: "S3Client"
    events: Events
    event_bus: str
    topic: Topic | None = None

    def publish(self, entry: Entry, summary: str | None) -> None:
        """Publish an import's last settlement.

        Args:
            entry: The import's entry.
            summary: The report of reading its file, as JSON, to be completed; None if there is none.

        Raises:
            PublishError: the event was not taken.
        """
        if summary is not None:
            put_final_summary(self.s3, entry, json.loads(summary))
        event: Any = {"Source": SOURCE, "DetailType": DETAIL_TYPE, "EventBusName": self.event_bus}
        detail = detail_of(entry)
        event["Detail"] = json.dumps(detail, ensure_ascii=False, default=int)
        # https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html: of what it does not
        # take, it says so in its answer.
        answer = self.events.put_events(Entries=[event])
        if answer["FailedEntryCount"]:
            raise PublishError(str(answer["Entries"][0].get("ErrorCode", "")))
        if self.topic:
            self.topic.publish(detail)


def detail_of(entry: Entry) -> dict[str, Any]:
    """Returns the event's detail: of which import, what it came to, and how long it took."""
    values, settled_at = entry.values, entry.settlement_at
    return {
        "id": f"{entry.import_id}#{entry.revision}",
        "import": entry.import_id,
        REVISION: entry.revision,
        **{name: values[name] for name in _TOLD if name in values},
        SETTLED_AT: settled_at,
        "seconds": round(seconds_between(values[STARTED_AT], settled_at), 3),
        "counts": asdict(entry.settled_books),
    }
