"""Looks that fail alone."""

import threading

import pytest
from botocore.exceptions import EndpointConnectionError

from operations.looking import Looking, NotSeen, existing

from ..helpers.fakes import client_error


def refuse(code: str, message: str = "") -> None:
    raise client_error(code, message)


def test_looks_run_side_by_side() -> None:
    both = threading.Barrier(2, timeout=10)
    with Looking() as looking:
        glances = [looking.at(name, both.wait) for name in ("one", "other")]
        assert {glance.seen for glance in glances} == {0, 1}
    assert looking.not_seen == []


def test_what_may_not_be_looked_at_is_not_seen_and_hides_nothing_else() -> None:
    message = "User: x is not authorized to perform: dynamodb:DescribeTable on resource: y"
    with Looking() as looking:
        denied = looking.at("the table", lambda: refuse("AccessDeniedException", message))
        fine = looking.at("the queue", lambda: 5)
        unreachable = looking.at("SES", lambda: _raise(EndpointConnectionError(endpoint_url="x")))
    assert (denied.seen, fine.seen, unreachable.seen) == (None, 5, None)
    assert looking.not_seen == [
        NotSeen("the table", "AccessDeniedException (not allowed: dynamodb:DescribeTable)"),
        NotSeen("SES", "EndpointConnectionError"),
    ]


def test_what_is_not_there_is_told_from_what_may_not_be_seen() -> None:
    with Looking() as looking:
        looking.at("the imports", lambda: refuse("ResourceNotFoundException"))
    assert looking.not_seen == [NotSeen("the imports", "ResourceNotFoundException", gone=True)]


def test_a_fault_of_our_own_is_none_of_aws() -> None:
    with Looking() as looking:
        glance = looking.at("it", lambda: _raise(KeyError("ours")))
    with pytest.raises(KeyError):
        _ = glance.seen


def test_only_what_is_not_there_does_not_exist() -> None:
    assert existing(lambda: 1) == 1
    assert existing(lambda: refuse("AWS.SimpleQueueService.NonExistentQueue")) is None
    with pytest.raises(Exception, match="AccessDenied"):
        existing(lambda: refuse("AccessDenied"))


def _raise(error: Exception) -> None:
    raise error
