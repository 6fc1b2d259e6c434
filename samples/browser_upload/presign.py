"""What a backend needs to let a browser upload one file: a presigned POST.

Call it where you know who the user is, hand the answer to the page (`upload.html`), and set the page's origin
as `corsOrigins`. The caller's role needs `s3:PutObject` on the bucket's upload prefix, and nothing else.
https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-UsingHTTPPOST.html
"""

import uuid
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

MAX_BYTES = 1024**3
SECONDS = 600


def s3_client(region: str, **options: Any) -> "S3Client":
    """A client that presigns by Signature Version 4, as not every client does by itself.

    Args:
        region: The bucket's own, the stack's `aws:region`: a signature counts in one region only.
        options: Others of boto3's, such as credentials.
    """
    config = Config(
        signature_version="s3v4",
        s3={"addressing_style": "virtual", "us_east_1_regional_endpoint": "regional"},
    )
    return boto3.client("s3", region_name=region, config=config, **options)


def presign(s3: "S3Client", bucket: str, upload_prefix: str, file_name: str) -> dict[str, Any]:
    """Allow one upload of 1 to MAX_BYTES bytes within SECONDS, under a key of its own.

    Args:
        s3: What `s3_client` gives.
        bucket: The stack's output `bucket`.
        upload_prefix: The stack's output `upload_prefix`.
        file_name: The file's name in the browser; its folders are dropped.

    Returns:
        `url`, and the `fields` that the form sends before the file.

    Raises:
        ValueError: the client signs otherwise.
    """
    # S3 replaces ${filename} in a key by what the browser says, and boto3 allows any key for it.
    name = PurePosixPath(file_name).name.replace("$", "_")
    key = f"{upload_prefix}{uuid.uuid4().hex}/{name}"
    size: Any = ["content-length-range", 1, MAX_BYTES]
    answer = s3.generate_presigned_post(bucket, key, Conditions=[size], ExpiresIn=SECONDS)
    if "x-amz-signature" not in answer["fields"]:
        raise ValueError("The client must sign by Signature Version 4; make it with s3_client().")
    return answer
