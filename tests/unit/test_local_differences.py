import json
import os
from typing import Any

import pytest

from local.differences import resource_policy, role_policy, scaling


def allow(action: Any, resource: str = "arn:one", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def rewritten(*statements: dict[str, Any]) -> list[dict[str, Any]]:
    document = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
    policy = json.loads(role_policy(document))
    assert policy["Version"] == "2012-10-17"
    found: list[dict[str, Any]] = policy["Statement"]
    return found


def test_other_actions_stay_as_they_are() -> None:
    statements = [allow(["s3:GetObject", "dynamodb:PutItem"], Sid="A"), allow("logs:PutLogEvents")]
    assert rewritten(*statements) == statements


@pytest.mark.parametrize("action", ["SendMessage", "DeleteMessage", "ChangeMessageVisibility"])
def test_a_batch_call_is_granted_on_the_same_resource(action: str) -> None:
    statement = allow([f"sqs:{action}"], Sid="Send")
    assert rewritten(statement) == [statement, allow([f"sqs:{action}Batch"], Sid="SendBatch")]


def test_what_is_denied_is_denied_in_batches_too() -> None:
    statement = {**allow("sqs:SendMessage"), "Effect": "Deny"}
    assert rewritten(statement) == [statement, {**statement, "Action": ["sqs:SendMessageBatch"]}]


@pytest.mark.parametrize("action", ["ses:SendBulkEmail", "ses:SendEmail"])
def test_sending_is_allowed_on_anything_and_nothing_else_is(action: str) -> None:
    statement = allow([action, "ses:GetAccount"], Condition={"Bool": {"a": "b"}})
    added = allow([action], "*", Condition={"Bool": {"a": "b"}})
    assert rewritten(statement) == [statement, added]


def test_who_may_insert_may_call_what_inserts() -> None:
    statement = allow(["dynamodb:PartiQLInsert", "dynamodb:PutItem"])
    assert rewritten(statement) == [statement, allow(["dynamodb:BatchExecuteStatement"], "*")]


def test_a_denied_send_stays_denied_where_it_was() -> None:
    statement = {**allow("ses:SendEmail"), "Effect": "Deny"}
    assert rewritten(statement) == [statement]


def test_names_count_in_any_case_and_by_pattern() -> None:
    assert len(rewritten(allow("SQS:sendmessage"))) == 2
    assert len(rewritten(allow("sqs:Send*"))) == 2
    assert len(rewritten(allow("sqs:Receive*"))) == 1


def test_a_single_statement_needs_no_list() -> None:
    policy = json.loads(role_policy(json.dumps({"Statement": allow("sqs:SendMessage")})))
    assert len(policy["Statement"]) == 2


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
