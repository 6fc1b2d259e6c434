"""ARNs of this account and region, and those that must be of it."""

import pulumi

from . import account


def arn_of(service: str, name: pulumi.Input[str], parent: pulumi.Resource) -> pulumi.Output[str]:
    """The ARN of a service's resource that has this name in ARNs, such as `template/*`."""
    return pulumi.Output.format(
        "arn:{0}:{1}:{2}:{3}:{4}",
        account.partition(parent),
        service,
        account.region(parent),
        account.account_id(parent),
        name,
    )


def of_this_region(
    argument: str, arn: pulumi.Input[str], parent: pulumi.Resource, expected: str, advice: str
) -> pulumi.Output[str]:
    """The argument's ARN, once it is known to be of this region; else what is `expected`, and what to do.

    Raises:
        RunError: when the ARN and the region are known.
    """

    def checked(both: list[str]) -> str:
        known, region = both
        if known.split(":")[3] != region:
            raise pulumi.RunError(
                f"{argument}: expected {expected} of this region, {region}, got {known!r}. {advice}"
            )
        return known

    return pulumi.Output.all(arn, account.region(parent)).apply(checked)
