"""The program: settings in, three components, outputs out."""

import pulumi

from components import BufferedWriter, CsvIngest, StreamNotifier, create_dashboard
from deployed import check_key
from settings import load_settings

settings = load_settings()
check_key(settings.parsed_schema.key, settings.parsed_schema.key_type)
if settings.alarm_topic_arn is None:
    pulumi.log.info(
        "Nobody hears of this stack's alarms. Name an SNS topic: pulumi config set rowrelay:alarmTopicArn ARN"
    )

writer = BufferedWriter(
    "writer",
    {
        "key": settings.parsed_schema.key,
        "key_type": settings.parsed_schema.key_type,
        "on_conflict": settings.on_conflict,
        "log_retention_days": settings.log_retention_days,
        "alarm_topic_arn": settings.alarm_topic_arn,
        "protect_data": settings.protect_data,
    },
)

ingest = CsvIngest(
    "ingest",
    {
        "schema": settings.schema,
        "queue": writer.queue,
        "import_ledger": writer.import_ledger,
        "upload_prefix": settings.upload_prefix,
        "rows_per_chunk": settings.rows_per_chunk,
        "cors_origins": settings.cors_origins,
        "uploads_expire_days": settings.uploads_expire_days,
        "reports_expire_days": settings.reports_expire_days,
        "log_retention_days": settings.log_retention_days,
        "alarm_topic_arn": settings.alarm_topic_arn,
        "protect_data": settings.protect_data,
    },
)

notifier = StreamNotifier(
    "notifier",
    {
        "stream_arn": writer.stream_arn,
        "sender": settings.sender,
        "mail": settings.mail,
        "identity": settings.identity,
        "identity_arn": settings.existing_identity_arn,
        "configuration_set": settings.existing_configuration_set,
        "sandbox": settings.sandbox,
        "address_column": settings.address_column,
        "columns": list(settings.parsed_schema.columns),
        "import_ledger": writer.import_ledger,
        "log_retention_days": settings.log_retention_days,
        "alarm_topic_arn": settings.alarm_topic_arn,
        "protect_data": settings.protect_data,
    },
)

dashboard = create_dashboard("dashboard", ingest, writer, notifier)

outputs = {
    "bucket": ingest.bucket["name"],
    "upload_prefix": ingest.upload_prefix,
    "queue_url": writer.queue["url"],
    "dead_letter_queue_url": writer.dead_letter_queue["url"],
    "ingest_failure_queue_url": ingest.failure_queue["url"],
    "retry_queue_url": notifier.retry_queue["url"],
    "notifier_failure_queue_url": notifier.failure_queue["url"],
    "key": settings.parsed_schema.key,
    "key_type": settings.parsed_schema.key_type,
    "table": writer.table["name"],
    "import_ledger": writer.import_ledger["name"],
    "mail_ledger": notifier.mail_ledger["name"],
    "functions": {
        "process_csv": ingest.function_name,
        "insert_records": writer.function_name,
        "send_email": notifier.function_name,
    },
    "dashboard": dashboard.dashboard_name,
    "identity": notifier.identity_arn,
    "dkim_records": notifier.dkim_records,
    "sender": settings.sender,
}
for name, value in outputs.items():
    pulumi.export(name, value)
