"""StreamNotifier: every record inserted into a table brings one mail."""

import json
from dataclasses import replace
from typing import Optional

import pulumi
import pulumi_aws as aws

from . import defaults, existing, keys, mail_roles, queues, sender, tables
from .alarms import create_alarms
from .arns import arn_of
from .bookkeeper import say_of_function, use_import_ledger
from .contracts import MAILING_PARTS, Variable
from .function import CreatedFunction, FunctionSpec, create_function
from .function_args import FunctionPlan
from .mail_texts import MailTexts
from .outputs import outputs_of
from .policies import Statement
from .references import DkimRecord, ImportLedgerReference, QueueReference, TableReference
from .scheduled_function import create_scheduled_function
from .stream_notifier_args import StreamNotifierArgs, StreamNotifierPlan, plan_stream_notifier

__all__ = ["MailTexts", "StreamNotifier", "StreamNotifierArgs"]


class StreamNotifier(pulumi.ComponentResource):
    """Every record inserted into a table is sent one mail; what cannot be sent now waits in the mail ledger.

    Children of a component `x`, besides those that exist already:
    x-identity; x-configuration-set; x-mails; x-imports, x-imports-stuck, x-bookkeeper,
    x-bookkeeper-logs, x-bookkeeper-role, x-bookkeeper-policy, x-bookkeeper-errors, x-bookkeeper-throttles,
    x-bookkeeper-stopped, x-bookkeeper-async, x-bookkeeper-schedule, x-bookkeeper-schedule-permission,
    x-bookkeeper-schedule-target; x-mailing; x-failures, x-failures-policy, x-failures-depth;
    x-send-email, x-send-email-logs, x-send-email-role, x-send-email-policy, x-send-email-errors,
    x-send-email-throttles, x-send-email-undelivered, x-send-email-iterator-age, x-send-email-stream;
    x-mail-round, x-mail-round-logs, x-mail-round-role, x-mail-round-policy, x-mail-round-errors,
    x-mail-round-throttles, x-mail-round-stopped, x-mail-round-async, x-mail-round-schedule,
    x-mail-round-schedule-permission, x-mail-round-schedule-target; x-mails-door-shut, x-mails-owed-age,
    x-mails-held, x-mails-undeliverable; x-reputation-bounces, x-reputation-complaints.

    Raises ArgumentsError with everything that is wrong with the arguments, before anything is created.
    """

    identity_arn: pulumi.Output[str]
    """The SES identity."""
    dkim_records: pulumi.Output[list[DkimRecord]]
    """The DNS records that prove a domain created here; none for an address."""
    configuration_set: pulumi.Output[str]
    """The name of the SES configuration set."""
    mail_ledger: TableReference
    """The ledger of mails, which also has what waits."""
    import_ledger: ImportLedgerReference
    """The import ledger."""
    mail_columns: pulumi.Output[list[str]]
    """The columns that the mail and its address use."""
    ledgers_expire_days: pulumi.Output[int]
    """After how many days the ledgers forget an import and the mails that are done with."""
    failure_queue: QueueReference
    """Where Lambda's notes wait of the batches of the stream that it gave up."""
    function_name: pulumi.Output[str]
    """The name of the function that sends what the stream brings."""
    function_arn: pulumi.Output[str]
    """The ARN of the function that sends what the stream brings."""
    round_function_name: pulumi.Output[str]
    """The name of the function that sends what waits."""
    round_function_arn: pulumi.Output[str]
    """The ARN of the function that sends what waits."""
    role_name: pulumi.Output[str]
    """The name of the role of the function that sends what the stream brings."""
    role_arn: pulumi.Output[str]
    """The ARN of the role of the function that sends what the stream brings."""
    round_role_name: pulumi.Output[str]
    """The name of the role of the function that sends what waits."""
    round_role_arn: pulumi.Output[str]
    """The ARN of the role of the function that sends what waits."""
    log_group_name: pulumi.Output[str]
    """The name of the log group of the function that sends what the stream brings."""
    round_log_group_name: pulumi.Output[str]
    """The name of the log group of the function that sends what waits."""
    mapping_id: pulumi.Output[str]
    """The UUID of the event source mapping, by which the stream feeds its function."""
    alarm_arns: pulumi.Output[dict[str, str]]
    """The ARNs of the alarms, by their names without the component's."""

    def __init__(
        self, name: str, args: StreamNotifierArgs, opts: Optional[pulumi.ResourceOptions] = None
    ) -> None:
        plan = plan_stream_notifier(name, args)
        super().__init__("rowrelay:index:StreamNotifier", name, None, opts)
        self._kms_key = keys.usable_key(plan.common.kms_key_arn, self)
        self._use_identity(f"{name}-identity", plan)
        self._use_configuration_set(f"{name}-configuration-set", plan)
        self._use_ledgers(name, plan)
        failures = queues.create_failure_queue(f"{name}-failures", self, self._kms_key)
        self.failure_queue = queues.reference(failures)
        created = self._create_function(f"{name}-send-email", plan)
        said = say_of_function(f"{name}-mailing", self.import_ledger, MAILING_PARTS, self.function_name, self)
        self._feed_from_stream(f"{name}-send-email-stream", plan, [created.policy, said])
        self._create_round(f"{name}-mail-round", plan)
        self.alarm_arns = create_alarms(name, plan.common.alarms, self._watched(), self)
        self.register_outputs(outputs_of(self))

    def _use_identity(self, name: str, plan: StreamNotifierPlan) -> None:
        if plan.identity_arn is not None:
            own = sender.own_identity(plan.identity_arn, self)
            self.identity_arn = existing.proven_identity(own, self)
            self.dkim_records = pulumi.Output.from_input([])
            return
        identity = sender.create_identity(name, plan.new_identity, self)
        self.identity_arn = identity.arn
        self.dkim_records = sender.dkim_records(identity, self)

    def _use_configuration_set(self, name: str, plan: StreamNotifierPlan) -> None:
        if plan.configuration_set is not None:
            self.configuration_set = pulumi.Output.from_input(plan.configuration_set)
            named = pulumi.Output.concat("configuration-set/", plan.configuration_set)
            self._configuration_set_arn = arn_of("ses", named, self)
            return
        created = sender.create_configuration_set(name, plan.new_configuration_set, self)
        self.configuration_set = created.configuration_set_name
        self._configuration_set_arn = created.arn

    def _use_ledgers(self, name: str, plan: StreamNotifierPlan) -> None:
        self.mail_ledger = tables.reference(
            tables.create_mail_ledger(f"{name}-mails", plan.common.protect_data, self, self._kms_key)
        )
        ledger = use_import_ledger(name, plan.common, plan.function, self, self._kms_key)
        self.import_ledger, self._of_ledger = ledger.reference, ledger.watched
        self.ledgers_expire_days = pulumi.Output.from_input(plan.common.ledgers_expire_days)
        self.mail_columns = pulumi.Output.from_input(plan.mail_columns)

    def _create_function(self, name: str, plan: StreamNotifierPlan) -> CreatedFunction:
        description = "Sends one mail for each record inserted into the table"
        mails = self._mail_resources(plan)
        statements = mail_roles.stream_statements(
            plan.stream_arn, self.failure_queue, self.mail_ledger, self.import_ledger, mails
        )
        statements += keys.allow_key(self._kms_key, keys.QUEUES, keys.TABLES)
        spec = self._spec("handler", description, plan, plan.function, statements)
        created = create_function(name, spec, self)
        self.function_name, self.function_arn = created.function.name, created.function.arn
        self.role_name, self.role_arn = created.role.name, created.role.arn
        self.log_group_name = created.logs.name
        return created

    def _watched(self) -> dict[str, pulumi.Output[str]]:
        """What the alarms are of."""
        return {
            "failures": queues.queue_name(self.failure_queue),
            "send-email": self.function_name,
            "mail-round": self.round_function_name,
            **self._of_ledger,
        }

    def _create_round(self, name: str, plan: StreamNotifierPlan) -> None:
        description = "Sends the mails that wait, each minute"
        mails = self._mail_resources(plan)
        statements = mail_roles.round_statements(self.mail_ledger, self.import_ledger, mails)
        statements += keys.allow_key(self._kms_key, keys.TABLES)
        # Two rounds at once agree by a lease, so there is no need to reserve concurrency for one.
        function = replace(plan.function, timeout=defaults.MAIL_ROUND_TIMEOUT, reserved_concurrency=None)
        spec = self._spec("round_handler", description, plan, function, statements)
        created = create_scheduled_function(name, spec, self)
        self.round_function_name, self.round_function_arn = created.function.name, created.function.arn
        self.round_role_name, self.round_role_arn = created.role.name, created.role.arn
        self.round_log_group_name = created.logs.name

    def _spec(
        self,
        module: str,
        description: str,
        plan: StreamNotifierPlan,
        function: FunctionPlan,
        statements: list[Statement],
    ) -> FunctionSpec:
        """Both functions are one bundle, and are told the same."""
        return FunctionSpec(
            package="send_email",
            module=module,
            description=description,
            code=plan.code,
            plan=function,
            environment={
                Variable.MAILS_TABLE: self.mail_ledger["name"],
                Variable.IMPORTS_TABLE: self.import_ledger["name"],
                Variable.SENDER: plan.sender,
                Variable.CONFIGURATION_SET: self.configuration_set,
                Variable.ADDRESS_COLUMN: plan.address_column,
                # A claim is somebody's for as long as either function may run.
                Variable.CLAIM_SECONDS: str(max(plan.function.timeout, defaults.MAIL_ROUND_TIMEOUT)),
                Variable.LEDGERS_EXPIRE_DAYS: str(plan.common.ledgers_expire_days),
            },
            statements=statements,
        )

    def _mail_resources(self, plan: StreamNotifierPlan) -> list[pulumi.Input[str]]:
        """What SES asks a right to when it is to send a mail."""
        identities = sender.sending_identities(
            self.identity_arn, plan.address, own=plan.own_identity, sandbox=plan.sandbox, parent=self
        )
        # A template's even of mails that bring their own.
        return [*identities, arn_of("ses", "template/*", self), self._configuration_set_arn]

    def _feed_from_stream(self, name: str, plan: StreamNotifierPlan, after: list[pulumi.Resource]) -> None:
        mapping = aws.lambda_.EventSourceMapping(
            name,
            event_source_arn=existing.stream_with_new_images(plan.stream_arn, self),
            function_name=self.function_arn,
            # From the oldest record on: none that was inserted before the mapping worked is passed over.
            starting_position="TRIM_HORIZON",
            batch_size=defaults.STREAM_BATCH,
            filter_criteria={"filters": [{"pattern": json.dumps({"eventName": ["INSERT"]})}]},
            maximum_record_age_in_seconds=defaults.STREAM_RECORD_AGE,
            maximum_retry_attempts=defaults.STREAM_RETRIES,
            bisect_batch_on_function_error=True,
            destination_config={"on_failure": {"destination_arn": self.failure_queue["arn"]}},
            # Lambda checks that the role may read the stream.
            opts=pulumi.ResourceOptions(parent=self, depends_on=after),
        )
        self.mapping_id = mapping.id
