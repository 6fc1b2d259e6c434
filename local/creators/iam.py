"""IAM: roles and their policies."""

from .registry import Created, NewResource, creates
from .shapes import document, tag_list

ROLE_NAME_LIMIT = 64  # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
POLICY_NAME_LIMIT = 128
_ROLE = {
    "description": "Description",
    "maxSessionDuration": "MaxSessionDuration",
    "path": "Path",
    "permissionsBoundary": "PermissionsBoundary",
}


@creates("aws:iam/role:Role")
def role(resource: NewResource) -> Created:
    """Create the role."""
    name = resource.physical_name(ROLE_NAME_LIMIT)
    made = resource.client("iam").create_role(
        RoleName=name,
        AssumeRolePolicyDocument=document(resource.take("assumeRolePolicy")),
        Tags=tag_list(resource.take("tags")),
        **resource.take_all(_ROLE),
    )["Role"]
    return name, {
        "name": name,
        "arn": made["Arn"],
        "uniqueId": made["RoleId"],
        "createDate": made["CreateDate"].isoformat(),
    }


@creates("aws:iam/rolePolicy:RolePolicy")
def inline_policy(resource: NewResource) -> Created:
    """Give the role a policy of its own."""
    name, owner = resource.physical_name(POLICY_NAME_LIMIT), resource.take("role")
    resource.client("iam").put_role_policy(
        RoleName=owner, PolicyName=name, PolicyDocument=document(resource.take("policy"))
    )
    return f"{owner}:{name}", {"name": name}


@creates("aws:iam/rolePolicyAttachment:RolePolicyAttachment")
def attachment(resource: NewResource) -> Created:
    """Give the role a managed policy."""
    owner, arn = resource.take("role"), resource.take("policyArn")
    resource.client("iam").attach_role_policy(RoleName=owner, PolicyArn=arn)
    return f"{owner}/{arn}", {}
