"""Where a component deploys to: the partition, region and account of its provider."""

import pulumi
import pulumi_aws as aws


def partition(parent: pulumi.Resource) -> pulumi.Output[str]:
    """The partition, such as `aws`."""
    return provider_of(parent).apply(lambda options: aws.get_partition_output(opts=options).partition)


def region(parent: pulumi.Resource) -> pulumi.Output[str]:
    """The region, such as `eu-central-1`."""
    return provider_of(parent).apply(lambda options: aws.get_region_output(opts=options).region)


def account_id(parent: pulumi.Resource) -> pulumi.Output[str]:
    """The account's number, of 12 digits."""
    return provider_of(parent).apply(lambda options: aws.get_caller_identity_output(opts=options).account_id)


def provider_of(parent: pulumi.Resource) -> pulumi.Output[pulumi.InvokeOutputOptions]:
    """What asks the component's provider; known once that is registered, so after what it depends on.

    By the first question the engine creates the default provider. A future depends on nothing; the `urn`
    itself would on the component, and with it on its children, which the answers are for.
    """
    registered: pulumi.Output[str | None] = pulumi.Output.from_input(parent.urn.future())
    return registered.apply(lambda _: pulumi.InvokeOutputOptions(parent=parent))
