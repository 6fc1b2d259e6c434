"""Stripe's customers: an export of another service, whose one column for the name becomes two."""

import pulumi
from rowrelay import BufferedWriter, CsvIngest, load_schema, load_transform

schema = load_schema("customers.json")
writer = BufferedWriter("customers-writer", {"key": schema["primaryKey"]})
ingest = CsvIngest(
    "customers-ingest",
    {
        "schema": schema,
        "queue": writer.queue,
        "import_ledger": writer.import_ledger,
        "upload_prefix": "stripe/",
        "transform_rows": load_transform("transform_rows.py"),
    },
)
pulumi.export("bucket", ingest.bucket["name"])
pulumi.export("table", writer.table["name"])
