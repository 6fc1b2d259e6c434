"""An import ledger with its bookkeeper, which several pipelines may share."""

import json
from typing import Any

import pulumi
import pytest

from components import BufferedWriter, CsvIngest, ImportLedger, StreamNotifier

from .answers import ACCOUNT, REGION, arn
from .problems import problems_of
from .recording import record
from .samples import KEY_ARN, LEDGER, ingest_args, notifier_args, writer_args

TABLE, ITEM = "dynamodb/table:Table", "dynamodb/tableItem:TableItem"
FUNCTION, POLICY = "lambda/function:Function", "iam/rolePolicy:RolePolicy"
BUS = f"arn:aws:events:{REGION}:{ACCOUNT}:event-bus"
TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:imports"


def test_is_the_table_that_a_component_makes_itself() -> None:
    own = record(lambda: BufferedWriter("x", writer_args()))
    shared = record(lambda: ImportLedger("x", {}))
    assert [r.name for r in shared.all(TABLE)] == ["x-imports"]
    assert shared.inputs(TABLE, "x-imports") == own.inputs(TABLE, "x-imports")
    ledger = {
        "name": "x-imports",
        "arn": arn(TABLE, "x-imports"),
        "bookkeeper_role_name": "x-bookkeeper-role",
    }
    assert shared.component_outputs["x"]["import_ledger"] == ledger
    assert own.component_outputs["x"]["import_ledger"] == ledger
    for kind in ("lambda/function:Function", "iam/rolePolicy:RolePolicy"):
        mine, others = (
            {each.name: each.inputs for each in recorded.all(kind) if "bookkeeper" in each.name}
            for recorded in (shared, own)
        )
        assert mine.keys() == others.keys()
        for name, inputs in mine.items():
            assert {**inputs, "code": None} == {**others[name], "code": None}


def test_several_pipelines_share_it() -> None:
    def program() -> None:
        ledger = ImportLedger("shared", {}).import_ledger
        for name in ("one", "two"):
            writer = BufferedWriter(f"{name}-w", writer_args(import_ledger=ledger))
            CsvIngest(f"{name}-in", ingest_args(queue=writer.queue, import_ledger=ledger))
            StreamNotifier(f"{name}-n", notifier_args(stream_arn=writer.stream_arn, import_ledger=ledger))

    recorded = record(program)
    assert [r.name for r in recorded.all(TABLE) if r.name.endswith("-imports")] == ["shared-imports"]
    functions = recorded.all("lambda/function:Function")
    assert len(functions) == 9
    for function in functions:
        assert function.inputs["environment"]["variables"]["IMPORTS_TABLE"] == "shared-imports"
        resources = recorded.statements(f"{function.name}-policy")["KeepBooks"][1]
        assert resources == {arn(TABLE, "shared-imports")}
    completing = {p.name: p.inputs for p in recorded.all(POLICY) if p.name.endswith("-complete-reports")}
    assert completing.keys() == {"one-in-complete-reports", "two-in-complete-reports"}
    for name, policy in completing.items():
        assert policy["role"] == "shared-bookkeeper-role"
        reports = f"arn:aws:s3:::{name.removesuffix('-complete-reports')}-bucket/reports/*"
        assert recorded.statements(name) == {"CompleteReports": ({"s3:GetObject", "s3:PutObject"}, {reports})}
    said = {item.name: json.loads(item.inputs["item"]) for item in recorded.all(ITEM)}
    assert said == {
        f"{name}-n-mailing": {
            "import_id": {"S": "_components"},
            "part": {"S": f"mailing#{name}-n-send-email"},
        }
        for name in ("one", "two")
    }


def test_encrypts_with_a_key() -> None:
    ledger = record(lambda: ImportLedger("x", {"kms_key_arn": KEY_ARN})).one(TABLE, "x-imports")
    assert ledger.inputs["serverSideEncryption"] == {"enabled": True, "kmsKeyArn": KEY_ARN}


def test_protects_what_is_in_it() -> None:
    ledger = record(lambda: ImportLedger("x", {"protect_data": True})).one(TABLE, "x-imports")
    assert ledger.inputs["deletionProtectionEnabled"] is True
    assert ledger.retain
    assert ledger.protect


def test_what_is_wrong_is_told_at_once() -> None:
    args = {"protect_data": "yes", "colour": "red"}
    assert problems_of(lambda: ImportLedger("x_", args)) == [  # type: ignore[arg-type]
        "name: expected a letter, then letters, digits and hyphens, at most 36 "
        "(IAM's limit of 64 for its roles' names), got 'x_'",
        "colour: unknown; the arguments are alarm_actions, alarms, event_bus_arn, function, kms_key_arn, "
        "protect_data, settled_topic_arn, stuck_minutes",
        "protect_data: expected true or false, got 'yes'",
    ]
    assert problems_of(lambda: ImportLedger("x", {"protect_data": pulumi.Output.from_input(True)})) == [  # type: ignore[typeddict-item]
        "protect_data: expected true or false, known while the program runs; got another resource's output"
    ]


def statements(**args: Any) -> dict[str, Any]:
    recorded = record(lambda: ImportLedger("x", args))  # type: ignore[arg-type]
    return recorded.statements("x-bookkeeper-policy")


def test_the_bookkeeper_may_do_no_more_than_it_does() -> None:
    logs = arn("cloudwatch/logGroup:LogGroup", "x-bookkeeper-logs")
    books = {"dynamodb:GetItem", "dynamodb:Query", "dynamodb:UpdateItem"}
    assert statements() == {
        "WriteLog": ({"logs:CreateLogStream", "logs:PutLogEvents"}, {f"{logs}:*"}),
        "FindOpenImports": ({"dynamodb:Query"}, {arn(TABLE, "x-imports") + "/index/by_open"}),
        "KeepBooks": (books, {arn(TABLE, "x-imports")}),
        "PublishSettlements": ({"events:PutEvents"}, {f"{BUS}/default"}),
    }


def test_what_it_publishes_to_is_what_it_may_publish_to() -> None:
    args: Any = {"event_bus_arn": f"{BUS}/imports", "settled_topic_arn": TOPIC, "stuck_minutes": 60}
    recorded = record(lambda: ImportLedger("x", args))
    told = recorded.inputs(FUNCTION, "x-bookkeeper")["environment"]["variables"]
    assert told["EVENT_BUS"] == f"{BUS}/imports"
    assert (told["SETTLED_TOPIC_ARN"], told["STUCK_MINUTES"]) == (TOPIC, "60")
    allowed = statements(**args)
    assert allowed["PublishSettlements"] == ({"events:PutEvents"}, {f"{BUS}/imports"})
    assert allowed["TellPerson"] == ({"sns:Publish"}, {TOPIC})


def test_a_key_is_for_the_topic_too_if_there_is_one() -> None:
    assert "UseKeyForTopic" not in statements(kms_key_arn=KEY_ARN)
    through = {"StringEquals": {"kms:ViaService": f"sns.{REGION}.amazonaws.com"}}
    used = statements(kms_key_arn=KEY_ARN, settled_topic_arn=TOPIC)["UseKeyForTopic"]
    assert used == ({"kms:Decrypt", "kms:GenerateDataKey"}, {KEY_ARN}, through)


@pytest.mark.parametrize(
    ("argument", "value"),
    [
        ("event_bus_arn", "default"),
        ("event_bus_arn", f"arn:aws:events:{REGION}:{ACCOUNT}:rule/r"),
        ("event_bus_arn", f"{BUS}/aws.partner/example.com/imports"),  # which PutEvents refuses
        ("settled_topic_arn", f"{TOPIC}.fifo"),
        ("settled_topic_arn", "me@example.com"),
        ("stuck_minutes", 4),
        ("stuck_minutes", 10_081),
    ],
)
def test_what_no_ledger_takes(argument: str, value: Any) -> None:
    (problem,) = problems_of(lambda: ImportLedger("x", {argument: value}))  # type: ignore[misc]
    assert problem.startswith(f"{argument}: expected ")


@pytest.mark.parametrize(
    ("argument", "value"),
    [
        ("event_bus_arn", f"arn:aws:events:eu-north-1:{ACCOUNT}:event-bus/imports"),
        ("settled_topic_arn", f"arn:aws:sns:eu-north-1:{ACCOUNT}:imports"),
    ],
)
def test_what_is_of_another_region_stops_the_program(argument: str, value: str) -> None:
    with pytest.raises(pulumi.RunError, match=rf"{argument}: expected a \w+ of this region, {REGION}, got"):
        record(lambda: ImportLedger("x", {argument: value}))  # type: ignore[misc]


def test_who_mails_and_who_replaces_says_so_before_it_does() -> None:
    notifier = record(lambda: StreamNotifier("n", notifier_args(import_ledger=LEDGER)))
    assert json.loads(notifier.inputs(ITEM, "n-mailing")["item"]) == {
        "import_id": {"S": "_components"},
        "part": {"S": "mailing#n-send-email"},
    }
    assert notifier.inputs(ITEM, "n-mailing")["tableName"] == "books"
    writer = record(lambda: BufferedWriter("w", writer_args(on_conflict="replace", import_ledger=LEDGER)))
    said = json.loads(writer.inputs(ITEM, "w-replacing")["item"])
    assert said["part"] == {"S": "replacing#w-insert-records"}
    mapping = "lambda/eventSourceMapping:EventSourceMapping"
    assert "n-mailing" in notifier.one(mapping, "n-send-email-stream").dependencies
    assert "w-replacing" in writer.one(mapping, "w-insert-records-mapping").dependencies
    assert not record(lambda: BufferedWriter("w", writer_args())).all(ITEM)


def test_a_ledger_without_a_role_is_taken_too() -> None:
    ledger = {"name": LEDGER["name"], "arn": LEDGER["arn"]}
    recorded = record(lambda: CsvIngest("in", ingest_args(import_ledger=ledger)))
    assert "in-complete-reports" not in recorded.names()
    assert "in-complete-reports" in record(lambda: CsvIngest("in", ingest_args(import_ledger=LEDGER))).names()
