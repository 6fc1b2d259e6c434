"""StreamNotifier's arguments, and what is made of them."""

import json
import re
from dataclasses import dataclass
from typing import NotRequired, Optional, TypedDict

import pulumi

from . import defaults, sender
from .alarm_args import AlarmArgs
from .alarm_list import STREAM_NOTIFIER_ALARMS
from .arguments import Arguments
from .bundle import make_bundle
from .common_args import CommonPlan, read_common
from .function_args import FunctionArgs, FunctionDefaults, FunctionPlan, read_function
from .mail_texts import MailTexts, read_mail
from .references import ImportLedgerReference

_STREAM_ARN = re.compile(r"arn:[a-z-]+:dynamodb:[^:]+:[0-9]+:table/[^/]+/stream/\S+")
_FUNCTION = FunctionDefaults(
    timeout=defaults.SEND_EMAIL_TIMEOUT,
    timeout_min=defaults.SEND_EMAIL_TIMEOUT_MIN,
    memory=defaults.SEND_EMAIL_MEMORY_MB,
)


class StreamNotifierArgs(TypedDict):
    """What StreamNotifier needs: a stream, a sender and a mail."""

    stream_arn: pulumi.Input[str]
    """The table's stream, with new images; looked at if the table is of this account and region."""
    sender: str
    """Who the mail is from: an address, or `Name <address>`."""
    mail: MailTexts
    """The mail's templates."""
    identity: NotRequired[Optional[str]]
    """The address or domain to create as SES identity. Default: the sender's address."""
    identity_arn: NotRequired[Optional[pulumi.Input[str]]]
    """An SES identity of this account and region that exists, instead; a warning says so if SES has not
    verified it."""
    configuration_set: NotRequired[Optional[pulumi.Input[str]]]
    """The name of an SES configuration set that exists; by default one is created."""
    sandbox: NotRequired[Optional[bool]]
    """Whether SES still holds the account in its sandbox: sending by every identity of it is allowed then, as
    SES asks for the recipients' as well there. Default: false."""
    address_column: NotRequired[Optional[str]]
    """The column with the address that the mail goes to. Default: email."""
    columns: NotRequired[Optional[list[str]]]
    """The columns there are, at least one; given, what the mail and address_column use is checked against
    them."""
    import_ledger: NotRequired[Optional[ImportLedgerReference]]
    """An import ledger that exists: another component's, or an ImportLedger's. Default: one is created, with
    its bookkeeper, as ImportLedger does by default, but with the alarms, the key and the protection that the
    arguments here say. Its bookkeeper runs as `function` says, but for timeout_seconds, memory_mb and
    reserved_concurrency: of these it has ImportLedger's defaults."""
    ledgers_expire_days: NotRequired[Optional[int]]
    """After how many days the ledgers forget an import and the mails that are done with, 30 to 3650.
    Default: 400."""
    function: NotRequired[Optional[FunctionArgs]]
    """How the two functions run, but timeout_seconds and reserved_concurrency are of the one that the stream
    invokes: a round may take 300 seconds, and no two send at once. timeout_seconds, for one batch of the
    stream: 120 to 900, by default 180. memory_mb: by default 1024."""
    alarm_actions: NotRequired[Optional[list[pulumi.Input[str]]]]
    """The ARNs of what acts on alarms, at most 5, of any kind that CloudWatch takes: SNS topics and Lambda
    functions hear of ALARM and of OK; OpsItems, response plans, scaling policies and investigation groups of
    ALARM. A function must let lambda.alarms.cloudwatch.amazonaws.com invoke it. Default: none."""
    alarms: NotRequired[Optional[dict[str, AlarmArgs]]]
    """What is to be different about single alarms, by the alarm's name without the component's, such as
    mails-owed-age: left out, or with another threshold. Default: all, as they are listed."""
    kms_key_arn: NotRequired[Optional[pulumi.Input[str]]]
    """The ARN of a customer-managed KMS key of this region, not of its alias, for the ledgers and the failure
    queue that are created. What exists already, as the stream's table, stays encrypted as its owner has it;
    the functions' roles may use this key for that too. The key's policy stays its owner's. Leaving the
    argument out later does not take the key away: the tables keep it, and the roles lose their right to it
    (docs/reuse.md has the way). Default: keys of AWS's."""
    protect_data: NotRequired[Optional[bool]]
    """Whether the ledgers refuse deletion, and are kept when the stack goes. Default: false."""


@dataclass(frozen=True)
class StreamNotifierPlan:
    """The arguments, checked, with every default filled in.

    `address` is the sender's; `new_…` are names of what is to be created; `mail_columns` are those that the
    mail and its address use.
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
    mail_columns: list[str]
    common: CommonPlan
    function: FunctionPlan
    code: pulumi.Archive

    @property
    def own_identity(self) -> bool:
        """Whether the sender's address itself is the identity that is created."""
        return self.identity_arn is None and self.new_identity == self.address


def plan_stream_notifier(name: str, args: StreamNotifierArgs) -> StreamNotifierPlan:
    """Check the arguments.

    Raises:
        ArgumentsError: with everything that is wrong with them.
        BundleError: if the environment lacks what the bundle is made of.
    """
    arguments = Arguments("StreamNotifier", name, args, StreamNotifierArgs)
    columns = arguments.texts("columns", expected="a list of at least one column", least=1, example="email")
    mail = read_mail(arguments, columns)
    address_column = _address_column(arguments, columns)
    mail_from = _sender(arguments)
    address = sender.sender_address(mail_from)
    plan = StreamNotifierPlan(
        stream_arn=arguments.resource(
            "stream_arn", _STREAM_ARN, "the ARN of a table's stream, its stream_arn", required=True
        ),
        sender=sender.encoded_sender(mail_from) if address else "",
        address=address or "",
        new_identity=_new_identity(arguments, address),
        identity_arn=_identity_arn(arguments, address),
        new_configuration_set=sender.configuration_set_name(name),
        configuration_set=arguments.resource("configuration_set"),
        sandbox=arguments.flag("sandbox"),
        address_column=address_column,
        mail_columns=list(dict.fromkeys([*mail.columns, address_column])),
        common=read_common(arguments, STREAM_NOTIFIER_ALARMS),
        function=read_function(arguments, _FUNCTION),
        code=make_bundle("send_email", {"mail.json": json.dumps(mail.texts, indent=2, sort_keys=True)}),
    )
    _check_configuration_set(arguments, plan)
    arguments.finish()
    return plan


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
