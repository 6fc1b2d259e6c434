"""S3: the bucket, and the configurations that are resources of their own."""

from ..differences import resource_policy
from ..emulator import REGION
from .registry import Created, NewResource, creates
from .shapes import document, pascal, tag_list

BUCKET_NAME_LIMIT = 63  # https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
_RENAMES = {
    "id": "ID",
    "kmsMasterKeyId": "KMSMasterKeyID",
    "mfaDelete": "MFADelete",
    "sseAlgorithm": "SSEAlgorithm",
}


@creates("aws:s3/bucket:Bucket")
def bucket(resource: NewResource) -> Created:
    """Create the bucket itself."""
    s3 = resource.client("s3")
    name = resource.physical_name(BUCKET_NAME_LIMIT, prop="bucket")
    if "bucket" not in resource.inputs:
        name = name.lower()
    s3.create_bucket(Bucket=name, ObjectLockEnabledForBucket=resource.take("objectLockEnabled", False))
    if tags := resource.take("tags"):
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
def lifecycle(resource: NewResource) -> Created:
    """Set the lifecycle rules."""
    name = resource.take("bucket")
    resource.client("s3").put_bucket_lifecycle_configuration(
        Bucket=name,
        LifecycleConfiguration={"Rules": pascal(resource.take("rules"), _RENAMES)},
        **pascal(resource.take_set("transitionDefaultMinimumObjectSize")),
    )
    return name, {}


@creates("aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration")
def encryption(resource: NewResource) -> Created:
    """Set the encryption at rest."""
    name = resource.take("bucket")
    resource.client("s3").put_bucket_encryption(
        Bucket=name, ServerSideEncryptionConfiguration={"Rules": pascal(resource.take("rules"), _RENAMES)}
    )
    return name, {}


@creates("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock")
def public_access_block(resource: NewResource) -> Created:
    """Set what is closed to the public."""
    name = resource.take("bucket")
    names = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
    resource.client("s3").put_public_access_block(
        Bucket=name,
        PublicAccessBlockConfiguration=pascal({prop: resource.take(prop, False) for prop in names}),
    )
    return name, {}


@creates("aws:s3/bucketOwnershipControls:BucketOwnershipControls")
def ownership(resource: NewResource) -> Created:
    """Set who owns the objects."""
    name = resource.take("bucket")
    resource.client("s3").put_bucket_ownership_controls(
        Bucket=name, OwnershipControls={"Rules": [pascal(resource.take("rule"))]}
    )
    return name, {}


@creates("aws:s3/bucketPolicy:BucketPolicy")
def policy(resource: NewResource) -> Created:
    """Set the bucket's policy."""
    name = resource.take("bucket")
    if allowed := resource_policy(document(resource.take("policy"))):
        resource.client("s3").put_bucket_policy(Bucket=name, Policy=allowed)
    return name, {}


@creates("aws:s3/bucketCorsConfiguration:BucketCorsConfiguration")
def cors(resource: NewResource) -> Created:
    """Set the CORS rules."""
    name = resource.take("bucket")
    resource.client("s3").put_bucket_cors(
        Bucket=name, CORSConfiguration={"CORSRules": pascal(resource.take("corsRules"), _RENAMES)}
    )
    return name, {}


@creates("aws:s3/bucketVersioning:BucketVersioning")
def versioning(resource: NewResource) -> Created:
    """Set the versioning."""
    name = resource.take("bucket")
    resource.client("s3").put_bucket_versioning(
        Bucket=name, VersioningConfiguration=pascal(resource.take("versioningConfiguration"), _RENAMES)
    )
    return name, {}
