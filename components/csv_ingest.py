"""CsvIngest: files put into a bucket become chunks of valid rows in a queue, and reports beside the files."""

from typing import Optional

import pulumi
import pulumi_aws as aws

from . import defaults, keys, queues
from .alarms import create_alarms
from .bookkeeper import let_complete_reports, use_import_ledger
from .contracts import CONTINUATIONS_PREFIX, REPORTS_PREFIX, Variable
from .csv_ingest_args import CsvIngestArgs, CsvIngestPlan, plan_csv_ingest
from .function import CreatedFunction, FunctionSpec, create_function
from .notified_buckets import notified_buckets
from .outputs import outputs_of
from .policies import Statement, allow, document
from .references import BucketReference, ImportLedgerReference, QueueReference
from .upload_events import UploadEvents
from .uploads import create_uploads_bucket

__all__ = ["CsvIngest", "CsvIngestArgs"]


class CsvIngest(pulumi.ComponentResource):
    """Uploads in a bucket become chunks of valid rows in a queue; reports tell what became of every row.

    Children of a component `x`, besides those that exist already:
    x-bucket, x-bucket-encryption, x-bucket-ownership, x-bucket-public-access, x-bucket-policy,
    x-bucket-lifecycle, x-bucket-cors (with origins); x-imports, x-imports-stuck, x-bookkeeper,
    x-bookkeeper-logs, x-bookkeeper-role, x-bookkeeper-policy, x-bookkeeper-errors, x-bookkeeper-throttles,
    x-bookkeeper-stopped, x-bookkeeper-async, x-bookkeeper-schedule, x-bookkeeper-schedule-permission,
    x-bookkeeper-schedule-target; x-complete-reports; x-failures, x-failures-policy, x-failures-depth;
    x-process-csv, x-process-csv-logs, x-process-csv-role, x-process-csv-policy, x-process-csv-errors,
    x-process-csv-throttles, x-process-csv-dropped, x-process-csv-undelivered, x-process-csv-async,
    x-process-csv-continue, x-process-csv-recursion; x-upload-permission (unless notification is none),
    x-upload-notification (if it is create, or the bucket new and it is eventbridge), x-upload-rule,
    x-upload-target, x-upload-undelivered (if it is eventbridge).

    Raises ArgumentsError with everything that is wrong with the arguments, before anything of it is created.
    That another CsvIngest of the program has the same bucket, and the two do not go together, is raised when
    its name is known, before anything that hears of uploads is created.
    """

    bucket: BucketReference
    """The bucket."""
    upload_prefix: pulumi.Output[str]
    """Where in the bucket files are uploaded to."""
    import_ledger: ImportLedgerReference
    """The import ledger."""
    failure_queue: QueueReference
    """Where the events wait whose file could not be worked through in three attempts."""
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
    alarm_arns: pulumi.Output[dict[str, str]]
    """The ARNs of the alarms, by their names without the component's."""

    def __init__(self, name: str, args: CsvIngestArgs, opts: Optional[pulumi.ResourceOptions] = None) -> None:
        plan = plan_csv_ingest(name, args)
        super().__init__("rowrelay:index:CsvIngest", name, None, opts)
        self._kms_key = keys.usable_key(plan.common.kms_key_arn, self)
        bucket = self._use_bucket(f"{name}-bucket", plan)
        events = UploadEvents(f"{name}-upload", bucket, plan.bucket is None, plan.listener, self)
        ledger = use_import_ledger(name, plan.common, plan.function, self, self._kms_key)
        self.import_ledger, self._of_ledger = ledger.reference, ledger.watched
        let_complete_reports(f"{name}-complete-reports", self.import_ledger, self.bucket, self, self._kms_key)
        self._create_failure_queue(f"{name}-failures", events)
        created = self._create_function(f"{name}-process-csv", plan)
        self._send_failures(f"{name}-process-csv-async", created)
        continues = self._invoke_itself(f"{name}-process-csv", created)
        events.invoke(created.function, self.failure_queue, continues)
        self.alarm_arns = create_alarms(name, plan.common.alarms, self._watched(events), self)
        self.register_outputs(outputs_of(self))

    def _use_bucket(self, name: str, plan: CsvIngestPlan) -> BucketReference:
        """Returns the bucket as one whose uploads this component may hear of."""
        self.upload_prefix = pulumi.Output.from_input(plan.upload_prefix)
        self.bucket = plan.bucket or self._create_bucket(name, plan)
        return {**self.bucket, "name": notified_buckets().add(self.bucket["name"], plan.listener)}

    def _create_bucket(self, name: str, plan: CsvIngestPlan) -> BucketReference:
        bucket = create_uploads_bucket(
            name,
            self,
            prefix=plan.upload_prefix,
            uploads_expire_days=plan.uploads_expire_days,
            reports_expire_days=plan.reports_expire_days,
            cors_origins=plan.cors_origins,
            keep=plan.common.protect_data,
            kms_key=self._kms_key,
        )
        return {"name": bucket.bucket, "arn": bucket.arn}

    def _create_failure_queue(self, name: str, events: UploadEvents) -> None:
        rule_arn = None if events.rule is None else events.rule.arn
        queue = queues.create_failure_queue(name, self, self._kms_key, rule_arn=rule_arn)
        self.failure_queue = queues.reference(queue)

    def _watched(self, events: UploadEvents) -> dict[str, pulumi.Output[str]]:
        """What the alarms are of."""
        rule = {} if events.rule is None else {"upload-rule": events.rule.name}
        failures = queues.queue_name(self.failure_queue)
        return {"failures": failures, "process-csv": self.function_name, **rule, **self._of_ledger}

    def _create_function(self, name: str, plan: CsvIngestPlan) -> CreatedFunction:
        spec = FunctionSpec(
            package="process_csv",
            module="handler",
            description="Checks an uploaded CSV and sends its good rows to the queue, in chunks",
            code=plan.code,
            plan=plan.function,
            environment={
                Variable.QUEUE_URL: plan.queue["url"],
                Variable.IMPORTS_TABLE: self.import_ledger["name"],
                Variable.READ_OPTIONS: plan.options.dump(),
                Variable.ROWS_PER_CHUNK: str(plan.rows_per_chunk),
                Variable.LEDGERS_EXPIRE_DAYS: str(plan.common.ledgers_expire_days),
            },
            statements=self._statements(plan),
        )
        created = create_function(name, spec, self)
        self.function_name, self.function_arn = created.function.name, created.function.arn
        self.role_name, self.role_arn = created.role.name, created.role.arn
        self.log_group_name = created.logs.name
        return created

    def _statements(self, plan: CsvIngestPlan) -> list[Statement]:
        def under(prefix: str) -> pulumi.Output[str]:
            return pulumi.Output.concat(self.bucket["arn"], f"/{prefix}*")

        return [
            allow("ReadUploads", ["s3:GetObject"], under(plan.upload_prefix)),
            allow("WriteReports", ["s3:PutObject"], under(REPORTS_PREFIX)),
            # To see whether another invocation of the same import has completed a report.
            allow("FindReports", ["s3:GetObject"], under(REPORTS_PREFIX)),
            allow("KeepCheckpoints", ["s3:GetObject", "s3:PutObject"], under(CONTINUATIONS_PREFIX)),
            allow("SendChunks", ["sqs:SendMessage"], plan.queue["arn"]),
            allow("SendFailedEvents", ["sqs:SendMessage"], self.failure_queue["arn"]),
            allow("KeepBooks", ["dynamodb:PutItem", "dynamodb:UpdateItem"], self.import_ledger["arn"]),
            *keys.allow_key(self._kms_key, keys.FILES, keys.QUEUES, keys.TABLES),
        ]

    def _send_failures(self, name: str, created: CreatedFunction) -> None:
        aws.lambda_.FunctionEventInvokeConfig(
            name,
            function_name=created.function.name,
            maximum_retry_attempts=defaults.ASYNC_RETRIES,
            maximum_event_age_in_seconds=defaults.ASYNC_AGE,
            destination_config={"on_failure": {"destination": self.failure_queue["arn"]}},
            # Lambda checks that the role may send there.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[created.policy]),
        )

    def _invoke_itself(self, name: str, created: CreatedFunction) -> list[pulumi.Resource]:
        """A file that takes longer than an invocation may is read by several; each invokes the next."""
        child = pulumi.ResourceOptions(parent=self)
        itself = [allow("Continue", ["lambda:InvokeFunction"], created.function.arn)]
        # Not in the function's own policy, which is there before its ARN is.
        policy = aws.iam.RolePolicy(
            f"{name}-continue", role=created.role.name, policy=document(itself), opts=child
        )
        # Lambda stops a function that invokes itself after about 16 times. This one cannot run away: each
        # continuation begins further on in the file, so there are no more of them than the file has rows.
        # https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html
        allowed = aws.lambda_.FunctionRecursionConfig(
            f"{name}-recursion", function_name=created.function.name, recursive_loop="Allow", opts=child
        )
        return [policy, allowed]
