"""SQS's standard queues: visibility, receive counts, redrive, batch limits, copies delivered twice.

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/standard-queues.html
"""

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from tests.unit.helpers.fakes import SQS_BATCH_BYTES, client_error, refused_entries

from . import faults
from .network import Network
from .world import START

# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/CommonErrors.html
_THROTTLED = client_error("RequestThrottled", "the request was denied due to throttling")
_DISORDER_SECONDS = 0.2


@dataclass
class Stored:
    """A message in a queue."""

    message_id: str
    body: str
    attributes: dict[str, Any]
    sent_at: float
    visible_at: float
    receives: int = 0
    given_up_by_sqs: bool = False


@dataclass
class Queue:
    """A queue; `arrived` is called whenever a message will be there to receive, with the time when."""

    name: str
    visibility: float = 30
    retention: float = 14 * 24 * 60 * 60
    max_receives: int | None = None
    dead_letters: "Queue | None" = None
    most_bytes: int = SQS_BATCH_BYTES
    messages: dict[str, Stored] = field(default_factory=dict)
    arrived: Callable[[float], None] = lambda _: None
    expired: int = 0
    _by_time: list[tuple[float, str]] = field(default_factory=list)

    def put(self, message: Stored) -> None:
        """Keep a message."""
        self.messages[message.message_id] = message
        self.hide(message, message.visible_at)

    def receive(self, now: float, most: int) -> list[Stored]:
        """Messages that are visible, at most so many; those received too often go to the dead letters."""
        received: list[Stored] = []
        while self._by_time and self._by_time[0][0] <= now and len(received) < most:
            visible_at, message_id = heapq.heappop(self._by_time)
            message = self.messages.get(message_id)
            if not message or message.visible_at != visible_at:
                continue
            if message.sent_at + self.retention <= now:
                self.expired += 1
                del self.messages[message.message_id]
            elif self.dead_letters and self.max_receives and message.receives >= self.max_receives:
                del self.messages[message.message_id]
                # A standard queue's message keeps its age.
                self.dead_letters.put(replace(message, visible_at=now, receives=0, given_up_by_sqs=True))
            else:
                message.receives += 1
                self.hide(message, now + self.visibility)
                received.append(message)
        return received

    def hide(self, message: Stored, until: float) -> None:
        """Let nobody receive the message before then."""
        message.visible_at = until
        heapq.heappush(self._by_time, (until, message.message_id))
        self.arrived(until)

    def next_at(self) -> float | None:
        """When the next message is visible, if there is any."""
        while self._by_time:
            visible_at, message_id = self._by_time[0]
            message = self.messages.get(message_id)
            if message and message.visible_at == visible_at:
                return visible_at
            heapq.heappop(self._by_time)
        return None

    def delete(self, message_id: str) -> None:
        """Forget a message, if it is still there."""
        self.messages.pop(message_id, None)


def event_record(message: Stored) -> dict[str, Any]:
    """A message as Lambda's mapping hands it over.

    https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
    """
    return {
        "messageId": message.message_id,
        "receiptHandle": message.message_id,
        "body": message.body,
        "attributes": {
            "ApproximateReceiveCount": str(message.receives),
            "SentTimestamp": str(int((START + message.sent_at) * 1000)),
        },
        "messageAttributes": {
            name: {"dataType": of["DataType"], "stringValue": of["StringValue"]}
            for name, of in message.attributes.items()
        },
        "eventSource": "aws:sqs",
    }


class Queues:
    """The queues, by URL, behind an unreliable network."""

    def __init__(self, network: Network, *queues: Queue) -> None:
        self._network = network
        self.by_url = {queue.name: queue for queue in queues}
        self._count = 0

    def send_message_batch(self, **request: Any) -> Any:
        return self._network.call(
            f"send_message_batch {request['QueueUrl']}", lambda: self._maybe_in_part(**request), _THROTTLED
        )

    def put(self, url: str, body: str, attributes: dict[str, Any] | None = None) -> None:
        """Send a message, from wherever."""
        self._count += 1
        now = self._network.world.now
        # A standard queue keeps no order.
        visible_at = now + self._network.world.random.uniform(0, _DISORDER_SECONDS)
        message = Stored(f"m{self._count}", body, attributes or {}, now, visible_at)
        self.by_url[url].put(message)

    def _maybe_in_part(self, QueueUrl: str, Entries: list[Any]) -> Any:
        failed = refused_entries(Entries, self.by_url[QueueUrl].most_bytes)
        refused = {each["Id"] for each in failed}
        successful = []
        for entry in Entries:
            if entry["Id"] in refused:
                continue
            if self._network.faults.strike(faults.PARTIAL):
                failed.append({"Id": entry["Id"], "SenderFault": False, "Code": "InternalError"})
            else:
                self.put(QueueUrl, entry["MessageBody"], entry.get("MessageAttributes"))
                successful.append({"Id": entry["Id"]})
        return {"Successful": successful, **({"Failed": failed} if failed else {})}
