"""BufferedWriter: chunks of rows in a queue become records in a table, each key once."""

from typing import Optional

import pulumi
import pulumi_aws as aws

from . import defaults, existing, keys, queues, tables
from .alarms import create_alarms
from .bookkeeper import say_of_function, use_import_ledger
from .buffered_writer_args import BufferedWriterArgs, BufferedWriterPlan, plan_buffered_writer
from .contracts import REPLACING_PARTS, OnConflict, Variable
from .function import CreatedFunction, FunctionSpec, create_function
from .outputs import outputs_of
from .policies import Statement, allow
from .references import ImportLedgerReference, QueueReference, TableReference

__all__ = ["BufferedWriter", "BufferedWriterArgs"]


class BufferedWriter(pulumi.ComponentResource):
    """Chunks of rows in a queue become records in a table; rows that cannot be written wait as dead letters.

    Children of a component `x`, besides those that exist already:
    x-dead-letters, x-dead-letters-policy, x-dead-letters-depth; x-queue, x-queue-policy; x-queue-age;
    x-table; x-imports, x-imports-stuck, x-bookkeeper,
    x-bookkeeper-logs, x-bookkeeper-role, x-bookkeeper-policy, x-bookkeeper-errors, x-bookkeeper-throttles,
    x-bookkeeper-stopped, x-bookkeeper-async, x-bookkeeper-schedule, x-bookkeeper-schedule-permission,
    x-bookkeeper-schedule-target; x-replacing (if it replaces); x-insert-records,
    x-insert-records-logs, x-insert-records-role, x-insert-records-policy, x-insert-records-errors,
    x-insert-records-throttles, x-insert-records-mapping.

    Raises ArgumentsError with everything that is wrong with the arguments, before anything is created.
    """

    queue: QueueReference
    """The queue of chunks."""
    dead_letter_queue: QueueReference
    """Where chunks and single rows wait that could not be written."""
    table: TableReference
    """The table of the records."""
    stream_arn: pulumi.Output[str]
    """The table's stream; empty for a table that exists and has none."""
    import_ledger: ImportLedgerReference
    """The import ledger."""
    function_name: pulumi.Output[str]
    """The function's name."""
    function_arn: pulumi.Output[str]
    """The function's ARN."""
    role_name: pulumi.Output[str]
    """The name of the function's role."""
    role_arn: pulumi.Output[str]
    """The ARN of the function's role."""
    log_group_name: pulumi.Output[str]
    """The name of the function's log group."""
    mapping_id: pulumi.Output[str]
    """The UUID of the event source mapping, by which the queue feeds the function."""
    alarm_arns: pulumi.Output[dict[str, str]]
    """The ARNs of the alarms, by their names without the component's."""

    def __init__(
        self, name: str, args: BufferedWriterArgs, opts: Optional[pulumi.ResourceOptions] = None
    ) -> None:
        plan = plan_buffered_writer(name, args)
        super().__init__("rowrelay:index:BufferedWriter", name, None, opts)
        self._kms_key = keys.usable_key(plan.common.kms_key_arn, self)
        self._use_queue(name, plan)
        self._use_table(f"{name}-table", plan)
        ledger = use_import_ledger(name, plan.common, plan.function, self, self._kms_key)
        self.import_ledger, self._of_ledger = ledger.reference, ledger.watched
        created = self._create_function(f"{name}-insert-records", plan)
        said = self._say_replacing(f"{name}-replacing", plan)
        self._feed_function(f"{name}-insert-records-mapping", plan, [created.policy, *said])
        self.alarm_arns = create_alarms(name, plan.common.alarms, self._watched(), self)
        self.register_outputs(outputs_of(self))

    def _use_queue(self, name: str, plan: BufferedWriterPlan) -> None:
        dead_letters = queues.create_failure_queue(f"{name}-dead-letters", self, self._kms_key)
        self.dead_letter_queue = queues.reference(dead_letters)
        self.queue = plan.queue or queues.reference(
            queues.create_queue(
                f"{name}-queue",
                self,
                self._kms_key,
                retention=defaults.QUEUE_RETENTION,
                visibility=queues.visibility_timeout(plan.function.timeout, defaults.INSERT_RECORDS_WINDOW),
                dead_letters=dead_letters,
                max_receive_count=plan.max_receive_count,
            )
        )

    def _watched(self) -> dict[str, pulumi.Output[str]]:
        """What the alarms are of."""
        return {
            "queue": queues.queue_name(self.queue),
            "dead-letters": queues.queue_name(self.dead_letter_queue),
            "insert-records": self.function_name,
            **self._of_ledger,
        }

    def _use_table(self, name: str, plan: BufferedWriterPlan) -> None:
        if plan.table is not None:
            self.table = plan.table
            self.stream_arn = existing.stream_of_table(plan.table, plan.key, self)
            return
        table = tables.create_records_table(
            name, plan.key, plan.key_type, plan.common.protect_data, self, self._kms_key
        )
        self.table = tables.reference(table)
        self.stream_arn = table.stream_arn

    def _create_function(self, name: str, plan: BufferedWriterPlan) -> CreatedFunction:
        spec = FunctionSpec(
            package="insert_records",
            module="handler",
            description="Writes chunks of rows into the table, each key once",
            code=plan.code,
            plan=plan.function,
            environment={
                Variable.TABLE: self.table["name"],
                Variable.KEY: plan.key,
                Variable.IMPORTS_TABLE: self.import_ledger["name"],
                Variable.DEAD_LETTER_QUEUE_URL: self.dead_letter_queue["url"],
                Variable.MAX_RECEIVE_COUNT: str(plan.max_receive_count),
                Variable.ON_CONFLICT: plan.on_conflict,
                Variable.LEDGERS_EXPIRE_DAYS: str(plan.common.ledgers_expire_days),
            },
            statements=self._statements(plan),
        )
        created = create_function(name, spec, self)
        self.function_name, self.function_arn = created.function.name, created.function.arn
        self.role_name, self.role_arn = created.role.name, created.role.arn
        self.log_group_name = created.logs.name
        return created

    def _statements(self, plan: BufferedWriterPlan) -> list[Statement]:
        # Statements are authorised as what they do, and may then not even overwrite what is there:
        # https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-iam.html
        write = "dynamodb:PartiQLInsert" if plan.on_conflict == OnConflict.SKIP else "dynamodb:BatchWriteItem"
        return [
            queues.allow_receiving("ReceiveChunks", self.queue["arn"]),
            allow("SendDeadLetters", ["sqs:SendMessage"], self.dead_letter_queue["arn"]),
            allow("WriteRecords", [write], self.table["arn"]),
            allow("FindRecords", ["dynamodb:BatchGetItem"], self.table["arn"]),
            allow("KeepBooks", ["dynamodb:UpdateItem"], self.import_ledger["arn"]),
            *keys.allow_key(self._kms_key, keys.QUEUES, keys.TABLES),
        ]

    def _say_replacing(self, name: str, plan: BufferedWriterPlan) -> list[pulumi.Resource]:
        if plan.on_conflict != OnConflict.REPLACE:
            return []
        return [say_of_function(name, self.import_ledger, REPLACING_PARTS, self.function_name, self)]

    def _feed_function(self, name: str, plan: BufferedWriterPlan, after: list[pulumi.Resource]) -> None:
        mapping = aws.lambda_.EventSourceMapping(
            name,
            event_source_arn=self.queue["arn"],
            function_name=self.function_arn,
            batch_size=defaults.INSERT_RECORDS_BATCH,
            maximum_batching_window_in_seconds=defaults.INSERT_RECORDS_WINDOW,
            function_response_types=["ReportBatchItemFailures"],
            scaling_config={"maximum_concurrency": plan.maximum_concurrency},
            # Lambda checks that the role may receive.
            opts=pulumi.ResourceOptions(parent=self, depends_on=after),
        )
        self.mapping_id = mapping.id
