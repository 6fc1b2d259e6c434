"""How long AWS takes to answer a call: what a benchmark adds where the emulator, or a stub, answers at once.

Typical times from a function in the same region, over connections that are open; each with its source, or
"estimate". What they are for is how calls are laid beside each other, which no exact figure changes.
"""

from dataclasses import dataclass

from botocore import xform_name

_ESTIMATE = "estimate"
# "For most singleton operations, such as GetItem and PutItem, ... an average latency in single-digit
# milliseconds"; the client and the way there come on top.
_DYNAMODB = "https://repost.aws/knowledge-center/dynamodb-high-latency"
# "small requests (for example, less than 512 KB), where median latencies are often in the tens of
# milliseconds"
_S3 = (
    "https://docs.aws.amazon.com/whitepapers/latest/s3-optimizing-performance-best-practices/"
    "timeouts-and-retries-for-latency-sensitive-applications.html"
)


@dataclass(frozen=True)
class Answer:
    """How long a call waits for its answer, in milliseconds, and who says so."""

    milliseconds: float
    source: str = _ESTIMATE


ANSWERS = {
    # DynamoDB; a statement of a batch is a write of its own, and the slowest of 25 counts
    "GetItem": Answer(4, _DYNAMODB),
    "PutItem": Answer(5, _DYNAMODB),
    "UpdateItem": Answer(5, _DYNAMODB),
    "Query": Answer(6),
    "BatchGetItem": Answer(8),
    "BatchWriteItem": Answer(10),
    "BatchExecuteStatement": Answer(12),
    "TransactGetItems": Answer(12),
    "TransactWriteItems": Answer(20),
    # S3; GetObject to the first byte
    "GetObject": Answer(30, _S3),
    "HeadObject": Answer(20, _S3),
    "PutObject": Answer(40, _S3),
    "CreateMultipartUpload": Answer(40),
    "UploadPart": Answer(200),  # 5 MiB
    "CompleteMultipartUpload": Answer(100),
    # SQS: ten messages of some 16 KB
    "SendMessageBatch": Answer(15),
    # SES: fifty mails, which are made of a template before it answers; one mail
    "SendBulkEmail": Answer(350),
    "SendEmail": Answer(60),
    "GetAccount": Answer(50),
    # Others
    "Invoke": Answer(20),  # asynchronously
    "PutEvents": Answer(15),
}
SECONDS = {operation: answer.milliseconds / 1000 for operation, answer in ANSWERS.items()}
# The same by boto3's methods.
METHOD_SECONDS = {xform_name(operation): seconds for operation, seconds in SECONDS.items()}
