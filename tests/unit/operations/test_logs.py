"""The logs of several functions as one; what an import's lines are."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from operations.errors import UsageError
from operations.logs import StackLogs, named_import
from operations.looking import NotSeen
from operations.stack import Stack

from ..helpers.answers import Answer, Answers, Refused
from ..helpers.stack import IMPORT, OTHER_IMPORT, FakeStack

NOON = 1_800_000_000
FUNCTIONS = {"process_csv": "in-process-csv", "insert_records": "w-insert-records"}


def said(message: str, import_id: str | None = None, request: str = "r", **more: Any) -> str:
    named = {"import": import_id} if import_id else {}
    return json.dumps({"message": message, "level": "INFO", "function_request_id": request, **named, **more})


def raised(request: str) -> str:
    return json.dumps({"level": "ERROR", "errorType": "KeyError", "requestId": request})


def ended(request: str, status: str) -> str:
    return json.dumps({"type": "platform.report", "record": {"requestId": request, "status": status}})


def logs_of(
    lines: Mapping[str, list[tuple[float, str]] | Refused],
    import_id: str | None = None,
    gone: tuple[str, ...] = (),
) -> tuple[StackLogs, list[Mapping[str, Any]]]:
    """The logs, with these lines by function's name, a page each; and the requests that are made."""
    requests: list[Mapping[str, Any]] = []

    def configuration(request: Mapping[str, Any]) -> Any:
        name = request["FunctionName"]
        if name in gone:
            raise Refused("ResourceNotFoundException")
        config = {"FunctionArn": f"arn:{name}", "Role": "r/role"}
        return {**config, "LoggingConfig": {"LogGroup": f"logs-of-{name}"}}

    def events(request: Mapping[str, Any]) -> Any:
        requests.append(request)
        found = lines[request["logGroupName"].removeprefix("logs-of-")]
        if isinstance(found, Refused):
            raise found
        page = int(request.get("nextToken", 0))
        of_page = [{"timestamp": round(at * 1000), "message": text} for at, text in found[page : page + 1]]
        return {"events": of_page, **({"nextToken": str(page + 1)} if page < len(found) else {})}

    answers: dict[str, Answer] = {
        "lambda.GetFunctionConfiguration": configuration,
        "lambda.GetFunctionConcurrency": {},
        "logs.FilterLogEvents": events,
    }
    stack = Stack("stack dev", " --stack dev", {"functions": FUNCTIONS}, Answers(answers).client)
    return StackLogs(stack, NOON, import_id), requests


def test_the_lines_of_all_functions_come_in_order_of_time() -> None:
    logs, requests = logs_of(
        {
            "in-process-csv": [(NOON + 1, said("one")), (NOON + 4, said("four"))],
            "w-insert-records": [(NOON + 2, said("two")), (NOON + 3, "REPORT"), (NOON + 3, said("three"))],
        }
    )
    lines = list(logs.lines())
    assert [(line.at - NOON, line.function, line.message) for line in lines] == [
        (1, "process_csv", "one"),
        (2, "insert_records", "two"),
        (3, "insert_records", "three"),
        (4, "process_csv", "four"),
    ]
    assert {request["startTime"] for request in requests} == {NOON * 1000}
    assert not any("filterPattern" in request for request in requests)
    assert logs.not_seen == []


def test_of_an_import_are_its_lines_and_lambdas_on_its_invocations() -> None:
    mine = [
        said("reading", IMPORT, "a"),
        said("reading", OTHER_IMPORT, "b"),
        raised("b"),
        raised("a"),
        ended("b", "error"),
        ended("a", "timeout"),
        said("of none", None, "a"),
        said("of none", None, "c"),
    ]
    logs, requests = logs_of(
        {"in-process-csv": [(NOON + n, text) for n, text in enumerate(mine)], "w-insert-records": []}, IMPORT
    )
    assert [line.message for line in logs.lines()] == [
        "reading",
        "KeyError",
        "the invocation ended by timeout",
        "of none",
    ]
    assert requests[0]["filterPattern"] == (
        f'{{ ($.import = "{IMPORT}") || ($.errorType = "*") || '
        '($.type = "platform.report" && $.record.status != "success") }'
    )


def test_what_is_no_id_does_not_end_the_pattern() -> None:
    logs, requests = logs_of({"in-process-csv": [], "w-insert-records": []}, 'x" || $.y = "z')
    assert list(logs.lines()) == []
    assert requests[0]["filterPattern"].startswith('{ ($.import = "x\\" || $.y = \\"z") || ')


def test_a_log_that_cannot_be_read_hides_no_other() -> None:
    lines: Any = {"in-process-csv": Refused("AccessDeniedException"), "w-insert-records": [(NOON, said("a"))]}
    logs, _ = logs_of(lines)
    assert [line.message for line in logs.lines()] == ["a"]
    assert logs.not_seen == [NotSeen("the log of process_csv", "AccessDeniedException")]


def test_a_function_that_is_gone_has_no_log_that_can_be_found() -> None:
    logs, _ = logs_of({"w-insert-records": [(NOON, said("a"))]}, gone=("in-process-csv",))
    assert [line.message for line in logs.lines()] == ["a"]
    assert logs.not_seen == [NotSeen("the log of process_csv", "the function does not exist", gone=True)]


def test_an_import_is_named_by_its_id_or_by_its_objects_key() -> None:
    fake = FakeStack()
    fake.put_import(created=1)
    begun = 1767225600 - 60  # a minute before what put_import enters
    assert named_import(fake.stack, IMPORT) == (IMPORT, begun)
    assert named_import(fake.stack, f"uploads/{IMPORT}.csv") == (IMPORT, begun)


def test_what_the_ledger_does_not_know_is_taken_for_an_id() -> None:
    fake = FakeStack()
    assert named_import(fake.stack, "unknown") == ("unknown", None)
    gone: Any = Answers({f"dynamodb.{name}": Refused("ResourceNotFoundException") for name in ("Query",)})
    stack = Stack("stack dev", "", fake.stack.outputs, gone.client)
    assert named_import(stack, IMPORT) == (IMPORT, None)


def test_an_object_with_several_imports_names_none() -> None:
    fake = FakeStack()
    for import_id in (IMPORT, OTHER_IMPORT):
        fake.put_import(import_id, created=1)
        entry = fake.dynamodb.tables["imports"][import_id, "import"]
        fake.dynamodb.put_item(TableName="imports", Item={**entry, "key": {"S": "uploads/a.csv"}})
    with pytest.raises(UsageError, match=f"which several have.*{OTHER_IMPORT}"):
        named_import(fake.stack, "uploads/a.csv")
