"""Three imports of one team: each with a bucket, queue and table of its own, all in one ledger."""

import pulumi
from rowrelay import BufferedWriter, CsvIngest, ImportLedger

ledger = ImportLedger("team", {})
for name, key in {"customers": "email", "products": "sku", "shops": "code"}.items():
    writer = BufferedWriter(f"{name}-writer", {"key": key, "import_ledger": ledger.import_ledger})
    ingest = CsvIngest(
        f"{name}-ingest",
        {
            "schema": {
                "fields": [{"name": key, "type": "string"}, {"name": "name", "type": "string"}],
                "primaryKey": key,
            },
            "queue": writer.queue,
            "import_ledger": ledger.import_ledger,
        },
    )
    pulumi.export(f"{name}_bucket", ingest.bucket["name"])
    pulumi.export(f"{name}_table", writer.table["name"])
pulumi.export("import_ledger", ledger.import_ledger["name"])
