"""StreamNotifier: every record inserted into a table brings one mail."""

import json
from typing import Optional

import pulumi
import pulumi_aws as aws

from . import defaults, queues, sender, tables
from .alarms import Alarms
from .contracts import Variable
from .function import CreatedFunction, FunctionSpec, create_function
from .policies import Statement, allow
from .references import DkimRecord, QueueReference, TableReference
from .stream_notifier_args import MailTexts, StreamNotifierArgs, StreamNotifierPlan, plan_stream_notifier

__all__ = ["MailTexts", "StreamNotifier", "StreamNotifierArgs"]


class StreamNotifier(pulumi.ComponentResource):
    """Every record inserted into a table is sent one mail; what cannot be sent waits, for a while or for you.

    Children of a component `x`, besides those that exist already:
    x-identity; x-configuration-set; x-mails; x-imports; x-failures, x-failures-policy, x-failures-depth;
    x-retries, x-retries-policy, x-retries-age; x-send-email, x-send-email-logs, x-send-email-role,
    x-send-email-policy, x-send-email-errors, x-send-email-throttles, x-send-email-undelivered,
    x-send-email-iterator-age, x-send-email-stream, x-send-email-retries.

    Raises ArgumentsError with everything that is wrong with the arguments, before anything is created.
    """

    identity_arn: pulumi.Output[str]
    """The SES identity."""
    dkim_records: pulumi.Output[list[DkimRecord]]
    """The DNS records that prove a domain created here; none for an address."""
    configuration_set: pulumi.Output[str]
    """The name of the SES configuration set."""
    mail_ledger: TableReference
    """The ledger of mails."""
    import_ledger: TableReference
    """The ledger of imports."""
    retry_queue: QueueReference
    """Where mails wait that SES refused for now."""
    failure_queue: QueueReference
    """Where mails wait that SES refused for good, or for three months."""
    function_name: pulumi.Output[str]
    """The function's name."""
    function_arn: pulumi.Output[str]
    """The function's ARN."""

    def __init__(
        self, name: str, args: StreamNotifierArgs, opts: Optional[pulumi.ResourceOptions] = None
    ) -> None:
        plan = plan_stream_notifier(name, args)
        super().__init__("rowrelay:index:StreamNotifier", name, None, opts)
        alarms = Alarms(self, plan.common.alarm_topic_arn)
        self._use_identity(f"{name}-identity", plan)
        self._use_configuration_set(f"{name}-configuration-set", plan)
        self._use_ledgers(name, plan)
        self._create_queues(name, plan, alarms)
        created = self._create_function(f"{name}-send-email", plan, alarms)
        self._feed_from_stream(f"{name}-send-email-stream", plan, created)
        self._feed_from_retries(f"{name}-send-email-retries", created)
        self.register_outputs(
            {
                "identity_arn": self.identity_arn,
                "dkim_records": self.dkim_records,
                "configuration_set": self.configuration_set,
                "mail_ledger": self.mail_ledger,
                "import_ledger": self.import_ledger,
                "retry_queue": self.retry_queue,
                "failure_queue": self.failure_queue,
                "function_name": self.function_name,
                "function_arn": self.function_arn,
            }
        )

    def _use_identity(self, name: str, plan: StreamNotifierPlan) -> None:
        if plan.identity_arn is not None:
            self.identity_arn = sender.own_identity(plan.identity_arn, self)
            self.dkim_records = pulumi.Output.from_input([])
            return
        identity = sender.create_identity(name, plan.new_identity, self)
        self.identity_arn = identity.arn
        self.dkim_records = sender.dkim_records(identity, self)

    def _use_configuration_set(self, name: str, plan: StreamNotifierPlan) -> None:
        if plan.configuration_set is not None:
            self.configuration_set = pulumi.Output.from_input(plan.configuration_set)
            named = pulumi.Output.concat("configuration-set/", plan.configuration_set)
            self._configuration_set_arn = sender.arn(named, self)
            return
        created = sender.create_configuration_set(name, plan.new_configuration_set, self)
        self.configuration_set = created.configuration_set_name
        self._configuration_set_arn = created.arn

    def _use_ledgers(self, name: str, plan: StreamNotifierPlan) -> None:
        self.mail_ledger = tables.reference(
            tables.create_mail_ledger(f"{name}-mails", plan.common.protect_data, self)
        )
        self.import_ledger = tables.use_import_ledger(f"{name}-imports", plan.common, self)

    def _create_queues(self, name: str, plan: StreamNotifierPlan, alarms: Alarms) -> None:
        failures = queues.create_failure_queue(f"{name}-failures", self)
        visibility, receives = queues.retries_within(
            defaults.RETRY_PERIOD, queues.visibility_timeout(plan.common.timeout, defaults.RETRY_WINDOW)
        )
        retries = queues.create_queue(
            f"{name}-retries",
            self,
            retention=defaults.QUEUE_RETENTION_MAX,
            visibility=visibility,
            dead_letters=failures,
            max_receive_count=receives,
        )
        self.failure_queue, self.retry_queue = queues.reference(failures), queues.reference(retries)
        alarms.alarm_on_depth(
            f"{name}-failures", failures.name, "Mails could not be sent; they wait here, with the reason."
        )
        alarms.alarm_on_age(
            f"{name}-retries",
            retries.name,
            defaults.RETRY_AGE_ALARM,
            "SES has refused mails for more than a day; is the daily quota too low, or sending paused?",
        )

    def _create_function(self, name: str, plan: StreamNotifierPlan, alarms: Alarms) -> CreatedFunction:
        spec = FunctionSpec(
            package="send_email",
            description="Sends one mail for each record inserted into the table",
            code=plan.code,
            timeout=plan.common.timeout,
            memory=plan.common.memory,
            log_retention_days=plan.common.log_retention_days,
            environment=self._environment(plan),
            statements=self._statements(plan),
        )
        created = create_function(name, spec, self)
        alarms.alarm_on_errors(name, created.function.name)
        alarms.alarm_on_failed_deliveries(
            name,
            created.function.name,
            "A batch of the stream was given up, and the failure queue could not take it.",
        )
        alarms.alarm_on_iterator_age(
            name, created.function.name, "Mails lag behind the table; the stream keeps 24 hours only."
        )
        self.function_name, self.function_arn = created.function.name, created.function.arn
        return created

    def _environment(self, plan: StreamNotifierPlan) -> dict[str, pulumi.Input[str]]:
        return {
            Variable.MAILS_TABLE: self.mail_ledger["name"],
            Variable.IMPORTS_TABLE: self.import_ledger["name"],
            Variable.RETRY_QUEUE_URL: self.retry_queue["url"],
            Variable.FAILURE_QUEUE_URL: self.failure_queue["url"],
            Variable.SENDER: plan.sender,
            Variable.CONFIGURATION_SET: self.configuration_set,
            Variable.ADDRESS_COLUMN: plan.address_column,
            Variable.FUNCTION_TIMEOUT: str(plan.common.timeout),
        }

    def _statements(self, plan: StreamNotifierPlan) -> list[Statement]:
        read_stream = ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"]
        claiming = ["dynamodb:BatchGetItem", "dynamodb:PartiQLInsert", "dynamodb:PutItem"]
        return [
            allow("ReadStream", read_stream, plan.stream_arn),
            # The service authorization reference knows no resource for it.
            allow("FindStream", ["dynamodb:ListStreams"], "*"),
            queues.allow_receiving("ReceiveRetries", self.retry_queue["arn"]),
            allow("SendRetries", ["sqs:SendMessage", "sqs:ChangeMessageVisibility"], self.retry_queue["arn"]),
            allow("SendFailures", ["sqs:SendMessage"], self.failure_queue["arn"]),
            allow("ClaimMails", claiming, self.mail_ledger["arn"]),
            allow("KeepBooks", ["dynamodb:UpdateItem"], self.import_ledger["arn"]),
            self._allow_mails(plan),
        ]

    def _allow_mails(self, plan: StreamNotifierPlan) -> Statement:
        # SES requires a template's right even of mails that bring their own. Policies for bulk mail grant it
        # under its name in the older API, too, as SES does not say which one it asks for.
        sending = ["ses:SendBulkEmail", "ses:SendBulkTemplatedEmail"]
        templates = sender.arn("template/*", self)
        return allow("SendMails", sending, *self._identities(plan), templates, self._configuration_set_arn)

    def _identities(self, plan: StreamNotifierPlan) -> list[pulumi.Input[str]]:
        """The identities by which SES may be asked to send."""
        # In the sandbox a recipient is an identity of this account, and SES asks for that one as well.
        # https://github.com/aws/aws-sdk-js/issues/3641
        if plan.sandbox:
            return [sender.arn("identity/*", self)]
        # An address that is an identity itself comes before its domain: so does its authorization.
        # https://docs.aws.amazon.com/ses/latest/dg/creating-identities.html
        own = plan.identity_arn is None and plan.new_identity == plan.address
        return (
            [self.identity_arn] if own else [self.identity_arn, sender.arn(f"identity/{plan.address}", self)]
        )

    def _feed_from_stream(self, name: str, plan: StreamNotifierPlan, created: CreatedFunction) -> None:
        aws.lambda_.EventSourceMapping(
            name,
            event_source_arn=plan.stream_arn,
            function_name=created.function.arn,
            # From the oldest record on: none that was inserted before the mapping worked is passed over.
            starting_position="TRIM_HORIZON",
            batch_size=defaults.STREAM_BATCH,
            filter_criteria={"filters": [{"pattern": json.dumps({"eventName": ["INSERT"]})}]},
            maximum_record_age_in_seconds=defaults.STREAM_RECORD_AGE,
            maximum_retry_attempts=defaults.STREAM_RETRIES,
            bisect_batch_on_function_error=True,
            destination_config={"on_failure": {"destination_arn": self.failure_queue["arn"]}},
            # Lambda checks that the role may read the stream.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[created.policy]),
        )

    def _feed_from_retries(self, name: str, created: CreatedFunction) -> None:
        aws.lambda_.EventSourceMapping(
            name,
            event_source_arn=self.retry_queue["arn"],
            function_name=created.function.arn,
            batch_size=defaults.RETRY_BATCH,
            maximum_batching_window_in_seconds=defaults.RETRY_WINDOW,
            function_response_types=["ReportBatchItemFailures"],
            scaling_config={"maximum_concurrency": defaults.RETRY_CONCURRENCY},
            opts=pulumi.ResourceOptions(parent=self, depends_on=[created.policy]),
        )
