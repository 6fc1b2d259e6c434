"""SQS as the handlers see it, and what all fakes share: boto3 clients, in memory, made to fail on demand.

`fakes_dynamodb.py` has DynamoDB, `fakes_ses.py` SES. What is not used by the handlers is not here;
test_fakes_dynamodb.py holds DynamoDB's part against MiniStack.
"""

import pickle
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from threading import RLock
from typing import Any
from unittest.mock import Mock

from botocore.exceptions import ClientError

Item = dict[str, Any]  # as DynamoDB's low-level API has it

SQS_BATCH_MESSAGES = 10
SQS_BATCH_BYTES = 1024 * 1024


class Killed(BaseException):
    """The process ends here: no handler can catch this."""


def kill() -> None:
    """End the process."""
    raise Killed


@dataclass(frozen=True)
class Lost:
    """The call is carried out, and the caller hears this error instead of the answer."""

    error: BaseException


# What happens at a call: an error instead of it, its answer lost, or an answer made from its request.
Step = BaseException | Lost | Callable[[Mapping[str, Any]], Any] | None


def copied(value: Any) -> Any:
    """A copy all the way down, of what JSON could hold; many times faster than copy.deepcopy."""
    return pickle.loads(pickle.dumps(value, pickle.HIGHEST_PROTOCOL))


def client_error(
    code: str, message: str = "", *, status: int = 400, answer: Mapping[str, Any] | None = None
) -> ClientError:
    """The error that boto3 raises for a service's refusal; `answer`: what else the service says."""
    response: Any = {"Error": {"Code": code, "Message": message}, **(answer or {})}
    response["ResponseMetadata"] = {"HTTPStatusCode": status}
    return ClientError(response, "Operation")


def invalid(message: str) -> ClientError:
    """What DynamoDB answers to a request that it will never carry out."""
    return client_error("ValidationException", message)


@dataclass
class Calls:
    """The calls to all services, in order; something else may happen before or after the n'th of them."""

    made: list[tuple[str, Any]] = field(default_factory=list)
    before: dict[int, Callable[[], object]] = field(default_factory=dict)
    after: dict[int, Callable[[], object]] = field(default_factory=dict)

    def named(self, name: str) -> list[Any]:
        """The requests of the calls of one name."""
        return [request for each, request in self.made if each == name]


class Fake:
    """A client: notes its calls, and does what its script says."""

    def __init__(self, calls: Calls | None = None) -> None:
        self.calls = calls or Calls()
        self._script: dict[str, list[Step]] = {}
        self._one_at_a_time = RLock()  # each call is carried out as a whole, whichever thread makes it

    @cached_property
    def meta(self) -> Mock:
        """A real client's; the fakes' errors are what is left after its repetitions."""
        return Mock()

    def script(self, name: str, *steps: Step) -> None:
        """What happens at the next calls of this name; None: what would happen anyway."""
        self._script.setdefault(name, []).extend(steps)

    def _call(self, name: str, work: Callable[[], Any], request: Mapping[str, Any]) -> Any:
        number = len(self.calls.made)
        self.calls.before.pop(number, lambda: None)()
        self.calls.made.append((name, request))
        steps = self._script.get(name)
        step = steps.pop(0) if steps else None
        if isinstance(step, BaseException):
            raise step
        try:
            with self._one_at_a_time:
                return step(request) if callable(step) else work()
        finally:
            self.calls.after.pop(number, lambda: None)()
            if isinstance(step, Lost):
                raise step.error


def message_bytes(entry: Mapping[str, Any]) -> int:
    """What SQS counts of a message: its body, and its attributes' names, types and values."""
    return len(entry["MessageBody"].encode()) + sum(
        len(name) + len("String") + len(attribute["StringValue"].encode())
        for name, attribute in entry.get("MessageAttributes", {}).items()
    )


def refused_entries(entries: Iterable[Mapping[str, Any]], most: int) -> list[dict[str, Any]]:
    """The entries that a queue refuses whose messages have at most so many bytes.

    Raises:
        ClientError: SQS refuses the batch as a whole.
    """
    entries = list(entries)
    if len(entries) > SQS_BATCH_MESSAGES:
        raise client_error("AWS.SimpleQueueService.TooManyEntriesInBatchRequest")
    if sum(map(message_bytes, entries)) > SQS_BATCH_BYTES:
        raise client_error("AWS.SimpleQueueService.BatchRequestTooLong")
    message = f"One or more parameters are invalid. Reason: Message must be shorter than {most} bytes."
    return [
        {"Id": entry["Id"], "SenderFault": True, "Code": "InvalidParameterValue", "Message": message}
        for entry in entries
        if message_bytes(entry) > most
    ]


class FakeSqs(Fake):
    """Queues by URL: the messages sent to each, as SendMessageBatch got them.

    `most_bytes`: the queues' MaximumMessageSize, where it is not SQS's limit.
    """

    def __init__(self, calls: Calls | None = None) -> None:
        super().__init__(calls)
        self.queues: dict[str, list[Any]] = {}
        self.most_bytes: dict[str, int] = {}

    def send_message_batch(self, **request: Any) -> Any:
        return self._call("send_message_batch", lambda: self._send(**request), request)

    def refuse(self, *entry_ids: str, sender_fault: bool = False) -> Step:
        """A step: these entries of the batch fail, the others are sent."""

        def step(request: Mapping[str, Any]) -> Any:
            entries = request["Entries"]
            self._send(request["QueueUrl"], [entry for entry in entries if entry["Id"] not in entry_ids])
            failed = [
                {"Id": entry["Id"], "SenderFault": sender_fault, "Code": "InternalError"}
                for entry in entries
                if entry["Id"] in entry_ids
            ]
            return {"Successful": [], "Failed": failed}

        return step

    def bodies(self, queue_url: str) -> list[str]:
        return [entry["MessageBody"] for entry in self.queues.get(queue_url, [])]

    def reasons(self, queue_url: str) -> list[str]:
        entries = self.queues.get(queue_url, [])
        return [entry["MessageAttributes"]["reason"]["StringValue"] for entry in entries]

    def _send(self, QueueUrl: str, Entries: list[Any]) -> Any:
        failed = refused_entries(Entries, self.most_bytes.get(QueueUrl, SQS_BATCH_BYTES))
        refused = {each["Id"] for each in failed}
        taken = [entry for entry in Entries if entry["Id"] not in refused]
        self.queues.setdefault(QueueUrl, []).extend(taken)
        answer = {"Successful": [{"Id": entry["Id"]} for entry in taken]}
        return answer | ({"Failed": failed} if failed else {})
