"""CsvIngest's arguments, and what is made of them."""

from dataclasses import dataclass
from typing import Any, NotRequired, Optional, TypedDict

import pulumi

from . import defaults
from .alarm_args import AlarmArgs
from .alarm_kinds import Alarm
from .alarm_list import CSV_INGEST_ALARMS, EVENTBRIDGE_ALARMS
from .arguments import Arguments
from .bundle import make_bundle
from .common_args import CommonPlan, read_common
from .contracts import ReadOptions
from .function_args import FunctionArgs, FunctionDefaults, FunctionPlan, read_function
from .notified_buckets import Listener, Notification, notified_buckets
from .read_options import read_options
from .references import BucketReference, ImportLedgerReference, QueueReference
from .schema_file import read_schema
from .transform_module import read_transform
from .uploads import origin_problems, prefix_problem

_OF_THE_BUCKET = ("cors_origins", "uploads_expire_days", "reports_expire_days")
_FUNCTION = FunctionDefaults(
    timeout=defaults.PROCESS_CSV_TIMEOUT,
    timeout_min=defaults.PROCESS_CSV_TIMEOUT_MIN,
    memory=defaults.PROCESS_CSV_MEMORY_MB,
)


class CsvIngestArgs(TypedDict):
    """What CsvIngest needs: a schema, and the queue for the chunks."""

    schema: dict[str, Any]
    """The Table Schema of the rows (a documented subset), as an object."""
    queue: QueueReference
    """The queue that the chunks are sent to. Its owner sets its max_message_size to 1,048,576: it refuses
    chunks that are larger; pulumi_aws's default is 262,144, and aws.sqs.get_queue does not tell."""
    bucket: NotRequired[Optional[BucketReference]]
    """A bucket that exists. All but its notification (see there) stays its owner's, such as letting what is
    under reports/ and continuations/ expire."""
    notification: NotRequired[Optional[str]]
    """How the function hears of uploads; one of three. create: by the bucket's notification, which replaces
    the one that a bucket that exists has; two components that share a bucket cannot. eventbridge: by a rule
    of EventBridge, so that any number of components, each with an upload_prefix of its own, and of other
    consumers share a bucket; whoever owns one that exists makes it send its events there (eventbridge=True
    in its only BucketNotification), or nothing is heard. none: by what the caller makes, which is to give the
    function (function_arn) S3's events, as they are and asynchronously, of what is created in bucket under
    upload_prefix, needs a permission to invoke it, and depends on this component. Default: create."""
    import_ledger: NotRequired[Optional[ImportLedgerReference]]
    """An import ledger that exists: another component's, or an ImportLedger's. Default: one is created, with
    its bookkeeper, as ImportLedger does by default, but with the alarms, the key and the protection that the
    arguments here say. Its bookkeeper runs as `function` says, but for timeout_seconds, memory_mb and
    reserved_concurrency: of these it has ImportLedger's defaults."""
    upload_prefix: NotRequired[Optional[str]]
    """Where in the bucket files are uploaded to: folders of letters, digits and !-_.'(), none of dots
    alone, each ending with a slash, outside reports/ and continuations/; at most 512 characters.
    Default: uploads/."""
    transform_rows: NotRequired[Optional[str]]
    """The source of a Python module, such as load_transform reads from a file, whose function
    transform_row(row) is given each accepted row as a dict, and returns the row to import, or a text that
    says why there is none. The row has the schema's columns, as str, int, Decimal, bool, date or datetime,
    and None where there is no value; those that files lack may be filled in, required ones too. It must be
    pure: the same row gives the same row always. Default: rows are imported as they are."""
    encoding: NotRequired[Optional[str]]
    """What rows whose bytes are not UTF-8 are encoded in: a text encoding of Python's that contains ASCII,
    such as windows-1252. Default: none; such rows are rejected."""
    max_columns: NotRequired[Optional[int]]
    """The most cells of a file's header, 1 to 10000; a file with more is rejected. Default: 1000."""
    max_rows: NotRequired[Optional[int]]
    """The most rows of a file, at least 1; what comes after them is not read, and one reject says so.
    Default: 10000000."""
    max_bytes: NotRequired[Optional[int]]
    """The most bytes of a file, after decompression, at least 1; a plain file that is larger is rejected, and
    of a compressed one what comes after them is not read. Default: 1073741824."""
    max_row_bytes: NotRequired[Optional[int]]
    """The most bytes of a row, as UTF-8, 1024 to 1048576; a longer one is rejected. Default: 1048576."""
    rows_per_chunk: NotRequired[Optional[int]]
    """The most rows in one message, 1 to 1000. Default: 100."""
    cors_origins: NotRequired[Optional[list[str]]]
    """The web origins whose pages may upload (by presigned POST). Default: none."""
    uploads_expire_days: NotRequired[Optional[int]]
    """After how many days uploads are deleted, at least 1. Default: 1."""
    reports_expire_days: NotRequired[Optional[int]]
    """After how many days reports are deleted, at least 1. Default: 30."""
    ledgers_expire_days: NotRequired[Optional[int]]
    """After how many days the ledger forgets an import, 30 to 3650. Default: 400."""
    function: NotRequired[Optional[FunctionArgs]]
    """How the function runs. timeout_seconds, for one invocation: 240 to 900, by default 900; long files take
    several. memory_mb: by default 1769, one whole vCPU."""
    alarm_actions: NotRequired[Optional[list[pulumi.Input[str]]]]
    """The ARNs of what acts on alarms, at most 5, of any kind that CloudWatch takes: SNS topics and Lambda
    functions hear of ALARM and of OK; OpsItems, response plans, scaling policies and investigation groups of
    ALARM. A function must let lambda.alarms.cloudwatch.amazonaws.com invoke it. Default: none."""
    alarms: NotRequired[Optional[dict[str, AlarmArgs]]]
    """What is to be different about single alarms, by the alarm's name without the component's, such as
    failures-depth: left out, or with another threshold. Default: all, as they are listed."""
    kms_key_arn: NotRequired[Optional[pulumi.Input[str]]]
    """The ARN of a customer-managed KMS key of this region, not of its alias, for the bucket, the failure
    queue and the ledger that are created. What exists already stays encrypted as its owner has it; the
    function's role may use this key for that too. The key's policy stays its owner's: with notification
    eventbridge it must let events.amazonaws.com use the key (docs/reuse.md has the statement). Who uploads
    needs kms:GenerateDataKey on it. Leaving the argument out later does not take the key away: the ledger's
    table keeps it, and the role loses its right to it (docs/reuse.md has the way). Default: keys of AWS's."""
    protect_data: NotRequired[Optional[bool]]
    """Whether the ledger that is created refuses deletion, and is kept when the stack goes; and whether
    Pulumi refuses to delete the bucket that is created, even if it is empty. Default: false."""


@dataclass(frozen=True)
class CsvIngestPlan:
    """The arguments, checked, with every default filled in."""

    queue: QueueReference
    bucket: BucketReference | None
    listener: Listener
    options: ReadOptions
    rows_per_chunk: int
    cors_origins: list[str]
    uploads_expire_days: int
    reports_expire_days: int
    common: CommonPlan
    function: FunctionPlan
    code: pulumi.Archive

    @property
    def upload_prefix(self) -> str:
        """Where in the bucket files are uploaded to."""
        return self.listener.prefix


def plan_csv_ingest(name: str, args: CsvIngestArgs) -> CsvIngestPlan:
    """Check the arguments.

    Raises:
        ArgumentsError: with everything that is wrong with them.
        BundleError: if the environment lacks what the bundle is made of.
    """
    arguments = Arguments("CsvIngest", name, args, CsvIngestArgs)
    schema_file = read_schema(arguments)
    listener = Listener(name, _notification(arguments), _upload_prefix(arguments))
    plan = CsvIngestPlan(
        queue=arguments.reference("queue", QueueReference, required=True),
        bucket=arguments.reference("bucket", BucketReference),
        listener=listener,
        options=read_options(arguments),
        rows_per_chunk=_rows_per_chunk(arguments),
        cors_origins=_cors_origins(arguments),
        uploads_expire_days=_expire_days(arguments, "uploads_expire_days", defaults.UPLOADS_EXPIRE_DAYS),
        reports_expire_days=_expire_days(arguments, "reports_expire_days", defaults.REPORTS_EXPIRE_DAYS),
        common=read_common(arguments, _alarms(listener)),
        function=read_function(arguments, _FUNCTION),
        code=make_bundle("process_csv", {**schema_file, **read_transform(arguments)}),
    )
    if plan.bucket is not None:
        for key in _OF_THE_BUCKET:
            arguments.exclude(key, beside="bucket", because="whose settings stay its owner's")
        for problem in notified_buckets().problems(plan.bucket["name"], plan.listener):
            arguments.add_problem(problem.argument, problem.expected, problem.got, detail=problem.detail)
    arguments.finish()
    return plan


def _alarms(listener: Listener) -> tuple[Alarm, ...]:
    by_eventbridge = listener.notification == Notification.EVENTBRIDGE
    return CSV_INGEST_ALARMS + (EVENTBRIDGE_ALARMS if by_eventbridge else ())


def _rows_per_chunk(arguments: Arguments) -> int:
    high, reason = defaults.ROWS_PER_CHUNK_MAX, "more gain nothing"
    return arguments.whole_number("rows_per_chunk", defaults.ROWS_PER_CHUNK, 1, high, reason)


def _expire_days(arguments: Arguments, key: str, default: int) -> int:
    return arguments.whole_number(key, default, 1, defaults.EXPIRE_DAYS_MAX, "S3's limit")


def _notification(arguments: Arguments) -> Notification:
    choices = tuple(Notification)
    return Notification(arguments.one_of("notification", Notification.CREATE, choices))


def _upload_prefix(arguments: Arguments) -> str:
    prefix = arguments.text("upload_prefix", defaults.UPLOAD_PREFIX)
    if prefix and (problem := prefix_problem(prefix)):
        example = defaults.UPLOAD_PREFIX
        arguments.add_problem(
            "upload_prefix", "a folder for uploads", prefix, detail=problem, example=example
        )
    return prefix


def _cors_origins(arguments: Arguments) -> list[str]:
    expected, example = "a list of web origins", "https://app.example.com"
    origins = arguments.texts("cors_origins", expected=expected, example=example) or []
    for problem in origin_problems(origins):
        arguments.add_problem("cors_origins", expected, origins, detail=problem, example=[example])
    return origins
