"""What a backend needs to let a browser upload one file: a presigned POST.

Call it where you know who the user is, hand the answer to the page (`upload.html`), and set the page's origin
as `corsOrigins`. The caller's role needs `s3:PutObject` on the bucket's upload prefix, and nothing else.
https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-UsingHTTPPOST.html
"""

import uuid
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

MAX_BYTES = 1024**3
SECONDS = 600


def presign(s3: "S3Client", bucket: str, upload_prefix: str, file_name: str) -> dict[str, Any]:
    """Allow one upload of at most MAX_BYTES within SECONDS, under a key of its own.

    Args:
        s3: The client, made with `config=Config(signature_version="s3v4")`: else boto3 signs forms by
            version 2 in the older regions, which S3 refuses for buckets made since June 2020.
            https://docs.aws.amazon.com/AmazonS3/latest/API/specify-signature-version.html
        bucket: The stack's output `bucket`.
        upload_prefix: The stack's output `upload_prefix`.
        file_name: The file's name in the browser; its folders are dropped.

    Returns:
        `url`, and the `fields` that the form sends before the file.
    """
    key = f"{upload_prefix}{uuid.uuid4().hex}/{PurePosixPath(file_name).name}"
    size: Any = ["content-length-range", 1, MAX_BYTES]
    return s3.generate_presigned_post(bucket, key, Conditions=[size], ExpiresIn=SECONDS)
