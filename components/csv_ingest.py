"""CsvIngest: files put into a bucket become chunks of valid rows in a queue, and reports beside the files."""

from typing import Optional

import pulumi
import pulumi_aws as aws

from . import defaults, queues, tables
from .alarms import Alarms
from .contracts import CONTINUATIONS_PREFIX, REPORTS_PREFIX, Variable
from .csv_ingest_args import CsvIngestArgs, CsvIngestPlan, plan_csv_ingest
from .function import CreatedFunction, FunctionSpec, create_function
from .policies import Statement, allow, document
from .references import BucketReference, QueueReference, TableReference
from .uploads import create_uploads_bucket

__all__ = ["CsvIngest", "CsvIngestArgs"]


class CsvIngest(pulumi.ComponentResource):
    """Uploads in a bucket become chunks of valid rows in a queue; reports tell what became of every row.

    Children of a component `x`, besides those that exist already:
    x-bucket, x-bucket-encryption, x-bucket-ownership, x-bucket-public-access, x-bucket-policy,
    x-bucket-lifecycle, x-bucket-cors (with origins); x-imports; x-failures, x-failures-policy,
    x-failures-depth; x-process-csv, x-process-csv-logs, x-process-csv-role, x-process-csv-policy,
    x-process-csv-errors, x-process-csv-throttles, x-process-csv-dropped, x-process-csv-undelivered,
    x-process-csv-async, x-process-csv-continue, x-process-csv-recursion; x-upload-permission,
    x-upload-notification.

    Raises ArgumentsError with everything that is wrong with the arguments, before anything is created.
    """

    bucket: BucketReference
    """The bucket."""
    upload_prefix: pulumi.Output[str]
    """Where in the bucket files are uploaded to."""
    import_ledger: TableReference
    """The ledger of imports."""
    failure_queue: QueueReference
    """Where the events wait whose file could not be worked through in three attempts."""
    function_name: pulumi.Output[str]
    """The function's name."""
    function_arn: pulumi.Output[str]
    """The function's ARN."""

    def __init__(self, name: str, args: CsvIngestArgs, opts: Optional[pulumi.ResourceOptions] = None) -> None:
        plan = plan_csv_ingest(name, args)
        super().__init__("rowrelay:index:CsvIngest", name, None, opts)
        alarms = Alarms(self, plan.common.alarm_topic_arn)
        self._use_bucket(f"{name}-bucket", plan)
        self.import_ledger = tables.use_import_ledger(f"{name}-imports", plan.common, self)
        self._create_failure_queue(f"{name}-failures", alarms)
        created = self._create_function(f"{name}-process-csv", plan, alarms)
        self._send_failures(f"{name}-process-csv-async", created)
        continues = self._invoke_itself(f"{name}-process-csv", created)
        self._invoke_on_upload(f"{name}-upload", created, continues)
        self.register_outputs(
            {
                "bucket": self.bucket,
                "upload_prefix": self.upload_prefix,
                "import_ledger": self.import_ledger,
                "failure_queue": self.failure_queue,
                "function_name": self.function_name,
                "function_arn": self.function_arn,
            }
        )

    def _use_bucket(self, name: str, plan: CsvIngestPlan) -> None:
        self.upload_prefix = pulumi.Output.from_input(plan.upload_prefix)
        if plan.bucket is not None:
            self.bucket = plan.bucket
            return
        bucket = create_uploads_bucket(
            name,
            self,
            prefix=plan.upload_prefix,
            uploads_expire_days=plan.uploads_expire_days,
            reports_expire_days=plan.reports_expire_days,
            cors_origins=plan.cors_origins,
            keep=plan.common.protect_data,
        )
        self.bucket = {"name": bucket.bucket, "arn": bucket.arn}

    def _create_failure_queue(self, name: str, alarms: Alarms) -> None:
        queue = queues.create_failure_queue(name, self)
        self.failure_queue = queues.reference(queue)
        alarms.alarm_on_depth(
            name, queue.name, "Files could not be imported in three attempts; their events wait here."
        )

    def _create_function(self, name: str, plan: CsvIngestPlan, alarms: Alarms) -> CreatedFunction:
        spec = FunctionSpec(
            package="process_csv",
            description="Checks an uploaded CSV and sends its good rows to the queue, in chunks",
            code=plan.code,
            timeout=plan.common.timeout,
            memory=plan.common.memory,
            log_retention_days=plan.common.log_retention_days,
            environment={
                Variable.QUEUE_URL: plan.queue["url"],
                Variable.IMPORTS_TABLE: self.import_ledger["name"],
                Variable.ROWS_PER_CHUNK: str(plan.rows_per_chunk),
            },
            statements=self._statements(plan),
        )
        created = create_function(name, spec, self)
        alarms.alarm_on_errors(name, created.function.name)
        alarms.alarm_on_dropped_events(
            name,
            created.function.name,
            "Events were given up; the failure queue has those that it could take.",
        )
        alarms.alarm_on_failed_deliveries(
            name, created.function.name, "An event was given up, and the failure queue could not take it."
        )
        self.function_name, self.function_arn = created.function.name, created.function.arn
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

    def _invoke_on_upload(
        self, name: str, created: CreatedFunction, continues: list[pulumi.Resource]
    ) -> None:
        account = aws.get_caller_identity_output(opts=pulumi.InvokeOutputOptions(parent=self)).account_id
        permission = aws.lambda_.Permission(
            f"{name}-permission",
            action="lambda:InvokeFunction",
            function=created.function.name,
            principal="s3.amazonaws.com",
            source_arn=self.bucket["arn"],
            # A bucket's ARN does not name its owner, and a name can be taken by another when it is given up.
            source_account=account,
            opts=pulumi.ResourceOptions(parent=self),
        )
        # Every upload under the prefix; the function itself looks at the suffix, in any case.
        on_upload = aws.s3.BucketNotificationLambdaFunctionArgs(
            lambda_function_arn=created.function.arn,
            events=["s3:ObjectCreated:*"],
            filter_prefix=self.upload_prefix,
        )
        aws.s3.BucketNotification(
            f"{name}-notification",
            bucket=self.bucket["name"],
            lambda_functions=[on_upload],
            # S3 tries the invocation out when it is told of it.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[permission, *continues]),
        )
