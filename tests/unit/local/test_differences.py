import json
import os
from typing import Any

import pytest

from local.differences import resource_policy, scaling

TLS_ONLY: dict[str, Any] = {
    "Effect": "Deny",
    "Principal": "*",
    "Action": "sqs:*",
    "Resource": "arn:queue",
    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
}


def kept(*statements: dict[str, Any]) -> list[dict[str, Any]]:
    document = resource_policy(json.dumps({"Statement": list(statements)}))
    return json.loads(document)["Statement"] if document else []


def test_only_the_statement_that_refuses_plain_http_goes() -> None:
    others = [
        {**TLS_ONLY, "Effect": "Allow"},
        {**TLS_ONLY, "Condition": {"Bool": {"aws:SecureTransport": "true"}}},
        {**TLS_ONLY, "Condition": {**TLS_ONLY["Condition"], "StringEquals": {"a": "b"}}},
        {**TLS_ONLY, "Condition": {"Bool": {"aws:SecureTransport": "false", "aws:other": "false"}}},
        {key: value for key, value in TLS_ONLY.items() if key != "Condition"},
    ]
    assert kept(TLS_ONLY, *others) == others


def test_a_policy_with_nothing_else_is_none() -> None:
    assert resource_policy(json.dumps({"Statement": [TLS_ONLY]})) is None


def test_false_may_be_written_in_several_ways() -> None:
    for value in ("false", False, ["false"]):
        assert kept({**TLS_ONLY, "Condition": {"Bool": {"aws:SecureTransport": value}}}) == []


@pytest.mark.parametrize(("cores", "wanted", "given"), [(4, 10, 4), (4, 3, 3), (1, 10, 2), (None, 10, 2)])
def test_a_queue_feeds_at_most_one_instance_a_core(
    monkeypatch: pytest.MonkeyPatch, cores: int | None, wanted: int, given: int
) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: cores)
    assert scaling({"maximumConcurrency": wanted}) == {"maximumConcurrency": given}
    assert scaling({"colour": 9}) == {"colour": 9}
