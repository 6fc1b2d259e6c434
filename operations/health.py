"""The parts of a stack as they are now: looked at side by side, each look failing alone.

The embedded AWS has no metrics of most invocations, so `counts` is tested by answers of AWS's model alone.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from .alarms import StackAlarm, read_alarms, topics_nobody_reads
from .function_health import FunctionHealth, FunctionLooks
from .function_results import read_counts
from .looking import Looking, NotSeen
from .parts import BrokenPart, Part, parts_of
from .sending_account import SendingAccount, read_sending_account
from .stack import Stack


@dataclass(frozen=True)
class Health:
    """A stack's parts as they are now.

    Attributes:
        broken: The parts that are not as they should be.
        functions: The functions, by what the stack's outputs call them.
        account: The account's sending; None if it could not be looked at.
        alarms: The stack's alarms; None if they could not be looked at.
        unread_topics: The SNS topics that alarms notify and nobody reads.
        not_seen: What could not be looked at.
    """

    broken: Sequence[BrokenPart] = ()
    functions: Mapping[str, FunctionHealth] = field(default_factory=dict)
    account: SendingAccount | None = None
    alarms: Sequence[StackAlarm] | None = None
    unread_topics: Sequence[str] = ()
    not_seen: Sequence[NotSeen] = ()


class HealthLooks:
    """The looks at a stack's parts, begun at once."""

    def __init__(self, stack: Stack, looking: Looking) -> None:
        self._stack, self._looking = stack, looking
        names: Mapping[str, str] = stack.outputs["functions"]
        client = stack.client
        self._functions = {key: FunctionLooks(key, name, stack, looking) for key, name in names.items()}
        self._parts = [(part, looking.at(part.name(stack), self._fault_of(part))) for part in parts_of(stack)]
        self._account = looking.at("SES's account", lambda: read_sending_account(client("sesv2")))
        self._alarms = looking.at("the alarms", lambda: read_alarms(client("cloudwatch"), stack))
        self._topics = looking.at("who reads the alarms' topics", self._unread_topics)
        self._counts = looking.at(
            "the functions' metrics", lambda: read_counts(client("cloudwatch"), list(names.values()))
        )

    def health(self) -> Health:
        """Returns what the looks saw, once all have ended."""
        counts = self._counts.seen or {}
        found = [(part, glance.seen) for part, glance in self._parts]
        return Health(
            broken=[
                BrokenPart(part.name(self._stack), fault, part.needed, part.mend)
                for part, fault in found
                if fault
            ],
            functions={key: looks.health(counts) for key, looks in self._functions.items()},
            account=self._account.seen,
            alarms=self._alarms.seen,
            unread_topics=self._topics.seen or [],
            not_seen=self._looking.not_seen,
        )

    def _fault_of(self, part: Part) -> Callable[[], str]:
        return lambda: part.fault(self._stack.client(part.service), self._stack.outputs[part.output])

    def _unread_topics(self) -> list[str]:
        alarms = self._alarms.seen
        return topics_nobody_reads(self._stack.client("sns"), alarms) if alarms else []
