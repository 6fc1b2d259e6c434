"""SQS as the operator's commands see it: what is received is hidden until it is given back."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from .fakes import SQS_BATCH_BYTES, client_error, refused_entries

SENT_MS = 1_800_000_000_000


@dataclass
class FakeQueues:
    """Queues by URL; a message is shown and deleted by a handle, of which each receive makes a new one."""

    queues: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    hidden: set[str] = field(default_factory=set)
    handles: dict[str, str] = field(default_factory=dict)
    refuse_deletes: int = 0
    limit: int = 10**9  # hidden messages that SQS bears
    most_bytes: dict[str, int] = field(default_factory=dict)  # MaximumMessageSize, where it is less
    _ids: Any = field(default_factory=count)

    def put(
        self,
        url: str,
        body: str,
        reason: str = "",
        sent_ms: int = SENT_MS,
        attributes: Mapping[str, str] | None = None,
    ) -> str:
        """Send a message, with a reason or attributes; returns its id."""
        message_id = f"m{next(self._ids)}"
        message: dict[str, Any] = {
            "MessageId": message_id,
            "Body": body,
            "Attributes": {"SentTimestamp": str(sent_ms)},
        }
        if told := {"reason": reason} if reason else attributes:
            message["MessageAttributes"] = {
                name: {"DataType": "String", "StringValue": value} for name, value in told.items()
            }
        self.queues.setdefault(url, {})[message_id] = message
        return message_id

    def bodies(self, url: str) -> list[str]:
        return [message["Body"] for message in self.queues.get(url, {}).values()]

    def get_queue_attributes(self, QueueUrl: str, AttributeNames: list[str]) -> Any:
        ids = self.queues.get(QueueUrl, {}).keys()
        values = {
            "ApproximateNumberOfMessages": len(ids - self.hidden),
            "ApproximateNumberOfMessagesNotVisible": len(ids & self.hidden),
            "VisibilityTimeout": 60,
        }
        return {"Attributes": {name: str(values.get(name, 0)) for name in AttributeNames}}

    def receive_message(
        self,
        QueueUrl: str,
        MaxNumberOfMessages: int,
        VisibilityTimeout: int,
        WaitTimeSeconds: int,
        MessageAttributeNames: Collection[str],
        **_: Any,
    ) -> Any:
        assert VisibilityTimeout > 0
        assert WaitTimeSeconds > 0  # SQS asks only some of its servers without
        if len(self.hidden) >= self.limit:
            raise client_error("OverLimit")
        visible = [m for i, m in self.queues.get(QueueUrl, {}).items() if i not in self.hidden]
        messages = []
        for message in visible[:MaxNumberOfMessages]:
            handle = f"h{next(self._ids)}"
            self.handles[handle] = message["MessageId"]
            self.hidden.add(message["MessageId"])
            messages.append({**_with_asked(message, MessageAttributeNames), "ReceiptHandle": handle})
        # As SQS: no "Messages" at all where there are none.
        return {"Messages": messages} if messages else {}

    def delete_message_batch(self, QueueUrl: str, Entries: list[Any]) -> Any:
        assert 0 < len(Entries) <= 10
        failed = []
        for entry in Entries:
            if self.refuse_deletes:
                self.refuse_deletes -= 1
                failed.append({"Id": entry["Id"], "Code": "InternalError", "SenderFault": False})
            else:
                message_id = self.handles[entry["ReceiptHandle"]]
                del self.queues[QueueUrl][message_id]
                self.hidden.discard(message_id)
        return {"Failed": failed} if failed else {}

    def change_message_visibility_batch(self, QueueUrl: str, Entries: list[Any]) -> Any:
        assert 0 < len(Entries) <= 10
        assert QueueUrl in self.queues
        for entry in Entries:
            assert entry["VisibilityTimeout"] == 0
            self.hidden.remove(self.handles[entry["ReceiptHandle"]])
        return {}

    def send_message_batch(self, QueueUrl: str, Entries: list[Any]) -> Any:
        failed = refused_entries(Entries, self.most_bytes.get(QueueUrl, SQS_BATCH_BYTES))
        refused = {each["Id"] for each in failed}
        for entry in Entries:
            if entry["Id"] not in refused:
                self.put(QueueUrl, entry["MessageBody"])
        return {"Failed": failed} if failed else {}


def _with_asked(message: Mapping[str, Any], names: Collection[str]) -> dict[str, Any]:
    """A message with those of its attributes that were asked for: SQS leaves out the others."""
    told = {name: of for name, of in message.get("MessageAttributes", {}).items() if name in names}
    rest = {key: value for key, value in message.items() if key != "MessageAttributes"}
    return {**rest, "MessageAttributes": told} if told else rest
