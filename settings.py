"""The settings of a stack, which Pulumi.yaml describes, made into the components' arguments.

The components find what is wrong with their arguments; here it is told in terms of the settings.
"""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pulumi

from components import defaults
from components.alarm_args import AlarmArgs
from components.alarm_list import OWED_AGE_ALARM
from components.buffered_writer_args import BufferedWriterArgs, plan_buffered_writer
from components.contracts import DEFAULT_OPTIONS, SchemaError, parse_schema
from components.csv_ingest_args import CsvIngestArgs, plan_csv_ingest
from components.files import MAIL_FILES, load_mail, load_schema, load_transform
from components.function_args import FunctionArgs
from components.import_ledger_args import ImportLedgerArgs, plan_import_ledger
from components.mail_texts import MailTexts
from components.problems import ArgumentsError, Problem
from components.references import ImportLedgerReference, QueueReference
from components.stream_notifier_args import StreamNotifierArgs, plan_stream_notifier
from configuration import Configuration, Setting

ROOT = Path(__file__).parent


@dataclass(frozen=True)
class Settings:
    """The settings as values, named after the arguments they become; None leaves a component its default.

    `key`, `key_type` and `columns` are the schema's; `alarms` are StreamNotifier's.
    """

    schema: dict[str, Any]
    transform_rows: str | None
    mail: MailTexts
    sender: str
    identity: str | None
    identity_arn: str | None
    configuration_set: str | None
    sandbox: bool | None
    address_column: str | None
    upload_prefix: str | None
    cors_origins: list[str] | None
    uploads_expire_days: int | None
    reports_expire_days: int | None
    ledgers_expire_days: int | None
    on_conflict: str | None
    encoding: str | None
    max_columns: int | None
    max_rows: int | None
    max_bytes: int | None
    max_row_bytes: int | None
    rows_per_chunk: int | None
    function: FunctionArgs
    stuck_minutes: int | None
    settled_topic_arn: str | None
    event_bus_arn: str | None
    alarms: dict[str, AlarmArgs] | None
    alarm_actions: list[pulumi.Input[str]] | None
    kms_key_arn: str | None
    protect_data: bool | None
    key: str
    key_type: str
    columns: list[str] | None

    @property
    def read_options(self) -> dict[str, Any]:
        """How files are read, by the arguments of CsvIngest, with its defaults."""
        options = asdict(DEFAULT_OPTIONS)
        return options | {name: value for name in options if (value := getattr(self, name)) is not None}

    def ledger_args(self) -> ImportLedgerArgs:
        """ImportLedger's arguments."""
        return {
            "event_bus_arn": self.event_bus_arn,
            "settled_topic_arn": self.settled_topic_arn,
            "stuck_minutes": self.stuck_minutes,
            "function": self.function,
            "alarm_actions": self.alarm_actions,
            "kms_key_arn": self.kms_key_arn,
            "protect_data": self.protect_data,
        }

    def writer_args(self, import_ledger: ImportLedgerReference) -> BufferedWriterArgs:
        """BufferedWriter's arguments; the ledger is another component's."""
        return {
            "key": self.key,
            "key_type": self.key_type,
            "import_ledger": import_ledger,
            "on_conflict": self.on_conflict,
            "ledgers_expire_days": self.ledgers_expire_days,
            "function": self.function,
            "alarm_actions": self.alarm_actions,
            "kms_key_arn": self.kms_key_arn,
            "protect_data": self.protect_data,
        }

    def ingest_args(self, queue: QueueReference, import_ledger: ImportLedgerReference) -> CsvIngestArgs:
        """CsvIngest's arguments; queue and ledger are another component's."""
        return {
            "schema": self.schema,
            "transform_rows": self.transform_rows,
            "queue": queue,
            "import_ledger": import_ledger,
            "upload_prefix": self.upload_prefix,
            "encoding": self.encoding,
            "max_columns": self.max_columns,
            "max_rows": self.max_rows,
            "max_bytes": self.max_bytes,
            "max_row_bytes": self.max_row_bytes,
            "rows_per_chunk": self.rows_per_chunk,
            "cors_origins": self.cors_origins,
            "uploads_expire_days": self.uploads_expire_days,
            "reports_expire_days": self.reports_expire_days,
            "ledgers_expire_days": self.ledgers_expire_days,
            "function": self.function,
            "alarm_actions": self.alarm_actions,
            "kms_key_arn": self.kms_key_arn,
            "protect_data": self.protect_data,
        }

    def notifier_args(
        self, stream_arn: pulumi.Input[str], import_ledger: ImportLedgerReference
    ) -> StreamNotifierArgs:
        """StreamNotifier's arguments; stream and ledger are another component's."""
        return {
            "stream_arn": stream_arn,
            "sender": self.sender,
            "mail": self.mail,
            "identity": self.identity,
            "identity_arn": self.identity_arn,
            "configuration_set": self.configuration_set,
            "sandbox": self.sandbox,
            "address_column": self.address_column,
            "columns": self.columns,
            "import_ledger": import_ledger,
            "ledgers_expire_days": self.ledgers_expire_days,
            "function": self.function,
            "alarm_actions": self.alarm_actions,
            "alarms": self.alarms,
            "kms_key_arn": self.kms_key_arn,
            "protect_data": self.protect_data,
        }


def _schema(text: str) -> dict[str, Any]:
    return load_schema(ROOT / text)


def _transform(text: str) -> str:
    return load_transform(ROOT / text)


def _mail(text: str) -> MailTexts:
    return load_mail(ROOT / text)


# What is none of its type stays a text, which the component refuses.
def _whole_number(text: str) -> int | str:
    return int(text) if re.fullmatch(r"[0-9]{1,18}", text) else text


def _flag(text: str) -> bool | str:
    return text == "true" if text in ("true", "false") else text


def _texts(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):  # the latter for thousands of brackets
        return text


_HOUR = 60 * 60
_OWED_HOURS_MAX = defaults.OWED_AGE_ALARM_MAX // _HOUR


def _owed_alarm(text: str) -> dict[str, AlarmArgs]:
    hours = _whole_number(text)
    if not isinstance(hours, int) or not 1 <= hours <= _OWED_HOURS_MAX:
        raise ValueError  # what it must be says it all
    return {OWED_AGE_ALARM.name: {"threshold": hours * _HOUR}}


def _list_of_one(text: str) -> list[pulumi.Input[str]]:
    return [text]


_SCHEMA = "the path of a Table Schema that can be used"
_TRANSFORM = "the path of a Python module with a function transform_row(row)"
_MAIL = f"a folder with {', '.join(MAIL_FILES.values())}"
# In the order of Pulumi.yaml.
SETTINGS = (
    Setting("schema", "schema", _schema, default="schemas/users.json", must_be=_SCHEMA),
    Setting("transformRows", "transform_rows", _transform, must_be=_TRANSFORM, optional=True),
    Setting("mail", "mail", _mail, default="mails/welcome", must_be=_MAIL),
    Setting("sender", "sender"),
    Setting("identity", "identity", optional=True),
    Setting("existingIdentityArn", "identity_arn", optional=True),
    Setting("existingConfigurationSet", "configuration_set", optional=True),
    Setting("sandbox", "sandbox", _flag),
    Setting("addressColumn", "address_column"),
    Setting("uploadPrefix", "upload_prefix"),
    Setting("corsOrigins", "cors_origins", _texts),
    Setting("uploadsExpireDays", "uploads_expire_days", _whole_number),
    Setting("reportsExpireDays", "reports_expire_days", _whole_number),
    Setting("ledgersExpireDays", "ledgers_expire_days", _whole_number),
    Setting("onConflict", "on_conflict"),
    Setting("encoding", "encoding", optional=True),
    Setting("maxColumns", "max_columns", _whole_number),
    Setting("maxRows", "max_rows", _whole_number),
    Setting("maxBytes", "max_bytes", _whole_number),
    Setting("maxRowBytes", "max_row_bytes", _whole_number),
    Setting("rowsPerChunk", "rows_per_chunk", _whole_number),
    Setting("logRetentionDays", "function.log_retention_days", _whole_number),
    Setting(
        "owedAlarmHours",
        "alarms",
        _owed_alarm,
        default=str(defaults.OWED_AGE_ALARM // _HOUR),
        must_be=f"a whole number from 1 to {_OWED_HOURS_MAX:,}",
    ),
    Setting("stuckMinutes", "stuck_minutes", _whole_number),
    Setting("settledTopicArn", "settled_topic_arn", optional=True),
    Setting("eventBusArn", "event_bus_arn", optional=True),
    Setting("alarmTopicArn", "alarm_actions", _list_of_one, must_be="an SNS topic's ARN", optional=True),
    Setting("kmsKeyArn", "kms_key_arn", optional=True),
    Setting("protectData", "protect_data", _flag),
)


def load_settings() -> Settings:
    """Read the stack's settings, and check them as the components will check them as arguments.

    Raises:
        SettingsError: with everything that is wrong with them.
        BundleError: if the environment lacks what the functions' bundles are made of.
    """
    configuration = Configuration(SETTINGS)
    values = configuration.read()
    settings = Settings(**values, **_columns(values["schema"]))
    configuration.finish(_problems(settings))
    return settings


def _columns(schema: dict[str, Any]) -> dict[str, Any]:
    """What is taken from the schema; CsvIngest tells what is wrong with it."""
    try:
        parsed = parse_schema(schema)
    except SchemaError:
        return {"key": "unknown", "key_type": "S", "columns": None}
    return {"key": parsed.key, "key_type": parsed.key_type, "columns": list(parsed.columns)}


def _problems(settings: Settings) -> list[Problem]:
    """What the components of `__main__.py` will find wrong with their arguments."""
    output = pulumi.Output.from_input("what is not known before another component is created")
    queue: QueueReference = {"url": output, "arn": output}
    ledger: ImportLedgerReference = {"name": output, "arn": output}
    problems: list[Problem] = []
    with _collect(problems):
        plan_import_ledger("ledger", settings.ledger_args())
    with _collect(problems):
        plan_buffered_writer("writer", settings.writer_args(ledger))
    with _collect(problems):
        plan_csv_ingest("ingest", settings.ingest_args(queue, ledger))
    with _collect(problems):
        plan_stream_notifier("notifier", settings.notifier_args(output, ledger))
    return problems


@contextmanager
def _collect(problems: list[Problem]) -> Iterator[None]:
    try:
        yield
    except ArgumentsError as error:
        problems += error.problems
