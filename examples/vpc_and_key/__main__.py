"""Functions in a VPC of yours, everything at rest under your key, roles within your boundary."""

import pulumi
from rowrelay import BufferedWriter, CsvIngest, FunctionArgs, load_schema

config = pulumi.Config()
key = config.require("kmsKeyArn")
function: FunctionArgs = {
    "vpc": {
        "subnet_ids": config.require_object("subnetIds"),
        "security_group_ids": config.require_object("securityGroupIds"),
    },
    "kms_key_arn": key,
    "log_kms_key_arn": key,
    "permissions_boundary_arn": config.require("permissionsBoundaryArn"),
    "tracing": "Active",
}
writer = BufferedWriter("writer", {"key": "email", "kms_key_arn": key, "function": function})
ingest = CsvIngest(
    "ingest",
    {
        "schema": load_schema("people.json"),
        "queue": writer.queue,
        "import_ledger": writer.import_ledger,
        "kms_key_arn": key,
        "function": function,
    },
)
pulumi.export("bucket", ingest.bucket["name"])
pulumi.export("table", writer.table["name"])
