"""A customer-managed key encrypts what a component creates, and each role may use it for what it does."""

from collections.abc import Callable
from typing import Any

import pulumi
import pytest

from components import BufferedWriter, CsvIngest, StreamNotifier

from .answers import ACCOUNT, REGION
from .conftest import ROOT
from .problems import ingest_problems, notifier_problems, writer_problems
from .recording import Recording, record, record_program, stack_config
from .samples import (
    BUCKET_ARN,
    KEY_ARN,
    LEDGER_ARN,
    QUEUE_ARN,
    TABLE_ARN,
    ingest_args,
    notifier_args,
    writer_args,
)

ENCRYPTION = "s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
QUEUE, TABLE = "sqs/queue:Queue", "dynamodb/table:Table"
ALIAS_ARN = f"arn:aws:kms:{REGION}:{ACCOUNT}:alias/ours"
ELSEWHERE = f"arn:aws:kms:us-west-2:{ACCOUNT}:key/mrk-1234abcd12ab34cd56ef1234567890ab"
LEDGER = {"name": "books", "arn": LEDGER_ARN}


def through(service: str, *actions: str) -> tuple[set[str], set[str], dict[str, Any]]:
    condition = {"StringEquals": {"kms:ViaService": f"{service}.{REGION}.amazonaws.com"}}
    return {f"kms:{action}" for action in actions}, {KEY_ARN}, condition


FILES = {"UseKeyForFiles": through("s3", "Decrypt", "GenerateDataKey")}
MESSAGES = {"UseKeyForMessages": through("sqs", "Decrypt", "GenerateDataKey")}
ITEMS = {"UseKeyForItems": through("dynamodb", "Decrypt")}
GRANTS = {
    "ingest-process-csv": FILES | MESSAGES | ITEMS,
    "writer-insert-records": MESSAGES | ITEMS,
    "notifier-send-email": MESSAGES | ITEMS,
    "notifier-mail-round": ITEMS,
    "ledger-bookkeeper": ITEMS,
}


@pytest.fixture(scope="module")
def keyed() -> Recording:
    return record_program(ROOT, "local", {**stack_config(ROOT, "local"), "rowrelay:kmsKeyArn": KEY_ARN})


@pytest.mark.parametrize("function", GRANTS)
def test_a_role_may_use_the_key_for_what_it_does_and_no_more(
    keyed: Recording, local: Recording, function: str
) -> None:
    without = local.statements(f"{function}-policy")
    assert keyed.statements(f"{function}-policy") == without | GRANTS[function]


def test_no_other_policy_has_to_do_with_the_key(keyed: Recording, local: Recording) -> None:
    naming = {each.name for each in keyed.resources if "kms:" in str(each.inputs.get("policy"))}
    assert naming == {*(f"{function}-policy" for function in GRANTS), "ingest-complete-reports"}
    assert keyed.statements("ingest-complete-reports").keys() == {"CompleteReports", "UseKeyForFiles"}
    assert not any("kms" in str(each.inputs).lower() for each in local.resources)


def test_the_bucket_encrypts_with_the_key_and_one_of_its_own_below_it(keyed: Recording) -> None:
    assert keyed.inputs(ENCRYPTION, "ingest-bucket-encryption")["rules"] == [
        {
            "applyServerSideEncryptionByDefault": {"sseAlgorithm": "aws:kms", "kmsMasterKeyId": KEY_ARN},
            "bucketKeyEnabled": True,
        }
    ]


def test_every_queue_encrypts_with_the_key(keyed: Recording, local: Recording) -> None:
    assert {each.name for each in keyed.all(QUEUE)} == {each.name for each in local.all(QUEUE)}
    for queue in keyed.all(QUEUE):
        assert queue.inputs["kmsMasterKeyId"] == KEY_ARN
        assert queue.inputs["kmsDataKeyReusePeriodSeconds"] == 300
        assert "sqsManagedSseEnabled" not in queue.inputs


def test_every_table_encrypts_with_the_key(keyed: Recording, local: Recording) -> None:
    assert sorted(of.name for of in keyed.all(TABLE)) == sorted(of.name for of in local.all(TABLE))
    for table in keyed.all(TABLE):
        assert table.inputs["serverSideEncryption"] == {"enabled": True, "kmsKeyArn": KEY_ARN}


def test_the_key_does_not_change_what_there_is(keyed: Recording, local: Recording) -> None:
    assert keyed.names() == local.names()


@pytest.mark.parametrize(
    ("create", "policy", "grants"),
    [
        (
            lambda **more: CsvIngest("x", ingest_args(**more)),
            "x-process-csv-policy",
            FILES | MESSAGES | ITEMS,
        ),
        (
            lambda **more: BufferedWriter("x", writer_args(**more)),
            "x-insert-records-policy",
            MESSAGES | ITEMS,
        ),
        (lambda **more: StreamNotifier("x", notifier_args(**more)), "x-send-email-policy", MESSAGES | ITEMS),
    ],
)
def test_another_resources_output_can_be_the_key(
    create: Callable[..., Any], policy: str, grants: dict[str, Any]
) -> None:
    recorded = record(lambda: create(kms_key_arn=pulumi.Output.from_input(KEY_ARN)))
    assert recorded.statements(policy).items() >= grants.items()
    for queue in recorded.all(QUEUE):
        assert queue.inputs["kmsMasterKeyId"] == KEY_ARN
    for table in recorded.all(TABLE):
        assert table.inputs["serverSideEncryption"]["kmsKeyArn"] == KEY_ARN


def test_what_exists_stays_as_it_is_and_the_roles_may_use_the_key_for_it() -> None:
    bucket = {"name": "files", "arn": BUCKET_ARN}
    ingest = record(
        lambda: CsvIngest("in", ingest_args(bucket=bucket, import_ledger=LEDGER, kms_key_arn=KEY_ARN))
    )
    assert ingest.all(ENCRYPTION) == ingest.all(TABLE) == []
    assert ingest.statements("in-process-csv-policy").items() >= (FILES | MESSAGES | ITEMS).items()
    queue = {"url": "https://sqs.example.com/chunks", "arn": QUEUE_ARN}
    table = {"name": "people", "arn": TABLE_ARN}
    args = writer_args(queue=queue, table=table, import_ledger=LEDGER, kms_key_arn=KEY_ARN)
    writer = record(lambda: BufferedWriter("w", args))
    assert [each.name for each in writer.all(QUEUE)] == ["w-dead-letters"]
    assert writer.all(TABLE) == []
    assert writer.statements("w-insert-records-policy").items() >= (MESSAGES | ITEMS).items()


@pytest.mark.parametrize("problems", [ingest_problems, writer_problems, notifier_problems])
@pytest.mark.parametrize(
    "wrong",
    [
        ALIAS_ARN,
        "alias/ours",
        "1234abcd-12ab-34cd-56ef-1234567890ab",
        f"{KEY_ARN}/more",
        KEY_ARN.replace(":kms:", ":sqs:"),
        "no key",
    ],
)
def test_what_is_no_keys_arn_is_refused(problems: Callable[..., list[str]], wrong: str) -> None:
    (problem,) = problems(kms_key_arn=wrong)
    assert problem.startswith(f"kms_key_arn: expected a KMS key's own ARN such as {EXAMPLE}, got {wrong!r}; ")
    assert problem.endswith("aws kms describe-key --key-id ID --query KeyMetadata.Arn")


EXAMPLE = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"


def test_a_key_of_several_regions_or_another_partition_is_one_too() -> None:
    for arn in (
        ELSEWHERE.replace("us-west-2", REGION),
        KEY_ARN.replace("arn:aws:", "arn:aws-us-gov:"),
    ):
        recorded = record(lambda arn=arn: BufferedWriter("w", writer_args(kms_key_arn=arn)))  # type: ignore[misc]
        assert recorded.statements("w-insert-records-policy")["UseKeyForItems"][1] == {arn}


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (ALIAS_ARN, "kms_key_arn: expected a KMS key's own ARN such as"),
        (ELSEWHERE, f"kms_key_arn: expected a key of this region, {REGION}, got '{ELSEWHERE}'"),
    ],
)
def test_an_output_that_is_no_usable_key_stops_the_program(wrong: str, told: str) -> None:
    args = writer_args(kms_key_arn=pulumi.Output.from_input(wrong))
    with pytest.raises(pulumi.RunError, match=told):
        record(lambda: BufferedWriter("w", args))
