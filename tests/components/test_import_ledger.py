"""A ledger of imports of its own, which several pipelines share."""

import pulumi

from components import BufferedWriter, CsvIngest, ImportLedger, StreamNotifier

from .answers import arn
from .problems import problems_of
from .recording import record
from .samples import KEY_ARN, ingest_args, notifier_args, writer_args

TABLE = "dynamodb/table:Table"


def test_is_the_table_that_a_component_makes_itself() -> None:
    own = record(lambda: BufferedWriter("x", writer_args()))
    shared = record(lambda: ImportLedger("x", {}))
    assert [r.name for r in shared.all(TABLE)] == ["x-imports"]
    assert shared.inputs(TABLE, "x-imports") == own.inputs(TABLE, "x-imports")
    ledger = {"name": "x-imports", "arn": arn(TABLE, "x-imports")}
    assert shared.component_outputs["x"] == {"import_ledger": ledger}


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
    assert len(functions) == 8
    for function in functions:
        assert function.inputs["environment"]["variables"]["IMPORTS_TABLE"] == "shared-imports"
        resources = recorded.statements(f"{function.name}-policy")["KeepBooks"][1]
        assert resources == {arn(TABLE, "shared-imports")}


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
        "colour: unknown; the arguments are kms_key_arn, protect_data",
        "protect_data: expected true or false, got 'yes'",
    ]
    assert problems_of(lambda: ImportLedger("x", {"protect_data": pulumi.Output.from_input(True)})) == [  # type: ignore[typeddict-item]
        "protect_data: expected true or false, known while the program runs; got another resource's output"
    ]
