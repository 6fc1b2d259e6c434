"""An import ledger with its bookkeeper, the function that settles them; what a component says in it."""

import json
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from . import keys, tables
from .arns import arn_of, of_this_region
from .common_args import CommonPlan
from .contracts import COMPONENTS, IMPORT_ID, OPEN_INDEX, PART, REPORTS_PREFIX, Variable
from .function import CreatedFunction, FunctionSpec
from .function_args import FunctionPlan
from .import_ledger_args import ImportLedgerPlan, plan_of_component
from .policies import Statement, allow, document
from .references import BucketReference, ImportLedgerReference, TableReference
from .scheduled_function import create_scheduled_function


@dataclass(frozen=True)
class UsedLedger:
    """A ledger, and its bookkeeper if that was created with it."""

    reference: ImportLedgerReference
    bookkeeper: CreatedFunction | None = None

    @property
    def watched(self) -> dict[str, pulumi.Output[str]]:
        """What the alarms that come with it are of."""
        return {} if self.bookkeeper is None else {"bookkeeper": self.bookkeeper.function.name}


def use_import_ledger(
    name: str,
    common: CommonPlan,
    function: FunctionPlan,
    parent: pulumi.Resource,
    kms_key: pulumi.Output[str] | None,
) -> UsedLedger:
    """Return the ledger that the component `{name}` is given, or create one."""
    if common.import_ledger is not None:
        return UsedLedger(common.import_ledger)
    plan = plan_of_component(common, function)
    return UsedLedger(*create_import_ledger(name, plan, parent, kms_key))


def create_import_ledger(
    name: str, plan: ImportLedgerPlan, parent: pulumi.Resource, kms_key: pulumi.Output[str] | None
) -> tuple[ImportLedgerReference, CreatedFunction]:
    """Create `{name}-imports`, and `{name}-bookkeeper` with all of its own."""
    table = tables.reference(
        tables.create_import_ledger(f"{name}-imports", plan.protect_data, parent, kms_key)
    )
    spec = _bookkeeper(plan, table, parent, kms_key)
    created = create_scheduled_function(f"{name}-bookkeeper", spec, parent)
    return {**table, "bookkeeper_role_name": created.role.name}, created


def let_complete_reports(
    name: str,
    ledger: ImportLedgerReference,
    bucket: BucketReference,
    parent: pulumi.Resource,
    kms_key: pulumi.Output[str] | None,
) -> None:
    """Create `{name}`: the ledger's bookkeeper writes the final counts into the reports of this bucket."""
    role = ledger.get("bookkeeper_role_name")
    if role is None:
        return
    reports = pulumi.Output.concat(bucket["arn"], f"/{REPORTS_PREFIX}*")
    # A write on condition takes the right to read, too:
    # https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
    complete = allow("CompleteReports", ["s3:GetObject", "s3:PutObject"], reports)
    aws.iam.RolePolicy(
        name,
        role=role,
        policy=document([complete, *keys.allow_key(kms_key, keys.FILES)]),
        opts=pulumi.ResourceOptions(parent=parent),
    )


def say_of_function(
    name: str,
    ledger: ImportLedgerReference,
    parts: str,
    function_name: pulumi.Output[str],
    parent: pulumi.Resource,
) -> aws.dynamodb.TableItem:
    """Create `{name}`: say something of a function in the ledger, by which its bookkeeper knows it.

    As an item: what becomes of an import's rows depends on components that need not know of each other.
    """
    part = pulumi.Output.concat(parts, function_name)
    return aws.dynamodb.TableItem(
        name,
        table_name=ledger["name"],
        hash_key=IMPORT_ID,
        range_key=PART,
        item=part.apply(lambda known: json.dumps({IMPORT_ID: {"S": COMPONENTS}, PART: {"S": known}})),
        opts=pulumi.ResourceOptions(parent=parent),
    )


def _bookkeeper(
    plan: ImportLedgerPlan,
    table: TableReference,
    parent: pulumi.Resource,
    kms_key: pulumi.Output[str] | None,
) -> FunctionSpec:
    bus, topic = _event_bus(plan, parent), _topic(plan, parent)
    environment: dict[str, pulumi.Input[str]] = {
        Variable.IMPORTS_TABLE: table["name"],
        Variable.EVENT_BUS: bus,
        Variable.STUCK_MINUTES: str(plan.stuck_minutes),
        **({} if topic is None else {Variable.SETTLED_TOPIC_ARN: topic}),
    }
    return FunctionSpec(
        package="bookkeeper",
        module="handler",
        description="Settles the imports that are done with, and notices those that are stuck",
        code=plan.code,
        plan=plan.function,
        environment=environment,
        statements=_statements(table, bus, topic, kms_key),
    )


# Both services take calls for what is of their own region alone:
# https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-cross-region.html (by a rule's target)
# https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
def _event_bus(plan: ImportLedgerPlan, parent: pulumi.Resource) -> pulumi.Output[str]:
    if plan.event_bus_arn is None:
        return arn_of("events", "event-bus/default", parent)
    advice = "Name one there; its rule may send the events on."
    return of_this_region("event_bus_arn", plan.event_bus_arn, parent, "a bus", advice)


def _topic(plan: ImportLedgerPlan, parent: pulumi.Resource) -> pulumi.Output[str] | None:
    if plan.settled_topic_arn is None:
        return None
    advice = "Name one there; it may have subscriptions of other regions."
    return of_this_region("settled_topic_arn", plan.settled_topic_arn, parent, "a topic", advice)


def _statements(
    table: TableReference,
    bus: pulumi.Output[str],
    topic: pulumi.Output[str] | None,
    kms_key: pulumi.Output[str] | None,
) -> list[Statement]:
    by_open = pulumi.Output.concat(table["arn"], f"/index/{OPEN_INDEX}")
    # A transaction of gets is authorised as what it gets:
    # https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html
    keep_books = ["dynamodb:GetItem", "dynamodb:Query", "dynamodb:UpdateItem"]
    statements = [
        allow("FindOpenImports", ["dynamodb:Query"], by_open),
        allow("KeepBooks", keep_books, table["arn"]),
        allow("PublishSettlements", ["events:PutEvents"], bus),
        *keys.allow_key(kms_key, keys.TABLES),
    ]
    if topic is not None:
        statements += [allow("TellPerson", ["sns:Publish"], topic), *keys.allow_key(kms_key, keys.TOPICS)]
    return statements
