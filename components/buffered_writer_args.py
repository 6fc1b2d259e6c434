"""BufferedWriter's arguments, and what is made of them."""

from dataclasses import dataclass
from typing import NotRequired, Optional, TypedDict

import pulumi

from . import defaults
from .alarm_args import AlarmArgs
from .alarm_list import BUFFERED_WRITER_ALARMS
from .arguments import Arguments
from .bundle import make_bundle
from .common_args import CommonPlan, read_common
from .contracts import OnConflict, key_problem
from .function_args import FunctionArgs, FunctionDefaults, FunctionPlan, read_function
from .references import ImportLedgerReference, QueueReference, TableReference

ON_CONFLICT = tuple(choice.value for choice in OnConflict)
_FUNCTION = FunctionDefaults(
    timeout=defaults.INSERT_RECORDS_TIMEOUT,
    timeout_min=defaults.INSERT_RECORDS_TIMEOUT_MIN,
    memory=defaults.INSERT_RECORDS_MEMORY_MB,
)


class BufferedWriterArgs(TypedDict):
    """What BufferedWriter needs: the name of the records' key."""

    key: str
    """The column that is the table's hash key: the primaryKey of the schema that the rows fit."""
    key_type: NotRequired[Optional[str]]
    """The key's type in DynamoDB, S or N: N if the schema's type of the key is integer, S if it is string.
    Nothing compares the two before rows come: those whose key is of the other type end in the dead-letter
    queue. Default: S."""
    queue: NotRequired[Optional[QueueReference]]
    """A queue that exists. Its visibility timeout and redrive policy stay its owner's: at least six times the
    function's timeout, and this component's dead-letter queue after max_receive_count receives. So does its
    max_message_size: 1,048,576 for the chunks of CsvIngest, where pulumi_aws's default is 262,144."""
    table: NotRequired[Optional[TableReference]]
    """A table that exists, with `key` as its hash key, of type S or N, and no range key; looked at."""
    import_ledger: NotRequired[Optional[ImportLedgerReference]]
    """An import ledger that exists: another component's, or an ImportLedger's. Default: one is created, with
    its bookkeeper, as ImportLedger does by default, but with the alarms, the key and the protection that the
    arguments here say. Its bookkeeper runs as `function` says, but for timeout_seconds, memory_mb and
    reserved_concurrency: of these it has ImportLedger's defaults."""
    on_conflict: NotRequired[Optional[str]]
    """What to do with a row whose key is in the table: skip it, as a duplicate, or replace. Default: skip."""
    max_receive_count: NotRequired[Optional[int]]
    """How often a message is tried, 5 to 1000. Default: 5."""
    maximum_concurrency: NotRequired[Optional[int]]
    """How many functions write at once at most, 2 to 1000. Default: 4."""
    ledgers_expire_days: NotRequired[Optional[int]]
    """After how many days the ledger forgets an import, 30 to 3650. Default: 400."""
    function: NotRequired[Optional[FunctionArgs]]
    """How the function runs. timeout_seconds, for one batch of messages: 75 to 900, by default 100.
    memory_mb: by default 1024. reserved_concurrency: at least maximum_concurrency."""
    alarm_actions: NotRequired[Optional[list[pulumi.Input[str]]]]
    """The ARNs of what acts on alarms, at most 5, of any kind that CloudWatch takes: SNS topics and Lambda
    functions hear of ALARM and of OK; OpsItems, response plans, scaling policies and investigation groups of
    ALARM. A function must let lambda.alarms.cloudwatch.amazonaws.com invoke it. Default: none."""
    alarms: NotRequired[Optional[dict[str, AlarmArgs]]]
    """What is to be different about single alarms, by the alarm's name without the component's, such as
    queue-age: left out, or with another threshold. Default: all, as they are listed."""
    kms_key_arn: NotRequired[Optional[pulumi.Input[str]]]
    """The ARN of a customer-managed KMS key of this region, not of its alias, for the queues and tables that
    are created. What exists already stays encrypted as its owner has it; the function's role may use this
    key for that too. The key's policy stays its owner's. Leaving the argument out later does not take the
    key away: the tables keep it, and the role loses its right to it (docs/reuse.md has the way).
    Default: keys of AWS's."""
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
    function: FunctionPlan
    code: pulumi.Archive


def plan_buffered_writer(name: str, args: BufferedWriterArgs) -> BufferedWriterPlan:
    """Check the arguments.

    Raises:
        ArgumentsError: with everything that is wrong with them.
        BundleError: if the environment lacks what the bundle is made of.
    """
    arguments = Arguments("BufferedWriter", name, args, BufferedWriterArgs)
    maximum_concurrency = _maximum_concurrency(arguments)
    plan = BufferedWriterPlan(
        key=_key(arguments),
        key_type=arguments.one_of(
            "key_type", "S", defaults.KEY_TYPES, "DynamoDB's types of keys that a column can have"
        ),
        queue=arguments.reference("queue", QueueReference),
        table=arguments.reference("table", TableReference),
        on_conflict=arguments.one_of("on_conflict", OnConflict.SKIP.value, ON_CONFLICT),
        max_receive_count=_max_receive_count(arguments),
        maximum_concurrency=maximum_concurrency,
        common=read_common(arguments, BUFFERED_WRITER_ALARMS),
        function=read_function(arguments, _FUNCTION, maximum_concurrency),
        code=make_bundle("insert_records", {}),
    )
    if plan.table is not None:
        arguments.exclude("key_type", beside="table", because="which has its keys already")
    arguments.finish()
    return plan


def _key(arguments: Arguments) -> str:
    key = arguments.text("key")
    if key and (problem := key_problem(key)):
        arguments.add_problem("key", "a column that can be the records' key", key, detail=problem)
    return key


def _max_receive_count(arguments: Arguments) -> int:
    low, high = defaults.RECEIVES_ADVISED_MIN, defaults.RECEIVES_MAX
    return arguments.whole_number("max_receive_count", low, low, high, "Lambda's advice, SQS's limit")


def _maximum_concurrency(arguments: Arguments) -> int:
    low, high = defaults.MAPPING_CONCURRENCY_MIN, defaults.MAPPING_CONCURRENCY_MAX
    return arguments.whole_number(
        "maximum_concurrency", defaults.INSERT_RECORDS_CONCURRENCY, low, high, "Lambda's limits"
    )
