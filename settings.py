"""The settings of a stack: read, checked and typed, all in here.

Pulumi.yaml describes them, with the same defaults as here.
"""

import difflib
import json
import re
import shlex
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pulumi
from pulumi.runtime.config import CONFIG, get_config_env

from components import defaults, sender
from components.buffered_writer_args import ON_CONFLICT
from components.contracts import MailTemplate, Schema, SchemaError, TemplateError, parse_schema
from components.files import MAIL_FILES, load_mail, load_schema
from components.stream_notifier import Mail
from components.uploads import origin_problems, prefix_problem

ROOT = Path(__file__).parent
_DAYS_MAX = defaults.EXPIRE_DAYS_MAX
_LOG_DAYS = [str(days) for days in defaults.LOG_RETENTION_DAYS]
_TOPIC_ARN = re.compile(r"arn:[a-z-]+:sns:[a-z0-9-]+:[0-9]{12}:\S+")
# What a setting must match, in words too, and a value that does.
_PATTERNS = {
    "existingConfigurationSet": (sender.CONFIGURATION_SET, "an SES configuration set's name", "mails"),
    "alarmTopicArn": (_TOPIC_ARN, "an SNS topic's ARN", "arn:aws:sns:us-east-1:123456789012:alarms"),
}


class SettingsError(pulumi.RunError):
    """Settings that are wrong or missing: each with what it must be, what it is, and how to set it."""


@dataclass(frozen=True)
class Settings:
    """What Pulumi.yaml describes. Files are read; what is empty there is None here."""

    schema: dict[str, Any]
    parsed_schema: Schema
    mail: Mail
    sender: str
    identity: str | None
    existing_identity_arn: str | None
    existing_configuration_set: str | None
    sandbox: bool
    address_column: str
    upload_prefix: str
    cors_origins: list[str]
    uploads_expire_days: int
    reports_expire_days: int
    on_conflict: str
    rows_per_chunk: int
    log_retention_days: int
    alarm_topic_arn: str | None
    protect_data: bool


def load_settings() -> Settings:
    """Read the stack's settings; raises SettingsError with everything that is wrong with them."""
    read = _Reader()
    schema, parsed = _schema(read)
    identity, identity_arn = _identity(read)
    settings = Settings(
        schema=schema,
        parsed_schema=cast(Schema, parsed),
        mail=cast(Mail, _mail(read, parsed)),
        sender=read.text("sender"),
        identity=identity,
        existing_identity_arn=identity_arn,
        existing_configuration_set=read.matching("existingConfigurationSet"),
        sandbox=read.one_of("sandbox", "false", ("false", "true")) == "true",
        address_column=_address_column(read, parsed),
        upload_prefix=_upload_prefix(read),
        cors_origins=_cors_origins(read),
        uploads_expire_days=read.number("uploadsExpireDays", defaults.UPLOADS_EXPIRE_DAYS, _DAYS_MAX),
        reports_expire_days=read.number("reportsExpireDays", defaults.REPORTS_EXPIRE_DAYS, _DAYS_MAX),
        on_conflict=read.one_of("onConflict", "skip", ON_CONFLICT),
        rows_per_chunk=read.number("rowsPerChunk", defaults.ROWS_PER_CHUNK, defaults.ROWS_PER_CHUNK_MAX),
        log_retention_days=int(read.one_of("logRetentionDays", str(defaults.KEEP_LOGS_DAYS), _LOG_DAYS)),
        alarm_topic_arn=read.matching("alarmTopicArn"),
        protect_data=read.one_of("protectData", "false", ("false", "true")) == "true",
    )
    read.finish()
    return settings


class _Reader:
    """Reads settings as the texts they are, and collects what is wrong with them."""

    def __init__(self) -> None:
        self._config = pulumi.Config()
        self._known: set[str] = set()
        self._problems: list[str] = []

    def text(self, key: str, default: str = "") -> str:
        self._known.add(key)
        return (self._config.get(key) or "").strip() or default

    def bad(self, key: str, must_be: str, example: str, *details: str) -> None:
        """Note a problem; `example` is a value that would do."""
        name, got = f"{self._config.name}:{key}", self.text(key)
        lines = [f"  - {name} must be {must_be}; it is {repr(got) if got else 'not set'}"]
        lines += [f"      {detail}" for detail in details]
        # A list is set item by item.
        path = f"--path '{name}[0]'" if key == "corsOrigins" else name
        lines.append(f"    Set it: pulumi config set {path} {shlex.quote(example)}")
        self._problems += lines

    def finish(self) -> None:
        """Raise what is wrong; what has not been read by now is a setting that does not exist."""
        self._problems += [line for key in sorted(self._given() - self._known) for line in self._unknown(key)]
        if self._problems:
            head = f"The settings in Pulumi.{pulumi.get_stack()}.yaml need attention:"
            raise SettingsError("\n".join([head, *self._problems]))

    def _given(self) -> set[str]:
        """The names of all settings that have a value; Pulumi's public interface lists none."""
        prefix = f"{self._config.name}:"
        names = {**get_config_env(), **CONFIG.get()}
        return {name.removeprefix(prefix) for name in names if name.startswith(prefix)}

    def _unknown(self, key: str) -> list[str]:
        nearest = difflib.get_close_matches(key, self._known, 1, 0)[0]
        name = f"{self._config.name}:{key}"
        return [
            f"  - {name} is no setting of this project; did you mean {self._config.name}:{nearest}?",
            f"    Take it out: pulumi config rm {name}",
        ]

    def number(self, key: str, default: int, high: int) -> int:
        text = self.text(key, str(default))
        if re.fullmatch(r"[0-9]{1,18}", text) and 1 <= int(text) <= high:
            return int(text)
        self.bad(key, f"a whole number from 1 to {high:,}", str(default))
        return default

    def one_of(self, key: str, default: str, allowed: Collection[str]) -> str:
        text = self.text(key, default)
        if text in allowed:
            return text
        self.bad(key, f"one of {', '.join(allowed)}", default)
        return default

    def matching(self, key: str) -> str | None:
        text = self.text(key)
        pattern, must_be, example = _PATTERNS[key]
        if text and not pattern.fullmatch(text):
            self.bad(key, f"{must_be}, or empty", example)
        return text or None


def _schema(read: _Reader) -> tuple[dict[str, Any], Schema | None]:
    try:
        document = load_schema(ROOT / read.text("schema", "schemas/users.json"))
        return document, parse_schema(document)
    except (OSError, ValueError) as error:
        problems = error.problems if isinstance(error, SchemaError) else [str(error)]
    read.bad("schema", "the path of a Table Schema that can be used", "schemas/users.json", *problems)
    return {}, None


def _mail(read: _Reader, schema: Schema | None) -> Mail | None:
    try:
        mail = load_mail(ROOT / read.text("mail", "mails/welcome"))
        used = MailTemplate.parse(**mail).columns
        problems = [
            f"{name!r} is no column of the schema" for name in used if schema and name not in schema.columns
        ]
    except (OSError, ValueError) as error:
        problems = error.problems if isinstance(error, TemplateError) else [str(error)]
    if problems:
        read.bad("mail", f"a folder with {', '.join(MAIL_FILES.values())}", "mails/welcome", *problems)
    return None if problems else mail


def _identity(read: _Reader) -> tuple[str | None, str | None]:
    """The identity to create, and the ARN of one that exists; both must let the mail come from the sender."""
    identity, arn = read.text("identity"), read.text("existingIdentityArn")
    address = sender.sender_address(read.text("sender"))
    if address is None:
        read.bad("sender", "an address, or Name <address>", "welcome@example.com")
    if problem := sender.identity_problem(identity, address):
        read.bad("identity", "the sender's address or its domain, or empty", "example.com", problem)
    if problem := sender.identity_arn_problem(arn, address):
        example = "arn:aws:ses:us-east-1:123456789012:identity/example.com"
        read.bad("existingIdentityArn", "the ARN of the sender's SES identity, or empty", example, problem)
    if identity and arn:
        read.bad("existingIdentityArn", "empty if rowrelay:identity is set", "")
    return identity or None, arn or None


def _address_column(read: _Reader, schema: Schema | None) -> str:
    column = read.text("addressColumn", defaults.ADDRESS_COLUMN)
    if schema and column not in schema.columns:
        read.bad("addressColumn", f"one of the columns {', '.join(schema.columns)}", schema.columns[0])
    return column


def _upload_prefix(read: _Reader) -> str:
    prefix = read.text("uploadPrefix", defaults.UPLOAD_PREFIX)
    if problem := prefix_problem(prefix):
        read.bad("uploadPrefix", "a folder for uploads", defaults.UPLOAD_PREFIX, problem)
    return prefix


def _cors_origins(read: _Reader) -> list[str]:
    try:
        origins = json.loads(read.text("corsOrigins", "[]"))
    except ValueError:
        origins = None
    known = isinstance(origins, list) and all(isinstance(origin, str) for origin in origins)
    problems = origin_problems(origins) if known else ["expected a list of texts"]
    if problems:
        read.bad("corsOrigins", "a list of web origins", "https://app.example.com", *problems)
    return cast(list[str], origins)
