"""A bucket that exists, shared by two imports and whoever else hears of its objects, by EventBridge."""

import pulumi
import pulumi_aws as aws
from rowrelay import BufferedWriter, CsvIngest

# The bucket, and that it tells EventBridge of its objects, are its owner's.
bucket = aws.s3.Bucket("shared", force_destroy=True)
aws.s3.BucketNotification("shared", bucket=bucket.bucket, eventbridge=True)

SCHEMAS = {
    "customers": {
        "fields": [
            {"name": "email", "type": "string", "format": "email"},
            {"name": "name", "type": "string"},
        ],
        "primaryKey": "email",
    },
    "products": {
        "fields": [{"name": "sku", "type": "string"}, {"name": "price", "type": "number"}],
        "primaryKey": "sku",
    },
}
for name, schema in SCHEMAS.items():
    writer = BufferedWriter(name, {"key": schema["primaryKey"]})
    CsvIngest(
        name,
        {
            "schema": schema,
            "queue": writer.queue,
            "import_ledger": writer.import_ledger,
            "bucket": {"name": bucket.bucket, "arn": bucket.arn},
            "notification": "eventbridge",
            "upload_prefix": f"{name}/",
        },
    )
    pulumi.export(name, writer.table["name"])
pulumi.export("bucket", bucket.bucket)
