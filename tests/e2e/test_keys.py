"""A program with a KMS key of its own in the embedded AWS: what is created names it, and a file passes."""

import json
from collections.abc import Iterator

import pytest

from local.embedded import Deployment, embedded_aws

from .tiny import program_in, until

pytestmark = pytest.mark.e2e

PROGRAM = """
import pulumi
import pulumi_aws as aws

from components import BufferedWriter, CsvIngest

key = aws.kms.Key("data", enable_key_rotation=True, deletion_window_in_days=7, tags={"of": "keys"})
alias = aws.kms.Alias("ours", target_key_id=key.key_id)
schema = {"fields": [{"name": "email", "type": "string"}], "primaryKey": "email"}
writer = BufferedWriter("writer", {"key": "email", "kms_key_arn": alias.target_key_arn})
ingest = CsvIngest(
    "ingest",
    {
        "schema": schema,
        "queue": writer.queue,
        "import_ledger": writer.import_ledger,
        "kms_key_arn": alias.target_key_arn,
    },
)
pulumi.export("key", key.arn)
pulumi.export("alias", alias.name)
pulumi.export("bucket", ingest.bucket["name"])
pulumi.export("queues", [writer.queue["url"], writer.dead_letter_queue["url"], ingest.failure_queue["url"]])
pulumi.export("tables", [writer.table["name"], writer.import_ledger["name"]])
"""


@pytest.fixture(scope="module")
def keyed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    with embedded_aws(root=program_in(tmp_path_factory.mktemp("keyed"), PROGRAM)) as deployment:
        yield deployment


def emails(deployment: Deployment) -> set[str]:
    found = deployment.client("dynamodb").scan(TableName=deployment.outputs["tables"][0])["Items"]
    return {item["email"]["S"] for item in found}


def upload(deployment: Deployment, key: str, email: str) -> None:
    body = f"email\n{email}\n".encode()
    deployment.client("s3").put_object(Bucket=deployment.outputs["bucket"], Key=f"uploads/{key}", Body=body)


def test_the_key_is_as_declared(keyed: Deployment) -> None:
    kms, key = keyed.client("kms"), keyed.outputs["key"]
    assert kms.describe_key(KeyId=keyed.outputs["alias"])["KeyMetadata"]["Arn"] == key
    assert kms.get_key_rotation_status(KeyId=key)["KeyRotationEnabled"] is True
    assert kms.list_resource_tags(KeyId=key)["Tags"] == [{"TagKey": "of", "TagValue": "keys"}]


def test_bucket_queues_and_tables_name_the_key(keyed: Deployment) -> None:
    key = keyed.outputs["key"]
    encryption = keyed.client("s3").get_bucket_encryption(Bucket=keyed.outputs["bucket"])
    (rule,) = encryption["ServerSideEncryptionConfiguration"]["Rules"]
    assert rule["ApplyServerSideEncryptionByDefault"] == {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}
    assert rule["BucketKeyEnabled"] is True
    for url in keyed.outputs["queues"]:
        of = keyed.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
        assert (of["KmsMasterKeyId"], of["KmsDataKeyReusePeriodSeconds"]) == (key, "300")
    for name in keyed.outputs["tables"]:
        table = keyed.client("dynamodb").describe_table(TableName=name)["Table"]
        assert (table["SSEDescription"]["SSEType"], table["SSEDescription"]["KMSMasterKeyArn"]) == (
            "KMS",
            key,
        )


def test_a_file_passes_while_the_keys_policy_lets_it(keyed: Deployment) -> None:
    upload(keyed, "one.csv", "ann@example.com")
    until(lambda: emails(keyed) == {"ann@example.com"})
    kms, key = keyed.client("kms"), keyed.outputs["key"]
    nobody = {"Version": "2012-10-17", "Statement": []}
    kms.put_key_policy(KeyId=key, PolicyName="default", Policy=json.dumps(nobody))
    upload(keyed, "two.csv", "bob@example.com")
    failures = keyed.outputs["queues"][2]
    waiting = {"QueueUrl": failures, "AttributeNames": ["ApproximateNumberOfMessages"]}
    sqs = keyed.client("sqs")
    until(lambda: int(sqs.get_queue_attributes(**waiting)["Attributes"]["ApproximateNumberOfMessages"]))
    assert emails(keyed) == {"ann@example.com"}
