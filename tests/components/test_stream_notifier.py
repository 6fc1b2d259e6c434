import json
from collections.abc import Callable
from typing import Any

import pulumi
import pytest

from components import StreamNotifier, defaults

from .answers import ACCOUNT, REGION, arn
from .recording import Recording, record
from .samples import IDENTITY_ARN, LEDGER_ARN, STREAM_ARN, notifier_args

QUEUE, TABLE = "sqs/queue:Queue", "dynamodb/table:Table"
MAPPING = "lambda/eventSourceMapping:EventSourceMapping"


@pytest.fixture(scope="module")
def alone() -> Recording:
    return record(lambda: StreamNotifier("n", notifier_args()))


@pytest.fixture(scope="module")
def with_others() -> Recording:
    ledger = {"name": "books", "arn": LEDGER_ARN}
    args = notifier_args(identity_arn=IDENTITY_ARN, configuration_set="ours", import_ledger=ledger)
    return record(lambda: StreamNotifier("n", args))


def test_the_stream_mapping_is_bounded(alone: Recording) -> None:
    assert alone.inputs(MAPPING, "n-send-email-stream") == {
        "eventSourceArn": STREAM_ARN,
        "functionName": arn("lambda/function:Function", "n-send-email"),
        "startingPosition": "TRIM_HORIZON",
        "batchSize": defaults.STREAM_BATCH,
        "filterCriteria": {"filters": [{"pattern": '{"eventName": ["INSERT"]}'}]},
        "maximumRecordAgeInSeconds": 6 * 60 * 60,
        "maximumRetryAttempts": -1,
        "bisectBatchOnFunctionError": True,
        "destinationConfig": {"onFailure": {"destinationArn": arn(QUEUE, "n-failures")}},
        "enabled": True,
    }


def test_an_address_is_its_own_identity(alone: Recording) -> None:
    identity = alone.inputs("sesv2/emailIdentity:EmailIdentity", "n-identity")
    assert identity == {"emailIdentity": "us@example.com"}
    assert alone.component_outputs["n"]["dkim_records"] == []


def test_a_domain_comes_with_its_dns_records() -> None:
    recorded = record(lambda: StreamNotifier("n", notifier_args(identity="example.com")))
    records = recorded.component_outputs["n"]["dkim_records"]
    assert [r["name"] for r in records] == [f"{t}._domainkey.example.com" for t in ("one", "two", "three")]
    assert {r["type"] for r in records} == {"CNAME"}
    assert records[0]["value"] == "one.dkim.amazonses.com"


def test_some_regions_have_a_dkim_domain_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.components.answers.REGION", "af-south-1")
    recorded = record(lambda: StreamNotifier("n", notifier_args(identity="example.com")))
    records = recorded.component_outputs["n"]["dkim_records"]
    assert records[0]["value"] == "one.dkim.af-south-1.amazonses.com"


def test_the_configuration_set(alone: Recording) -> None:
    kind = "sesv2/configurationSet:ConfigurationSet"
    assert alone.inputs(kind, "n-configuration-set") == {
        "configurationSetName": "rowrelay-test-n",
        "reputationOptions": {"reputationMetricsEnabled": True},
        "suppressionOptions": {"suppressedReasons": ["BOUNCE", "COMPLAINT"]},
    }


def test_the_mail_ledger(alone: Recording) -> None:
    ledger = alone.inputs(TABLE, "n-mails")
    assert ledger["attributes"] == [
        {"name": "mail_id", "type": "S"},
        {"name": "outbox", "type": "S"},
        {"name": "due", "type": "N"},
    ]
    assert ledger["hashKey"] == "mail_id"
    assert ledger["globalSecondaryIndexes"] == [
        {
            "name": "by_due",
            "keySchemas": [
                {"attributeName": "outbox", "keyType": "HASH"},
                {"attributeName": "due", "keyType": "RANGE"},
            ],
            "projectionType": "KEYS_ONLY",
        }
    ]
    assert ledger["pointInTimeRecovery"] == ledger["serverSideEncryption"] == {"enabled": True}


def test_both_ledgers_forget(alone: Recording) -> None:
    for name in ("n-mails", "n-imports"):
        assert alone.inputs(TABLE, name)["ttl"] == {"attributeName": "expires_at", "enabled": True}


def test_the_columns_that_the_mail_uses_are_told_once_each(alone: Recording) -> None:
    assert alone.component_outputs["n"]["mail_columns"] == ["first_name", "email"]
    mail = {"subject": "{{ email }}", "text": "{{first_name}} {{email}}", "html": "<p>{{last name}}</p>"}
    told = record(lambda: StreamNotifier("n", notifier_args(mail=mail, address_column="first_name")))
    assert told.component_outputs["n"]["mail_columns"] == ["email", "first_name", "last name"]


def test_how_long_the_ledgers_keep_is_told(alone: Recording) -> None:
    assert alone.component_outputs["n"]["ledgers_expire_days"] == 400
    told = record(lambda: StreamNotifier("n", notifier_args(ledgers_expire_days=30.0)))
    assert told.component_outputs["n"]["ledgers_expire_days"] == 30


def test_takes_resources_that_exist(with_others: Recording) -> None:
    assert [r for r in with_others.resources if r.kind.startswith("aws:sesv2/")] == []
    assert [table.name for table in with_others.all(TABLE)] == ["n-mails"]
    configuration_set = f"arn:aws:ses:{REGION}:{ACCOUNT}:configuration-set/ours"
    templates = f"arn:aws:ses:{REGION}:{ACCOUNT}:template/*"
    address = f"arn:aws:ses:{REGION}:{ACCOUNT}:identity/us@example.com"
    for function in ("n-send-email", "n-mail-round"):
        statements = with_others.statements(f"{function}-policy")
        assert statements["SendMails"][1] == {IDENTITY_ARN, address, templates, configuration_set}
        assert statements["KeepBooks"][1] == {LEDGER_ARN}
    outputs = with_others.component_outputs["n"]
    assert outputs["identity_arn"] == IDENTITY_ARN
    assert outputs["configuration_set"] == "ours"
    assert outputs["dkim_records"] == []


@pytest.mark.parametrize(
    "other", [IDENTITY_ARN.replace(ACCOUNT, "210987654321"), IDENTITY_ARN.replace(REGION, "us-east-1")]
)
@pytest.mark.parametrize("made", [str, pulumi.Output.from_input])
def test_an_identity_of_another_account_or_region_is_refused(other: str, made: Callable[[str], Any]) -> None:
    args = notifier_args(identity_arn=made(other))
    with pytest.raises(pulumi.RunError) as caught:
        record(lambda: StreamNotifier("n", args))
    assert str(caught.value) == (
        f"identity_arn: expected an identity of this account and region, arn:aws:ses:{REGION}:{ACCOUNT}:"
        f"identity/…, got {other!r}. Name one of those, or leave it out and have one created."
    )


def test_the_mail_goes_into_the_bundle(alone: Recording) -> None:
    code = alone.inputs("lambda/function:Function", "n-send-email")["code"]
    assert json.loads(code.assets["mail.json"].text) == notifier_args()["mail"]
