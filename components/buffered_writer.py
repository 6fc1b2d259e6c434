"""BufferedWriter: chunks of rows in a queue become records in a table, each key once."""

from typing import Optional

import pulumi
import pulumi_aws as aws

from . import defaults, queues, tables
from .alarms import Alarms
from .buffered_writer_args import BufferedWriterArgs, BufferedWriterPlan, plan_buffered_writer
from .contracts import OnConflict, Variable
from .function import CreatedFunction, FunctionSpec, create_function
from .policies import Statement, allow
from .references import QueueReference, TableReference

__all__ = ["BufferedWriter", "BufferedWriterArgs"]


class BufferedWriter(pulumi.ComponentResource):
    """Chunks of rows in a queue become records in a table; rows that cannot be written wait as dead letters.

    Children of a component `x`, besides those that exist already:
    x-dead-letters, x-dead-letters-policy, x-dead-letters-depth; x-queue, x-queue-policy; x-queue-age;
    x-table; x-imports; x-insert-records, x-insert-records-logs, x-insert-records-role,
    x-insert-records-policy, x-insert-records-errors, x-insert-records-throttles, x-insert-records-mapping.

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
    import_ledger: TableReference
    """The ledger of imports."""
    function_name: pulumi.Output[str]
    """The function's name."""
    function_arn: pulumi.Output[str]
    """The function's ARN."""

    def __init__(
        self, name: str, args: BufferedWriterArgs, opts: Optional[pulumi.ResourceOptions] = None
    ) -> None:
        plan = plan_buffered_writer(name, args)
        super().__init__("rowrelay:index:BufferedWriter", name, None, opts)
        alarms = Alarms(self, plan.common.alarm_topic_arn)
        self._use_queue(name, plan, alarms)
        self._use_table(f"{name}-table", plan)
        self.import_ledger = tables.use_import_ledger(f"{name}-imports", plan.common, self)
        created = self._create_function(f"{name}-insert-records", plan, alarms)
        self._feed_function(f"{name}-insert-records-mapping", plan, created)
        self.register_outputs(
            {
                "queue": self.queue,
                "dead_letter_queue": self.dead_letter_queue,
                "table": self.table,
                "stream_arn": self.stream_arn,
                "import_ledger": self.import_ledger,
                "function_name": self.function_name,
                "function_arn": self.function_arn,
            }
        )

    def _use_queue(self, name: str, plan: BufferedWriterPlan, alarms: Alarms) -> None:
        dead_letters = queues.create_failure_queue(f"{name}-dead-letters", self)
        self.dead_letter_queue = queues.reference(dead_letters)
        alarms.alarm_on_depth(
            f"{name}-dead-letters", dead_letters.name, "Rows could not be written; they wait here."
        )
        self.queue = plan.queue or queues.reference(
            queues.create_queue(
                f"{name}-queue",
                self,
                retention=defaults.QUEUE_RETENTION,
                visibility=queues.visibility_timeout(plan.common.timeout, defaults.INSERT_RECORDS_WINDOW),
                dead_letters=dead_letters,
                max_receive_count=plan.max_receive_count,
            )
        )
        alarms.alarm_on_age(
            f"{name}-queue",
            queues.queue_name(self.queue),
            defaults.QUEUE_AGE_ALARM,
            "Rows wait for long to be written; is the table throttled, or the function failing?",
        )

    def _use_table(self, name: str, plan: BufferedWriterPlan) -> None:
        if plan.table is not None:
            self.table = plan.table
            existing = aws.dynamodb.get_table_output(
                name=plan.table["name"], opts=pulumi.InvokeOutputOptions(parent=self)
            )
            self.stream_arn = existing.stream_arn
            return
        table = tables.create_records_table(name, plan.key, plan.key_type, plan.common.protect_data, self)
        self.table = tables.reference(table)
        self.stream_arn = table.stream_arn

    def _create_function(self, name: str, plan: BufferedWriterPlan, alarms: Alarms) -> CreatedFunction:
        spec = FunctionSpec(
            package="insert_records",
            description="Writes chunks of rows into the table, each key once",
            code=plan.code,
            timeout=plan.common.timeout,
            memory=plan.common.memory,
            log_retention_days=plan.common.log_retention_days,
            environment={
                Variable.TABLE: self.table["name"],
                Variable.KEY: plan.key,
                Variable.IMPORTS_TABLE: self.import_ledger["name"],
                Variable.DEAD_LETTER_QUEUE_URL: self.dead_letter_queue["url"],
                Variable.MAX_RECEIVE_COUNT: str(plan.max_receive_count),
                Variable.ON_CONFLICT: plan.on_conflict,
            },
            statements=self._statements(plan),
        )
        created = create_function(name, spec, self)
        alarms.alarm_on_errors(name, created.function.name)
        self.function_name, self.function_arn = created.function.name, created.function.arn
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
        ]

    def _feed_function(self, name: str, plan: BufferedWriterPlan, created: CreatedFunction) -> None:
        aws.lambda_.EventSourceMapping(
            name,
            event_source_arn=self.queue["arn"],
            function_name=created.function.arn,
            batch_size=defaults.INSERT_RECORDS_BATCH,
            maximum_batching_window_in_seconds=defaults.INSERT_RECORDS_WINDOW,
            function_response_types=["ReportBatchItemFailures"],
            scaling_config={"maximum_concurrency": plan.maximum_concurrency},
            # Lambda checks that the role may receive.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[created.policy]),
        )
