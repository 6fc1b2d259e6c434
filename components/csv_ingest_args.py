"""CsvIngest's arguments, and what is made of them."""

import json
from dataclasses import dataclass
from typing import Any, NotRequired, Optional, TypedDict

import pulumi

from . import defaults
from .arguments import Arguments
from .bundle import make_bundle
from .common_args import CommonPlan, read_common
from .contracts import SchemaError, parse_schema
from .references import BucketReference, QueueReference, TableReference
from .uploads import origin_problems, prefix_problem

_OF_THE_BUCKET = ("cors_origins", "uploads_expire_days", "reports_expire_days")


class CsvIngestArgs(TypedDict):
    """What CsvIngest needs: a schema, and the queue for the chunks."""

    schema: dict[str, Any]
    """The Table Schema of the rows (a documented subset), as an object."""
    queue: QueueReference
    """The queue that the chunks are sent to. Its owner sets its max_message_size to 1,048,576: it refuses
    chunks that are larger; pulumi_aws's default is 262,144, and aws.sqs.get_queue does not tell."""
    bucket: NotRequired[Optional[BucketReference]]
    """A bucket that exists. Its notifications become this component's; all else stays its owner's, such as
    letting what is under reports/ and continuations/ expire."""
    import_ledger: NotRequired[Optional[TableReference]]
    """A ledger of imports that exists, such as another component's; by default one is created."""
    upload_prefix: NotRequired[Optional[str]]
    """Where in the bucket files are uploaded to: folders of letters, digits and !-_.'(), none of dots
    alone, each ending with a slash, outside reports/ and continuations/; at most 512 characters.
    Default: uploads/."""
    rows_per_chunk: NotRequired[Optional[int]]
    """The most rows in one message, 1 to 1000. Default: 100."""
    cors_origins: NotRequired[Optional[list[str]]]
    """The web origins whose pages may upload (by presigned POST). Default: none."""
    uploads_expire_days: NotRequired[Optional[int]]
    """After how many days uploads are deleted. Default: 1."""
    reports_expire_days: NotRequired[Optional[int]]
    """After how many days reports are deleted. Default: 30."""
    timeout_seconds: NotRequired[Optional[int]]
    """The longest that one invocation may take, 240 to 900 seconds; long files take several. Default: 900."""
    memory_mb: NotRequired[Optional[int]]
    """The function's memory, 128 to 10240 MB; its CPU grows with it. Default: 1769, one whole vCPU."""
    log_retention_days: NotRequired[Optional[int]]
    """How long logs are kept, one of CloudWatch's choices. Default: 30."""
    alarm_topic_arn: NotRequired[Optional[pulumi.Input[str]]]
    """An SNS topic that hears of alarms. Default: none."""
    protect_data: NotRequired[Optional[bool]]
    """Whether the ledger refuses deletion and the bucket must be empty to go. Default: false."""


@dataclass(frozen=True)
class CsvIngestPlan:
    """The arguments, checked, with every default filled in."""

    queue: QueueReference
    bucket: BucketReference | None
    upload_prefix: str
    rows_per_chunk: int
    cors_origins: list[str]
    uploads_expire_days: int
    reports_expire_days: int
    common: CommonPlan
    code: pulumi.Archive


def plan_csv_ingest(name: str, args: CsvIngestArgs) -> CsvIngestPlan:
    """Check the arguments.

    Raises:
        ArgumentsError: with everything that is wrong with them.
        BundleError: if the environment lacks what the bundle is made of.
    """
    arguments = Arguments("CsvIngest", name, args, CsvIngestArgs)
    schema = _schema(arguments)
    plan = CsvIngestPlan(
        queue=arguments.reference("queue", QueueReference, required=True),
        bucket=arguments.reference("bucket", BucketReference),
        upload_prefix=_upload_prefix(arguments),
        rows_per_chunk=_rows_per_chunk(arguments),
        cors_origins=_cors_origins(arguments),
        uploads_expire_days=_expire_days(arguments, "uploads_expire_days", defaults.UPLOADS_EXPIRE_DAYS),
        reports_expire_days=_expire_days(arguments, "reports_expire_days", defaults.REPORTS_EXPIRE_DAYS),
        common=read_common(
            arguments,
            defaults.PROCESS_CSV_TIMEOUT,
            defaults.PROCESS_CSV_MEMORY_MB,
            defaults.PROCESS_CSV_TIMEOUT_MIN,
        ),
        code=make_bundle("process_csv", {"schema.json": json.dumps(schema, indent=2, sort_keys=True)}),
    )
    if plan.bucket is not None:
        for key in _OF_THE_BUCKET:
            arguments.exclude(key, beside="bucket", because="whose settings stay its owner's")
    arguments.finish()
    return plan


def _schema(arguments: Arguments) -> dict[str, Any]:
    schema = arguments.document("schema")
    if schema is None:
        return {}
    try:
        parse_schema(schema)
    except SchemaError as error:
        for problem in error.problems:
            arguments.add_problem("schema", "a Table Schema that can be used", schema, detail=problem)
    return schema


def _rows_per_chunk(arguments: Arguments) -> int:
    high, reason = defaults.ROWS_PER_CHUNK_MAX, "more gain nothing"
    return arguments.whole_number("rows_per_chunk", defaults.ROWS_PER_CHUNK, 1, high, reason)


def _expire_days(arguments: Arguments, key: str, default: int) -> int:
    return arguments.whole_number(key, default, 1, defaults.EXPIRE_DAYS_MAX, "S3's limit")


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
