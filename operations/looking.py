"""Looking at many things side by side; a look may fail alone, and what is not seen is never called well."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from types import TracebackType
from typing import Generic, TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from lambdas.aws.errors import code_of, denied_action

T = TypeVar("T")

# More looks than that at once only wait for each other; and a look may wait for one that was begun before it.
_AT_ONCE = 24
# How each service says that something is not there. S3 answers HeadObject and HeadBucket with a status alone.
# https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadBucket.html
# https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DescribeTable.html
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_GetQueueAttributes.html
# https://docs.aws.amazon.com/lambda/latest/api/API_GetFunctionConfiguration.html
# https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListRolePolicies.html
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetDashboard.html
# https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_GetEmailIdentity.html
# https://docs.aws.amazon.com/sns/latest/api/API_ListSubscriptionsByTopic.html
_NOT_THERE = frozenset(
    {
        "404",
        "NoSuchBucket",
        "NoSuchEntity",
        "NotFound",
        "NotFoundException",
        "QueueDoesNotExist",
        "AWS.SimpleQueueService.NonExistentQueue",
        "ResourceNotFound",
        "ResourceNotFoundException",
    }
)


@dataclass(frozen=True)
class NotSeen:
    """Something that could not be looked at.

    Attributes:
        what: What it is, in words.
        why: Why, without values.
        gone: Whether that is since something does not exist that a look of its own is at.
    """

    what: str
    why: str
    gone: bool = False

    @classmethod
    def of(cls, what: str, error: BotoCoreError | ClientError) -> "NotSeen":
        """Returns that something could not be looked at for this error."""
        said = (code_of(error) or type(error).__name__, denied_action(error))
        gone = isinstance(error, ClientError) and is_not_there(error)
        return cls(what, " ".join(filter(None, said)), gone=gone)


@dataclass(frozen=True)
class Glance(Generic[T]):
    """One look; `what` is looked at."""

    what: str
    _future: Future[T]

    @property
    def seen(self) -> T | None:
        """What was seen, once the look has ended; None if it failed.

        Raises:
            Exception: whatever went wrong that is neither AWS's nor the network's fault.
        """
        return None if self.not_seen else self._future.result()

    @property
    def not_seen(self) -> NotSeen | None:
        """Why nothing was seen; None if something was."""
        error = self._future.exception()
        return NotSeen.of(self.what, error) if isinstance(error, BotoCoreError | ClientError) else None


class Looking(AbstractContextManager["Looking"]):
    """Looks that run side by side; leaving waits for all of them."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(_AT_ONCE)
        self._glances: list[Glance[object]] = []

    def at(self, what: str, look: Callable[[], T]) -> Glance[T]:
        """Begin a look, which may wait for those that were begun before it.

        Args:
            what: What is looked at, in words.
            look: Returns what there is to see.
        """
        glance = Glance(what, self._pool.submit(look))
        self._glances.append(glance)  # type: ignore[arg-type]  # only their failures are read
        return glance

    @property
    def not_seen(self) -> list[NotSeen]:
        """What could not be looked at, once all looks have ended."""
        return [failed for glance in self._glances if (failed := glance.not_seen)]

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.shutdown(cancel_futures=kind is not None)


def is_not_there(error: ClientError) -> bool:
    """Whether a service says that what it was asked for does not exist."""
    return code_of(error) in _NOT_THERE


def existing(call: Callable[[], T]) -> T | None:
    """Returns what the call does; None if the service says that there is no such thing.

    Raises:
        ClientError: the service refuses for another reason.
    """
    try:
        return call()
    except ClientError as error:
        if is_not_there(error):
            return None
        raise
