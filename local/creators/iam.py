"""IAM: roles and their policies."""

from .registry import Made, Order, creates
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
def role(order: Order) -> Made:
    """Create the role."""
    name = order.physical_name(ROLE_NAME_LIMIT)
    made = order.aws("iam").create_role(
        RoleName=name,
        AssumeRolePolicyDocument=document(order.take("assumeRolePolicy")),
        Tags=tag_list(order.take("tags")),
        **order.take_all(_ROLE),
    )["Role"]
    return name, {
        "name": name,
        "arn": made["Arn"],
        "uniqueId": made["RoleId"],
        "createDate": made["CreateDate"].isoformat(),
    }


@creates("aws:iam/rolePolicy:RolePolicy")
def inline_policy(order: Order) -> Made:
    """Give the role a policy of its own."""
    name, owner = order.physical_name(POLICY_NAME_LIMIT), order.take("role")
    order.aws("iam").put_role_policy(
        RoleName=owner, PolicyName=name, PolicyDocument=document(order.take("policy"))
    )
    return f"{owner}:{name}", {"name": name}


@creates("aws:iam/rolePolicyAttachment:RolePolicyAttachment")
def attachment(order: Order) -> Made:
    """Give the role a managed policy."""
    owner, arn = order.take("role"), order.take("policyArn")
    order.aws("iam").attach_role_policy(RoleName=owner, PolicyArn=arn)
    return f"{owner}/{arn}", {}
