"""S3: the bucket, and the configurations that are resources of their own."""

from ..differences import resource_policy
from ..emulator import REGION
from .registry import Made, Order, creates
from .shapes import document, pascal, tag_list

BUCKET_NAME_LIMIT = 63  # https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
_RENAMES = {
    "id": "ID",
    "kmsMasterKeyId": "KMSMasterKeyID",
    "mfaDelete": "MFADelete",
    "sseAlgorithm": "SSEAlgorithm",
}


@creates("aws:s3/bucket:Bucket")
def bucket(order: Order) -> Made:
    """Create the bucket itself."""
    s3 = order.aws("s3")
    name = order.physical_name(BUCKET_NAME_LIMIT, prop="bucket")
    if "bucket" not in order.inputs:
        name = name.lower()
    s3.create_bucket(Bucket=name, ObjectLockEnabledForBucket=order.take("objectLockEnabled", False))
    if tags := order.take("tags"):
        s3.put_bucket_tagging(Bucket=name, Tagging={"TagSet": tag_list(tags)})
    return name, {
        "bucket": name,
        "arn": f"arn:aws:s3:::{name}",
        "bucketDomainName": f"{name}.s3.amazonaws.com",
        "bucketRegionalDomainName": f"{name}.s3.{REGION}.amazonaws.com",
        "bucketRegion": REGION,
        "region": REGION,
    }


@creates("aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration")
def lifecycle(order: Order) -> Made:
    """Set the lifecycle rules."""
    name = order.take("bucket")
    order.aws("s3").put_bucket_lifecycle_configuration(
        Bucket=name,
        LifecycleConfiguration={"Rules": pascal(order.take("rules"), _RENAMES)},
        **pascal(order.take_set("transitionDefaultMinimumObjectSize")),
    )
    return name, {}


@creates("aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration")
def encryption(order: Order) -> Made:
    """Set the encryption at rest."""
    name = order.take("bucket")
    order.aws("s3").put_bucket_encryption(
        Bucket=name, ServerSideEncryptionConfiguration={"Rules": pascal(order.take("rules"), _RENAMES)}
    )
    return name, {}


@creates("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock")
def public_access_block(order: Order) -> Made:
    """Set what is closed to the public."""
    name = order.take("bucket")
    names = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
    order.aws("s3").put_public_access_block(
        Bucket=name,
        PublicAccessBlockConfiguration=pascal({prop: order.take(prop, False) for prop in names}),
    )
    return name, {}


@creates("aws:s3/bucketOwnershipControls:BucketOwnershipControls")
def ownership(order: Order) -> Made:
    """Set who owns the objects."""
    name = order.take("bucket")
    order.aws("s3").put_bucket_ownership_controls(
        Bucket=name, OwnershipControls={"Rules": [pascal(order.take("rule"))]}
    )
    return name, {}


@creates("aws:s3/bucketPolicy:BucketPolicy")
def policy(order: Order) -> Made:
    """Set the bucket's policy."""
    name = order.take("bucket")
    if allowed := resource_policy(document(order.take("policy"))):
        order.aws("s3").put_bucket_policy(Bucket=name, Policy=allowed)
    return name, {}


@creates("aws:s3/bucketCorsConfiguration:BucketCorsConfiguration")
def cors(order: Order) -> Made:
    """Set the CORS rules."""
    name = order.take("bucket")
    order.aws("s3").put_bucket_cors(
        Bucket=name, CORSConfiguration={"CORSRules": pascal(order.take("corsRules"), _RENAMES)}
    )
    return name, {}


@creates("aws:s3/bucketVersioning:BucketVersioning")
def versioning(order: Order) -> Made:
    """Set the versioning."""
    name = order.take("bucket")
    order.aws("s3").put_bucket_versioning(
        Bucket=name, VersioningConfiguration=pascal(order.take("versioningConfiguration"), _RENAMES)
    )
    return name, {}
