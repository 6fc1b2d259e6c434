"""The clients of all handlers, and how long a call may take, which must fit a function's time.

botocore's own time-outs are 60 seconds, as long as some functions may run.
https://docs.aws.amazon.com/botocore/latest/reference/config.html
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.config import Config

from .backoff import ATTEMPTS, pause_seconds

_LONGEST_BACKOFF_SECONDS = 20
# How many calls a handler makes at once, where it does not say otherwise; botocore keeps as many connections.
CONNECTIONS = 10


@dataclass(frozen=True)
class TimeOuts:
    """How long a service's client waits, in seconds, and how often it tries in all.

    `validates`: whether it checks requests before it sends them. `connections`: how many it keeps open; what
    goes beside each other over more opens, and closes, one for each call.
    """

    connect: float
    read: float
    attempts: int
    validates: bool = True
    connections: int = CONNECTIONS

    @property
    def longest_call(self) -> float:
        """The seconds that a call takes at most: every attempt's time-outs, and the pauses in between.

        For a name of one address: urllib3 tries each of several in turn, so a call takes longer where all of
        them are silent.
        """
        # https://docs.aws.amazon.com/boto3/latest/guide/retries.html
        pauses = sum(min(1 << n, _LONGEST_BACKOFF_SECONDS) for n in range(self.attempts - 1))
        return self.attempts * (self.connect + self.read) + pauses

    @property
    def config(self) -> Config:
        """The same as botocore takes it."""
        return Config(
            connect_timeout=self.connect,
            read_timeout=self.read,
            retries={"total_max_attempts": self.attempts, "mode": "standard"},
            parameter_validation=self.validates,
            max_pool_connections=self.connections,
        )


TIME_OUTS: Mapping[str, TimeOuts] = {
    # DynamoDB checks each request itself; to do so here, too, is a good part of a transaction's work.
    "dynamodb": TimeOuts(connect=1, read=3, attempts=2, validates=False),
    # As many as process_csv has calls under way: the answer to one takes as long as making some ten of them.
    "sqs": TimeOuts(connect=1, read=3, attempts=2, connections=16),
    "events": TimeOuts(connect=1, read=3, attempts=2),
    "lambda": TimeOuts(connect=1, read=3, attempts=2),
    "sns": TimeOuts(connect=1, read=3, attempts=2),
    "s3": TimeOuts(connect=1, read=5, attempts=2),
    # A retry inside botocore would send fifty mails again when only the answer was lost. SES refuses what the
    # check of parameters would let fail here, with nobody knowing why.
    "sesv2": TimeOuts(connect=2, read=13, attempts=1, validates=False, connections=60),
}


# What a service refuses for now comes back at once, so it may be asked more often than one that is silent.
# https://docs.aws.amazon.com/boto3/latest/guide/retries.html
_PUT_OFF = frozenset(
    {
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "SlowDown",
        "ThrottlingException",
        "TooManyRequestsException",
    }
)


def client(service: str) -> Any:
    """Returns a client of one of the services in TIME_OUTS; but for SES, it repeats what is put off."""
    make: Any = boto3.client
    made = make(service, config=TIME_OUTS[service].config)
    if TIME_OUTS[service].attempts > 1:
        repeat_what_is_put_off(made, service)
    return made


def repeat_what_is_put_off(made: Any, service: str) -> None:
    """Have a client make a call again, up to ATTEMPTS times, that its service refuses for now."""
    made.meta.events.register(f"needs-retry.{service}", _again)


def _again(response: Any, attempts: int, **_: Any) -> float | None:
    """Returns after how many seconds botocore is to make a call again, or None for its own decision.

    Args:
        response: The HTTP response and what it was parsed to; None if there was none.
        attempts: How often the call was made.
    """
    if response is None or attempts >= ATTEMPTS:
        return None
    answer, parsed = response
    put_off = answer.status_code >= 500 or parsed.get("Error", {}).get("Code") in _PUT_OFF
    return pause_seconds(attempts) if put_off else None
