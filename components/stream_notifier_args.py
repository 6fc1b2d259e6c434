"""StreamNotifier's arguments, and what is made of them."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NotRequired, Optional, TypedDict

import pulumi

from . import defaults, sender
from .arguments import Arguments
from .bundle import make_bundle
from .common_args import CommonPlan, read_common
from .contracts import MailTemplate, TemplateError
from .references import TableReference

_ARN = re.compile(r"arn:.+")


class MailTexts(TypedDict):
    """The mail's three templates; {{column}} stands for the record's value."""

    subject: str
    """The subject, one line."""
    text: str
    """The plain text."""
    html: str
    """The HTML; values are escaped."""


class StreamNotifierArgs(TypedDict):
    """What StreamNotifier needs: a stream, a sender and a mail."""

    stream_arn: pulumi.Input[str]
    """The table's stream, with new images."""
    sender: str
    """Who the mail is from: an address, or `Name <address>`."""
    mail: MailTexts
    """The mail's templates."""
    identity: NotRequired[Optional[str]]
    """The address or domain to create as SES identity. Default: the sender's address."""
    identity_arn: NotRequired[Optional[pulumi.Input[str]]]
    """An SES identity of this account and region that exists, instead."""
    configuration_set: NotRequired[Optional[pulumi.Input[str]]]
    """The name of an SES configuration set that exists; by default one is created."""
    sandbox: NotRequired[Optional[bool]]
    """Whether SES still holds the account in its sandbox: sending by every identity of it is allowed then, as
    SES asks for the recipients' as well there. Default: false."""
    address_column: NotRequired[Optional[str]]
    """The column with the address that the mail goes to. Default: email."""
    columns: NotRequired[Optional[list[str]]]
    """The columns there are; given, what the mail and address_column use is checked against them."""
    import_ledger: NotRequired[Optional[TableReference]]
    """A ledger of imports that exists, such as another component's; by default one is created."""
    timeout_seconds: NotRequired[Optional[int]]
    """The longest that one batch of mails may take, 60 to 900 seconds. Default: 90."""
    memory_mb: NotRequired[Optional[int]]
    """The function's memory, 128 to 10240 MB. Default: 1024."""
    log_retention_days: NotRequired[Optional[int]]
    """How long logs are kept, one of CloudWatch's choices. Default: 30."""
    alarm_topic_arn: NotRequired[Optional[pulumi.Input[str]]]
    """An SNS topic that hears of alarms. Default: none."""
    protect_data: NotRequired[Optional[bool]]
    """Whether the ledgers refuse deletion, and are kept when the stack goes. Default: false."""


@dataclass(frozen=True)
class StreamNotifierPlan:
    """The arguments, checked, with every default filled in.

    `address` is the sender's; `new_…` are names of what is to be created.
    """

    stream_arn: pulumi.Input[str]
    sender: str
    address: str
    new_identity: str
    identity_arn: pulumi.Input[str] | None
    new_configuration_set: str
    configuration_set: pulumi.Input[str] | None
    sandbox: bool
    address_column: str
    common: CommonPlan
    code: pulumi.Archive


def plan_stream_notifier(name: str, args: StreamNotifierArgs) -> StreamNotifierPlan:
    """Check the arguments.

    Raises:
        ArgumentsError: with everything that is wrong with them.
        BundleError: if the environment lacks what the bundle is made of.
    """
    arguments = Arguments("StreamNotifier", name, args, StreamNotifierArgs)
    columns = arguments.texts("columns")
    mail = _mail(arguments, columns)
    mail_from = _sender(arguments)
    address = sender.sender_address(mail_from)
    plan = StreamNotifierPlan(
        stream_arn=arguments.resource("stream_arn", _ARN, "an ARN", required=True),
        sender=sender.encoded_sender(mail_from) if address else "",
        address=address or "",
        new_identity=_new_identity(arguments, address),
        identity_arn=_identity_arn(arguments, address),
        new_configuration_set=sender.configuration_set_name(name),
        configuration_set=arguments.resource("configuration_set"),
        sandbox=arguments.flag("sandbox"),
        address_column=_address_column(arguments, columns),
        common=read_common(
            arguments,
            defaults.SEND_EMAIL_TIMEOUT,
            defaults.SEND_EMAIL_MEMORY_MB,
            defaults.SEND_EMAIL_TIMEOUT_MIN,
        ),
        code=make_bundle("send_email", {"mail.json": json.dumps(mail, indent=2, sort_keys=True)}),
    )
    _check_configuration_set(arguments, plan)
    arguments.finish()
    return plan


def _mail(arguments: Arguments, columns: list[str] | None) -> dict[str, str]:
    mail = arguments.document("mail")
    if mail is None:
        return {}
    parts = MailTexts.__annotations__
    if set(mail) != set(parts) or not all(isinstance(text, str) for text in mail.values()):
        detail = f"expected the texts {', '.join(parts)}, got {', '.join(mail)}"
        arguments.add_problem("mail", "a mail that can be sent", mail, detail=detail)
        return {}
    for problem in _mail_problems(mail, columns):
        arguments.add_problem("mail", "a mail that can be sent", mail, detail=problem)
    return mail


def _mail_problems(mail: Mapping[str, str], columns: list[str] | None) -> list[str]:
    try:
        template = MailTemplate.parse(mail["subject"], mail["text"], mail["html"])
    except TemplateError as error:
        return error.problems
    if columns is None:
        return []
    return [
        f"uses the column {column!r}, which is not among the columns {', '.join(columns)}"
        for column in sorted(set(template.columns) - set(columns))
    ]


def _sender(arguments: Arguments) -> str:
    expected, example = "an address, or Name <address>", "welcome@example.com"
    text = arguments.text("sender", expected=expected, example=example)
    if text and sender.sender_address(text) is None:
        arguments.add_problem("sender", expected, text, example=example)
    return text


def _new_identity(arguments: Arguments, address: str | None) -> str:
    if not arguments.given("identity"):
        return address or ""
    identity = arguments.text("identity")
    arguments.exclude("identity_arn", beside="identity")
    if problem := sender.identity_problem(identity, address):
        expected = "the sender's address or its domain"
        arguments.add_problem("identity", expected, identity, detail=problem, example="example.com")
    return identity


def _identity_arn(arguments: Arguments, address: str | None) -> pulumi.Input[str] | None:
    arn: pulumi.Input[str] | None = arguments.resource("identity_arn")
    if isinstance(arn, str) and (problem := sender.identity_arn_problem(arn, address)):
        expected = "the ARN of the sender's SES identity"
        example = "arn:aws:ses:us-east-1:123456789012:identity/example.com"
        arguments.add_problem("identity_arn", expected, arn, detail=problem, example=example)
    return arn


def _address_column(arguments: Arguments, columns: list[str] | None) -> str:
    column = arguments.text("address_column", defaults.ADDRESS_COLUMN)
    if column and columns is not None and column not in columns:
        expected = f"one of the columns {', '.join(columns)}"
        arguments.add_problem("address_column", expected, column, example=columns[0])
    return column


def _check_configuration_set(arguments: Arguments, plan: StreamNotifierPlan) -> None:
    given = plan.configuration_set
    most = defaults.CONFIGURATION_SET_NAME_MAX
    expected = f"letters, digits, hyphens and underscores, at most {most} (SES's limit)"
    if given is None and not sender.CONFIGURATION_SET.fullmatch(plan.new_configuration_set):
        detail = (
            f"the configuration set would be {plan.new_configuration_set!r}, after project, stack and "
            f"component; expected {expected}"
        )
        arguments.add_problem("name", "a shorter name", plan.new_configuration_set, detail=detail)
    elif isinstance(given, str) and not sender.CONFIGURATION_SET.fullmatch(given):
        arguments.add_problem(
            "configuration_set",
            "an SES configuration set's name",
            given,
            detail=f"expected {expected}, got {given!r}",
            example="mails",
        )
