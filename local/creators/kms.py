"""KMS: the key, and its alias."""

from .registry import Created, NewResource, creates
from .shapes import document, tag_list

ALIAS_NAME_LIMIT = 256  # https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateAlias.html
_KEY = {
    "bypassPolicyLockoutSafetyCheck": "BypassPolicyLockoutSafetyCheck",
    "customerMasterKeySpec": "KeySpec",
    "description": "Description",
    "keyUsage": "KeyUsage",
    "multiRegion": "MultiRegion",
}


@creates("aws:kms/key:Key")
def key(resource: NewResource) -> Created:
    """Create the key, enabled, with its policy and rotation."""
    kms = resource.client("kms")
    given = resource.take_all(_KEY)
    if policy := resource.take("policy"):
        given["Policy"] = document(policy)
    tags = tag_list(resource.take("tags"), "TagKey", "TagValue")
    made = kms.create_key(**given, Tags=tags)["KeyMetadata"]
    if resource.take("enableKeyRotation"):
        period = resource.take_all({"rotationPeriodInDays": "RotationPeriodInDays"})
        kms.enable_key_rotation(KeyId=made["KeyId"], **period)
    return made["KeyId"], {"keyId": made["KeyId"], "arn": made["Arn"]}


@creates("aws:kms/alias:Alias")
def alias(resource: NewResource) -> Created:
    """Give the key another name."""
    kms = resource.client("kms")
    given = resource.take("name")
    name = given or f"alias/{resource.physical_name(ALIAS_NAME_LIMIT - len('alias/'))}"
    kms.create_alias(AliasName=name, TargetKeyId=resource.take("targetKeyId"))
    target = kms.describe_key(KeyId=name)["KeyMetadata"]["Arn"]
    return name, {"name": name, "arn": f"{target.rsplit(':', 1)[0]}:{name}", "targetKeyArn": target}
