"""A function as it is now: itself, its role, what invokes it, and how its last invocations ended."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from .function_results import Counts, Outcome, read_outcome
from .functions import (
    Feed,
    FunctionKey,
    FunctionSetUp,
    read_function,
    read_mapping,
    read_role,
    read_rules,
    read_upload_events,
)
from .looking import Glance, Looking
from .stack import Stack

T = TypeVar("T")

# How AWS says that a mapping's last attempt failed ("PROBLEM: Function call failed"), and how MiniStack does.
# https://docs.aws.amazon.com/lambda/latest/api/API_EventSourceMappingConfiguration.html
_FAILED_RESULTS = ("PROBLEM", "FAILED")


@dataclass(frozen=True)
class FunctionHealth:
    """A function as it is now; what could not be looked at is None.

    Attributes:
        name: Its name.
        set_up: The function itself.
        role_fault: What is wrong with its role; empty if nothing is.
        feed: What invokes it.
        outcome: How its last invocation ended.
        counts: Its invocations of the last sixteen minutes.
    """

    name: str
    set_up: FunctionSetUp | None = None
    role_fault: str | None = None
    feed: Feed | None = None
    outcome: Outcome | None = None
    counts: Counts | None = None

    @property
    def failing(self) -> bool:
        """Whether its last result is an error: by its log, which is newest, the metrics, or its feed."""
        if self.outcome is not None and self.outcome.at:
            return self.outcome.failed
        if self.counts is not None and self.counts.invocations:
            return self.counts.last_failed
        return self.feed is not None and self.feed.last_result.startswith(_FAILED_RESULTS)


class FunctionLooks:
    """The looks at a function, begun at once; most of them need what the first one finds."""

    def __init__(self, key: str, name: str, stack: Stack, looking: Looking) -> None:
        self._name, self._stack = name, stack
        client = stack.client
        self._set_up = looking.at(f"the function {name}", lambda: read_function(client("lambda"), name))
        self._role = self._after(looking, "role", lambda found: read_role(client("iam"), found.role))
        self._outcome = self._after(
            looking, "log", lambda found: read_outcome(client("logs"), found.log_group)
        )
        self._feed = self._after(looking, "invocations", lambda found: self._read_feed(key, found.arn))

    def health(self, counts: Mapping[str, Counts]) -> FunctionHealth:
        """Returns what the looks saw.

        Args:
            counts: What the metrics say, by the functions' names.
        """
        return FunctionHealth(
            self._name,
            self._set_up.seen,
            self._role.seen,
            self._feed.seen,
            self._outcome.seen,
            counts.get(self._name),
        )

    def _after(
        self, looking: Looking, of: str, look: Callable[[FunctionSetUp], T | None]
    ) -> Glance[T | None]:
        """Begin a look that needs the function's configuration, and is left out where there is none."""

        def then() -> T | None:
            found = self._set_up.seen
            return look(found) if found and found.arn else None

        return looking.at(f"the {of} of {self._name}", then)

    def _read_feed(self, key: str, arn: str) -> Feed | None:
        client = self._stack.client
        match key:
            case FunctionKey.PROCESS_CSV:
                return read_upload_events(client("s3"), client("events"), self._stack.outputs["bucket"], arn)
            case FunctionKey.INSERT_RECORDS | FunctionKey.SEND_EMAIL:
                return read_mapping(client("lambda"), self._name)
            case FunctionKey.MAIL_ROUND | FunctionKey.BOOKKEEPER:
                return read_rules(client("events"), arn, "its schedule, the rule")
        return None
