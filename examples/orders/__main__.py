"""Orders rather than people: another schema, a numeric key, and nobody is mailed."""

import pulumi
from rowrelay import BufferedWriter, CsvIngest, create_dashboard, load_schema

schema = load_schema("orders.json")
writer = BufferedWriter("orders-writer", {"key": schema["primaryKey"], "key_type": "N"})
ingest = CsvIngest(
    "orders-ingest",
    {
        "schema": schema,
        "queue": writer.queue,
        "import_ledger": writer.import_ledger,
        "upload_prefix": "orders/",
    },
)
create_dashboard("orders", ingest=ingest, writer=writer)
pulumi.export("bucket", ingest.bucket["name"])
pulumi.export("table", writer.table["name"])
