"""Settings: what is wrong is told all at once, each with what it must be and how to set it."""

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from inspect import signature
from pathlib import Path
from typing import Any

import pulumi_aws as aws
import pytest
import yaml

from configuration import SettingsError
from settings import SETTINGS, Settings, load_settings

from .conftest import ROOT
from .print_inputs import plain
from .recording import Recording, record, record_program
from .samples import KEY_ARN

SENDER = {"rowrelay:sender": "Us <us@example.com>"}
PROJECT: dict[str, Any] = yaml.safe_load((ROOT / "Pulumi.yaml").read_text(encoding="utf-8"))


def load(config: Mapping[str, str]) -> Settings:
    loaded: list[Settings] = []
    record(lambda: loaded.append(load_settings()), config)
    return loaded[0]


def message(config: Mapping[str, str], *, sender: Mapping[str, str] = SENDER) -> str:
    with pytest.raises(SettingsError) as caught:
        load({**sender, **config})
    return str(caught.value)


def inputs(recorded: Recording) -> dict[str, Any]:
    return {f"{resource.kind} {resource.name}": plain(resource.inputs) for resource in recorded.resources}


def as_text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def test_every_setting_is_described() -> None:
    for name, setting in PROJECT["config"].items():
        assert setting["description"], name
        assert setting["type"] in {"string", "integer", "boolean", "array"}
        assert "default" in setting, name


def test_the_described_defaults_are_the_defaults() -> None:
    described = {f"rowrelay:{name}": as_text(of["default"]) for name, of in PROJECT["config"].items()}
    told, untold = (record_program(ROOT, "test", config) for config in ({**described, **SENDER}, SENDER))
    assert inputs(told) == inputs(untold)
    assert told.outputs == untold.outputs


def test_every_described_setting_is_read_and_no_other() -> None:
    assert [setting.name for setting in SETTINGS] == list(PROJECT["config"])


def test_runs_with_pip_and_the_projects_environment() -> None:
    assert PROJECT["name"] == "rowrelay"
    assert PROJECT["runtime"] == {
        "name": "python",
        "options": {"toolchain": "pip", "virtualenv": ".venv"},
    }


def test_the_emulators_provider_settings_are_the_providers_own() -> None:
    config = yaml.safe_load((ROOT / "Pulumi.local.yaml").read_text(encoding="utf-8"))["config"]
    known = signature(aws.ProviderArgs).parameters
    for key in config:
        if key.startswith("aws:"):
            assert re.sub("[A-Z]", lambda letter: f"_{letter[0].lower()}", key[len("aws:") :]) in known
    endpoints = signature(aws.ProviderEndpointArgs).parameters
    for name in config["aws:endpoints"][0]:
        assert name in endpoints or f"{name}_" in endpoints


@pytest.mark.parametrize("stack", ["local", "dev", "prod"])
def test_stack_files_set_what_there_is(stack: str) -> None:
    config = yaml.safe_load((ROOT / f"Pulumi.{stack}.yaml").read_text(encoding="utf-8"))["config"]
    ours = {key.removeprefix("rowrelay:") for key in config if key.startswith("rowrelay:")}
    assert ours <= set(PROJECT["config"])
    assert "sender" in ours
    assert config["aws:region"] == "us-east-1"


def test_all_settings() -> None:
    loaded = load(
        {
            **SENDER,
            "rowrelay:existingIdentityArn": "arn:aws:ses:us-east-1:123456789012:identity/example.com",
            "rowrelay:existingConfigurationSet": "ours",
            "rowrelay:sandbox": "true",
            "rowrelay:uploadPrefix": "in/",
            "rowrelay:corsOrigins": '["https://app.example.com"]',
            "rowrelay:uploadsExpireDays": "2",
            "rowrelay:reportsExpireDays": "3",
            "rowrelay:ledgersExpireDays": "30",
            "rowrelay:onConflict": "replace",
            "rowrelay:encoding": "windows-1252",
            "rowrelay:maxColumns": "20",
            "rowrelay:maxRows": "30",
            "rowrelay:maxBytes": "40",
            "rowrelay:maxRowBytes": "5000",
            "rowrelay:rowsPerChunk": "10",
            "rowrelay:logRetentionDays": "365",
            "rowrelay:owedAlarmHours": "48",
            "rowrelay:alarmTopicArn": "arn:aws:sns:us-east-1:123456789012:alarms",
            "rowrelay:kmsKeyArn": KEY_ARN,
            "rowrelay:protectData": "true",
        }
    )
    assert loaded == replace(
        load(SENDER),
        identity_arn="arn:aws:ses:us-east-1:123456789012:identity/example.com",
        configuration_set="ours",
        sandbox=True,
        upload_prefix="in/",
        cors_origins=["https://app.example.com"],
        uploads_expire_days=2,
        reports_expire_days=3,
        ledgers_expire_days=30,
        on_conflict="replace",
        encoding="windows-1252",
        max_columns=20,
        max_rows=30,
        max_bytes=40,
        max_row_bytes=5000,
        rows_per_chunk=10,
        function={"log_retention_days": 365},
        alarms={"mails-owed-age": {"threshold": 48 * 60 * 60}},
        alarm_actions=["arn:aws:sns:us-east-1:123456789012:alarms"],
        kms_key_arn=KEY_ARN,
        protect_data=True,
    )
    assert loaded.key == "email"
    assert loaded.mail["subject"] == "Welcome, {{first_name}}!"


def test_all_problems_at_once() -> None:
    config = {
        "rowrelay:uploadPrefix": "reports/x/",
        "rowrelay:rowsPerChunk": "1001",
        "rowrelay:protectData": "yes",
        "rowrelay:corsOrigins": '["*"]',
    }
    assert message(config, sender={}) == (
        "The settings in Pulumi.test.yaml need attention:\n"
        "  - rowrelay:sender must be an address, or Name <address>; it is not set\n"
        "    Set it: pulumi config set rowrelay:sender welcome@example.com\n"
        "  - rowrelay:uploadPrefix must be a folder for uploads; it is 'reports/x/'\n"
        "      overlaps reports/, so that what process_csv writes there would be imported; got 'reports/x/'\n"
        "    Set it: pulumi config set rowrelay:uploadPrefix uploads/\n"
        "  - rowrelay:corsOrigins must be a list of web origins; it is '[\"*\"]'\n"
        "      expected an origin such as https://app.example.com or https://*.example.com, got '*'\n"
        "    Set it: pulumi config set --path 'rowrelay:corsOrigins[0]' https://app.example.com\n"
        "  - rowrelay:rowsPerChunk must be a whole number from 1 to 1,000; it is '1001'\n"
        "    Set it: pulumi config set rowrelay:rowsPerChunk 100\n"
        "  - rowrelay:protectData must be true or false; it is 'yes'\n"
        "    Set it: pulumi config set rowrelay:protectData false"
    )


@pytest.mark.parametrize(
    ("key", "value", "must_be"),
    [
        ("sender", "nobody", "an address, or Name <address>"),
        ("schema", "schemas/none.json", "the path of a Table Schema that can be used"),
        ("schema", "mails/welcome/body.txt", "the path of a Table Schema that can be used"),
        ("schema", "schemas", "the path of a Table Schema that can be used"),
        (
            "transformRows",
            "none.py",
            "the path of a Python module with a function transform_row(row), or empty",
        ),
        (
            "transformRows",
            "settings.py",
            "the path of a Python module with a function transform_row(row), or",
        ),
        ("mail", "mails/none", "a folder with subject.txt, body.txt, body.html"),
        ("identity", "example.org", "the sender's address or its domain, or empty"),
        ("existingIdentityArn", "example.com", "the ARN of the sender's SES identity, or empty"),
        ("existingConfigurationSet", "a b", "an SES configuration set's name, or empty"),
        ("addressColumn", "mail", "one of the columns email, first_name,"),
        ("uploadPrefix", "uploads", "a folder for uploads"),
        ("corsOrigins", "https://app.example.com", "a list of web origins"),
        ("corsOrigins", '{"a": 1}', "a list of web origins"),
        ("corsOrigins", "[" * 100_000, "a list of web origins"),
        ("uploadsExpireDays", "0", "a whole number from 1 to 2,147,483,647"),
        ("reportsExpireDays", "1.5", "a whole number from 1 to 2,147,483,647"),
        ("reportsExpireDays", "9" * 5000, "a whole number from 1 to 2,147,483,647"),
        ("ledgersExpireDays", "29", "a whole number from 30 to 3,650"),
        ("onConflict", "merge", "one of skip, replace"),
        ("encoding", "utf-16", "a text encoding that contains ASCII, or empty"),
        ("encoding", "windows", "a text encoding that contains ASCII, or empty"),
        ("maxColumns", "0", "a whole number from 1 to 10,000"),
        ("maxColumns", "10001", "a whole number from 1 to 10,000"),
        ("maxRows", "0", "a whole number from 1 to 50,000,000,000,000"),
        ("maxBytes", "50000000000001", "a whole number from 1 to 50,000,000,000,000"),
        ("maxRowBytes", "1023", "a whole number from 1,024 to 1,048,576"),
        ("maxRowBytes", "1048577", "a whole number from 1,024 to 1,048,576"),
        ("rowsPerChunk", "٣", "a whole number from 1 to 1,000"),
        ("logRetentionDays", "31", "one of 1, 3, 5, 7, 14, 30,"),
        ("owedAlarmHours", "0", "a whole number from 1 to 8,760"),
        ("owedAlarmHours", "8761", "a whole number from 1 to 8,760"),
        ("owedAlarmHours", "1.5", "a whole number from 1 to 8,760"),
        ("alarmTopicArn", "alarms", "an SNS topic's ARN, or empty"),
        ("kmsKeyArn", "alias/ours", "a KMS key's ARN, or empty"),
        ("protectData", "True", "true or false"),
        ("sandbox", "yes", "true or false"),
    ],
)
def test_each_setting(key: str, value: str, must_be: str) -> None:
    told = message({f"rowrelay:{key}": value})
    assert f"- rowrelay:{key} must be {must_be}" in told
    assert "    Set it: pulumi config set " in told
    assert told.count("    Set it:") == 1


def test_one_identity() -> None:
    arn = "arn:aws:ses:us-east-1:123456789012:identity/example.com"
    told = message({"rowrelay:identity": "example.com", "rowrelay:existingIdentityArn": arn})
    assert "- rowrelay:existingIdentityArn must be empty if rowrelay:identity is set" in told
    assert told.endswith("Set it: pulumi config set rowrelay:existingIdentityArn ''")


def test_a_schema_that_cannot_be_used(tmp_path: Path) -> None:
    path = tmp_path / "schema.json"
    path.write_text('{"fields": [{"name": "a", "type": "geojson"}], "primaryKey": "b"}')
    told = message({"rowrelay:schema": str(path)})
    assert told.count("\n") == 4
    assert "      field 'a': type 'geojson' is not supported" in told
    assert "      primaryKey: expected the name of one field, got 'b'" in told


def test_a_module_that_cannot_be_used(tmp_path: Path) -> None:
    path = tmp_path / "mine.py"
    path.write_text("def transform_row(row):\n    return row +\n")
    told = message({"rowrelay:transformRows": str(path)})
    assert "      line 2 is not valid Python: invalid syntax: `return row +`\n" in told
    assert told.endswith("    Set it: pulumi config set rowrelay:transformRows ''")


def test_a_mail_that_cannot_be_used(tmp_path: Path) -> None:
    for name, text in (("subject.txt", "Hello {{nickname}}\n"), ("body.txt", "Hello"), ("body.html", "<p>")):
        (tmp_path / name).write_text(text)
    told = message({"rowrelay:mail": str(tmp_path)})
    assert "      uses the column 'nickname', which is not among the columns email, first_name," in told
    (tmp_path / "body.html").write_bytes(b"\xff")
    assert "can't decode byte" in message({"rowrelay:mail": str(tmp_path)})


def test_an_unknown_setting_is_told_with_the_nearest() -> None:
    assert message({"rowrelay:rowsPerChnk": "10"}) == (
        "The settings in Pulumi.test.yaml need attention:\n"
        "  - rowrelay:rowsPerChnk is no setting of this project; did you mean rowrelay:rowsPerChunk?\n"
        "    Take it out: pulumi config rm rowrelay:rowsPerChnk"
    )


def test_a_problem_of_no_setting_is_told_too() -> None:
    with pytest.raises(SettingsError, match="name: the configuration set would be 'rowrelay-xxxx"):
        record(load_settings, SENDER, stack="x" * 60)


def test_nothing_is_created_with_wrong_settings() -> None:
    with pytest.raises(SettingsError):
        record_program(ROOT, "local", {"rowrelay:sender": "nobody"})
