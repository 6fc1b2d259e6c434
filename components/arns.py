"""ARNs of this account and region."""

import pulumi
import pulumi_aws as aws


def arn_of(service: str, name: pulumi.Input[str], parent: pulumi.Resource) -> pulumi.Output[str]:
    """The ARN of a service's resource that has this name in ARNs, such as `template/*`."""
    options = pulumi.InvokeOutputOptions(parent=parent)
    return pulumi.Output.format(
        "arn:{0}:{1}:{2}:{3}:{4}",
        aws.get_partition_output(opts=options).partition,
        service,
        aws.get_region_output(opts=options).region,
        aws.get_caller_identity_output(opts=options).account_id,
        name,
    )
