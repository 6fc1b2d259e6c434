"""BufferedWriter's arguments, and what is made of them."""

from dataclasses import dataclass
from typing import NotRequired, Optional, TypedDict

import pulumi

from . import defaults
from .arguments import Arguments
from .bundle import make_bundle
from .common_args import CommonPlan, read_common
from .contracts import OnConflict
from .references import QueueReference, TableReference

ON_CONFLICT = tuple(choice.value for choice in OnConflict)
KEY_TYPES = ("S", "N")


class BufferedWriterArgs(TypedDict):
    """What BufferedWriter needs: the name of the records' key."""

    key: str
    """The column that is the table's hash key."""
    key_type: NotRequired[Optional[str]]
    """The key's type in DynamoDB, S or N. Default: S."""
    queue: NotRequired[Optional[QueueReference]]
    """A queue that exists. Its visibility timeout and redrive policy stay its owner's: at least six times the
    function's timeout, and this component's dead-letter queue after max_receive_count receives. So does its
    max_message_size: 1,048,576 for the chunks of CsvIngest, where pulumi_aws's default is 262,144."""
    table: NotRequired[Optional[TableReference]]
    """A table that exists, with `key` as its hash key and no range key."""
    import_ledger: NotRequired[Optional[TableReference]]
    """A ledger of imports that exists, such as another component's; by default one is created."""
    on_conflict: NotRequired[Optional[str]]
    """What to do with a row whose key is in the table: skip it, as a duplicate, or replace. Default: skip."""
    max_receive_count: NotRequired[Optional[int]]
    """How often a message is tried, 5 to 1000. Default: 5."""
    maximum_concurrency: NotRequired[Optional[int]]
    """How many functions write at once at most, 2 to 1000. Default: 4."""
    timeout_seconds: NotRequired[Optional[int]]
    """The longest that one batch of messages may take, 60 to 900 seconds. Default: 100."""
    memory_mb: NotRequired[Optional[int]]
    """The function's memory, 128 to 10240 MB. Default: 1024."""
    log_retention_days: NotRequired[Optional[int]]
    """How long logs are kept, one of CloudWatch's choices. Default: 30."""
    alarm_topic_arn: NotRequired[Optional[pulumi.Input[str]]]
    """An SNS topic that hears of alarms. Default: none."""
    protect_data: NotRequired[Optional[bool]]
    """Whether the tables refuse deletion, and are kept when the stack goes. Default: false."""


@dataclass(frozen=True)
class BufferedWriterPlan:
    """The arguments, checked, with every default filled in."""

    key: str
    key_type: str
    queue: QueueReference | None
    table: TableReference | None
    on_conflict: str
    max_receive_count: int
    maximum_concurrency: int
    common: CommonPlan
    code: pulumi.Archive


def plan_buffered_writer(name: str, args: BufferedWriterArgs) -> BufferedWriterPlan:
    """Check the arguments.

    Raises:
        ArgumentsError: with everything that is wrong with them.
        BundleError: if the environment lacks what the bundle is made of.
    """
    arguments = Arguments("BufferedWriter", name, args, BufferedWriterArgs)
    plan = BufferedWriterPlan(
        key=arguments.text("key"),
        key_type=arguments.one_of(
            "key_type", "S", KEY_TYPES, "DynamoDB's types of keys that a column can have"
        ),
        queue=arguments.reference("queue", QueueReference),
        table=arguments.reference("table", TableReference),
        on_conflict=arguments.one_of("on_conflict", OnConflict.SKIP.value, ON_CONFLICT, "what there is"),
        max_receive_count=_max_receive_count(arguments),
        maximum_concurrency=_maximum_concurrency(arguments),
        common=read_common(
            arguments,
            defaults.INSERT_RECORDS_TIMEOUT,
            defaults.INSERT_RECORDS_MEMORY_MB,
            defaults.INSERT_RECORDS_TIMEOUT_MIN,
        ),
        code=make_bundle("insert_records", {}),
    )
    if plan.table is not None:
        arguments.exclude("key_type", beside="table", because="which has its keys already")
    arguments.finish()
    return plan


def _max_receive_count(arguments: Arguments) -> int:
    low, high = defaults.RECEIVES_ADVISED_MIN, defaults.RECEIVES_MAX
    return arguments.whole_number("max_receive_count", low, low, high, "Lambda's advice, SQS's limit")


def _maximum_concurrency(arguments: Arguments) -> int:
    low, high = defaults.MAPPING_CONCURRENCY_MIN, defaults.MAPPING_CONCURRENCY_MAX
    return arguments.whole_number(
        "maximum_concurrency", defaults.INSERT_RECORDS_CONCURRENCY, low, high, "Lambda's limits"
    )
