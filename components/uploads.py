"""The bucket that files are uploaded to and reports are written to."""

import re

import pulumi
from pulumi_aws import s3

from . import defaults
from .contracts import CONTINUATIONS_PREFIX, REPORTS_PREFIX
from .policies import tls_only

# What needs no encoding in an event's key and means nothing in an IAM resource; and no period-only path
# segments, such as ../, which some clients resolve before they send the request:
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html
_PREFIX = re.compile(r"(?:(?!\.+/)[A-Za-z0-9!_.'()-]+/)+")
_PREFIX_MAX = defaults.OBJECT_KEY_BYTES_MAX // 2  # the rest is for the files' own names
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/ManageCorsUsing.html: one * at most
_ORIGIN = re.compile(r"https?://(?:\*\.)?[A-Za-z0-9.-]+(?::[0-9]{1,5})?")


def prefix_problem(prefix: str) -> str | None:
    """What is wrong with an upload prefix, if anything."""
    if not _PREFIX.fullmatch(prefix) or len(prefix) > _PREFIX_MAX:
        return (
            "expected folders of letters, digits and !-_.'(), none of dots alone, each ending with /, "
            f"such as uploads/, in at most {_PREFIX_MAX} characters "
            f"(keys have {defaults.OBJECT_KEY_BYTES_MAX:,}), got {prefix!r}"
        )
    for own in (REPORTS_PREFIX, CONTINUATIONS_PREFIX):
        if prefix.startswith(own):
            return f"overlaps {own}, so that what process_csv writes there would be imported; got {prefix!r}"
    return None


def origin_problems(origins: list[str]) -> list[str]:
    """What is wrong with the origins for CORS."""
    expected = "expected an origin such as https://app.example.com or https://*.example.com"
    return [f"{expected}, got {origin!r}" for origin in origins if not _ORIGIN.fullmatch(origin)]


def create_uploads_bucket(
    name: str,
    parent: pulumi.Resource,
    *,
    prefix: str,
    uploads_expire_days: int,
    reports_expire_days: int,
    cors_origins: list[str],
    keep: bool,
    kms_key: pulumi.Input[str] | None,
) -> s3.Bucket:
    """Create the bucket `{name}` and its settings.

    Deleting it deletes what is in it; with `keep`, Pulumi refuses to delete it. `kms_key` is a KMS key's ARN;
    without one, S3 encrypts with keys of its own.
    """
    child = pulumi.ResourceOptions(parent=parent)
    protected = pulumi.ResourceOptions(parent=parent, protect=keep)
    bucket = s3.Bucket(name, force_destroy=not keep, opts=protected)
    _secure(name, bucket, kms_key, child)
    rules = [_expire("uploads", prefix, uploads_expire_days)]
    rules += [_expire("continuations", CONTINUATIONS_PREFIX, uploads_expire_days)]
    rules += [_expire("reports", REPORTS_PREFIX, reports_expire_days), _give_up_unfinished()]
    s3.BucketLifecycleConfiguration(f"{name}-lifecycle", bucket=bucket.bucket, rules=rules, opts=child)
    if cors_origins:
        _allow_origins(f"{name}-cors", bucket, cors_origins, child)
    return bucket


def _secure(
    name: str, bucket: s3.Bucket, kms_key: pulumi.Input[str] | None, child: pulumi.ResourceOptions
) -> None:
    s3.BucketServerSideEncryptionConfiguration(
        f"{name}-encryption",
        bucket=bucket.bucket,
        rules=[_encryption(kms_key)],
        opts=child,
    )
    s3.BucketOwnershipControls(
        f"{name}-ownership",
        bucket=bucket.bucket,
        rule={"object_ownership": "BucketOwnerEnforced"},
        opts=child,
    )
    private = s3.BucketPublicAccessBlock(
        f"{name}-public-access",
        bucket=bucket.bucket,
        block_public_acls=True,
        block_public_policy=True,
        ignore_public_acls=True,
        restrict_public_buckets=True,
        opts=child,
    )
    s3.BucketPolicy(
        f"{name}-policy",
        bucket=bucket.bucket,
        policy=tls_only("s3:*", bucket.arn, pulumi.Output.concat(bucket.arn, "/*")),
        # S3 refuses to change both at once (OperationAborted).
        opts=pulumi.ResourceOptions.merge(child, pulumi.ResourceOptions(depends_on=[private])),
    )


def _encryption(
    kms_key: pulumi.Input[str] | None,
) -> s3.BucketServerSideEncryptionConfigurationRuleArgs:
    default = s3.BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefaultArgs
    if kms_key is None:
        by_default = default(sse_algorithm="AES256")
    else:
        by_default = default(sse_algorithm="aws:kms", kms_master_key_id=kms_key)
    return s3.BucketServerSideEncryptionConfigurationRuleArgs(
        apply_server_side_encryption_by_default=by_default,
        # A key of the bucket's own, made with KMS's, spares a call to KMS for each object.
        # https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-key.html
        bucket_key_enabled=None if kms_key is None else True,
    )


def _expire(name: str, prefix: str, days: int) -> s3.BucketLifecycleConfigurationRuleArgs:
    return s3.BucketLifecycleConfigurationRuleArgs(
        id=name,
        status="Enabled",
        filter=s3.BucketLifecycleConfigurationRuleFilterArgs(prefix=prefix),
        expiration=s3.BucketLifecycleConfigurationRuleExpirationArgs(days=days),
    )


def _give_up_unfinished() -> s3.BucketLifecycleConfigurationRuleArgs:
    after = s3.BucketLifecycleConfigurationRuleAbortIncompleteMultipartUploadArgs(
        days_after_initiation=defaults.ABORT_MULTIPART_DAYS
    )
    return s3.BucketLifecycleConfigurationRuleArgs(
        id="unfinished",
        status="Enabled",
        filter=s3.BucketLifecycleConfigurationRuleFilterArgs(prefix=""),
        abort_incomplete_multipart_upload=after,
    )


def _allow_origins(name: str, bucket: s3.Bucket, origins: list[str], child: pulumi.ResourceOptions) -> None:
    # POST alone: browsers upload by presigned POST.
    s3.BucketCorsConfiguration(
        name,
        bucket=bucket.bucket,
        cors_rules=[{"allowed_methods": ["POST"], "allowed_origins": origins, "allowed_headers": ["*"]}],
        opts=child,
    )
