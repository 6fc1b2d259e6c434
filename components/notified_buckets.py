"""Which CsvIngests hear of the uploads to which bucket, in one run of a program.

S3 keeps one notification a bucket, and putting one replaces it, so that two components that each create one
would undo each other's work in turn, and one that creates it cuts off those that hear by EventBridge:
https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketNotificationConfiguration.html

Two buckets are the same if they have the same name, or if it is the same output. That two outputs are one
name shows only when both are known, before the second component's part is created and after the first's.
Other stacks' components, and those of a program in another language, which Pulumi constructs one by one, are
not seen.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from weakref import WeakKeyDictionary

import pulumi
from pulumi.runtime.settings import get_monitor

from .problems import ArgumentsError, Problem


class Notification(StrEnum):
    """CsvIngest's argument `notification`."""

    CREATE = "create"
    EVENTBRIDGE = "eventbridge"
    NONE = "none"


@dataclass(frozen=True)
class Listener:
    """A CsvIngest, by its name, and how it hears of the uploads under its prefix; empty if that is wrong."""

    component: str
    notification: Notification
    prefix: str

    def problem_beside(self, other: "Listener") -> Problem | None:
        """What is wrong with hearing of uploads to a bucket to which the other one listens, if anything."""
        if Notification.NONE in (self.notification, other.notification):
            return None  # the caller decides what arrives
        if Notification.CREATE in (self.notification, other.notification):
            expected = "eventbridge, as all that share a bucket"
            detail = (
                f"{self.notification.value!r} contradicts {other.notification.value!r} of CsvIngest "
                f"{other.component!r} on the same bucket: it keeps one notification, and 'create' replaces "
                "it; give each of them 'eventbridge'"
            )
            return Problem("notification", expected, self.notification.value, detail=detail)
        if self.prefix and (self.prefix.startswith(other.prefix) or other.prefix.startswith(self.prefix)):
            detail = (
                f"{self.prefix!r} overlaps {other.prefix!r} of CsvIngest {other.component!r} on the same "
                "bucket: both would import the same files, and overwrite each other's reports; give each one "
                "of its own"
            )
            return Problem("upload_prefix", "a folder of its own", self.prefix, detail=detail)
        return None


@dataclass(frozen=True)
class NotifiedBuckets:
    """The buckets of one run, and who listens to each."""

    _by_name: dict[str, list[Listener]] = field(default_factory=dict)
    _by_output: WeakKeyDictionary[Any, list[Listener]] = field(default_factory=WeakKeyDictionary)

    def problems(self, bucket: pulumi.Input[str], listener: Listener) -> list[Problem]:
        """What is wrong with a listener beside those that a bucket has, as far as its name is known."""
        return [problem for other in self._of(bucket) if (problem := listener.problem_beside(other))]

    def add(self, bucket: pulumi.Input[str], listener: Listener) -> pulumi.Input[str]:
        """Note that a bucket has a listener; returns its name, to create what the listener needs with.

        If the name is not known yet, what is returned fails with ArgumentsError should it be that of a bucket
        with another listener that does not go with this one.
        """
        self._of(bucket).append(listener)
        if isinstance(bucket, str):
            return bucket
        output: pulumi.Output[str] = pulumi.Output.from_input(bucket)
        return output.apply(lambda name: self._known(name, listener))

    def _known(self, name: str, listener: Listener) -> str:
        if problems := self.problems(name, listener):
            raise ArgumentsError("CsvIngest", listener.component, problems)
        self._of(name).append(listener)
        return name

    def _of(self, bucket: pulumi.Input[str]) -> list[Listener]:
        if isinstance(bucket, str):
            return self._by_name.setdefault(bucket, [])
        return self._by_output.setdefault(bucket, [])


_RUNS: WeakKeyDictionary[Any, NotifiedBuckets] = WeakKeyDictionary()


def notified_buckets() -> NotifiedBuckets:
    """The buckets of this run: each run of a program has a connection to the engine of its own."""
    connection = get_monitor()
    return NotifiedBuckets() if connection is None else _RUNS.setdefault(connection, NotifiedBuckets())
