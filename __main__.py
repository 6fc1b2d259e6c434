"""The program: settings in, four components, outputs out."""

import pulumi

from components import BufferedWriter, CsvIngest, ImportLedger, StreamNotifier, create_dashboard
from deployed import check_key
from settings import load_settings

settings = load_settings()
after_check = pulumi.ResourceOptions(depends_on=[check_key(settings.key, settings.key_type)])
if settings.alarm_actions is None:
    pulumi.log.info(
        "Nobody hears of this stack's alarms. Name an SNS topic: pulumi config set rowrelay:alarmTopicArn ARN"
    )

ledger = ImportLedger("ledger", settings.ledger_args(), after_check)
writer = BufferedWriter("writer", settings.writer_args(ledger.import_ledger), after_check)
ingest = CsvIngest("ingest", settings.ingest_args(writer.queue, ledger.import_ledger), after_check)
notifier = StreamNotifier(
    "notifier", settings.notifier_args(writer.stream_arn, ledger.import_ledger), after_check
)
dashboard = create_dashboard("dashboard", ingest=ingest, writer=writer, notifier=notifier, ledger=ledger)

outputs = {
    "bucket": ingest.bucket["name"],
    "upload_prefix": ingest.upload_prefix,
    "schema": settings.schema,
    "read_options": settings.read_options,
    "queue_url": writer.queue["url"],
    "dead_letter_queue_url": writer.dead_letter_queue["url"],
    "ingest_failure_queue_url": ingest.failure_queue["url"],
    "notifier_failure_queue_url": notifier.failure_queue["url"],
    "key": settings.key,
    "key_type": settings.key_type,
    "table": writer.table["name"],
    "import_ledger": ledger.import_ledger["name"],
    "mail_ledger": notifier.mail_ledger["name"],
    "mail_columns": notifier.mail_columns,
    "ledgers_expire_days": notifier.ledgers_expire_days,
    "functions": {
        "process_csv": ingest.function_name,
        "insert_records": writer.function_name,
        "send_email": notifier.function_name,
        "mail_round": notifier.round_function_name,
        "bookkeeper": ledger.function_name,
    },
    "dashboard": dashboard.dashboard_name,
    "identity": notifier.identity_arn,
    "dkim_records": notifier.dkim_records,
    "sender": settings.sender,
}
if settings.transform_rows:
    outputs["transform_rows"] = settings.transform_rows
for name, value in outputs.items():
    pulumi.export(name, value)
