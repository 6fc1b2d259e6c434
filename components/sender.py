"""Who the mail comes from: SES's identity and configuration set, and the DNS records that prove a domain."""

import re
from email.utils import formataddr, parseaddr

import pulumi
import pulumi_aws as aws

from . import defaults
from .contracts import is_email
from .references import DkimRecord

_DOMAIN = re.compile(r"[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_IDENTITY_ARN = re.compile(r"arn:[a-z-]+:ses:[a-z0-9-]+:[0-9]{12}:identity/(?P<identity>\S+)")
CONFIGURATION_SET = re.compile(rf"[A-Za-z0-9_-]{{1,{defaults.CONFIGURATION_SET_NAME_MAX}}}")

# https://docs.aws.amazon.com/general/latest/gr/ses.html#ses_dkim_domains: everywhere else dkim.amazonses.com
_OWN_DKIM_DOMAIN = frozenset(
    {"af-south-1", "ap-northeast-3", "ap-south-2", "ap-southeast-3", "ap-southeast-5", "ca-west-1"}
    | {"eu-central-2", "eu-south-1", "il-central-1", "me-central-1", "us-gov-east-1"}
)


def sender_address(sender: str) -> str | None:
    """The address of `address` or `Name <address>`, or None if it is neither."""
    address = parseaddr(sender)[1]
    alone = sender.isprintable() and (sender == address or sender.endswith(f" <{address}>"))
    return address if alone and is_email(address) else None


def encoded_sender(sender: str) -> str:
    """The sender as a header has it: SES takes names in ASCII only, so any other is encoded (RFC 2047).

    https://docs.aws.amazon.com/ses/latest/APIReference/API_SendEmail.html
    """
    return sender if sender.isascii() else formataddr(parseaddr(sender))


def identity_problem(identity: str, address: str | None) -> str | None:
    """What is wrong with an identity to create for a sender's address (None if that is wrong itself)."""
    if not identity:
        return None
    if not is_email(identity) and not _DOMAIN.fullmatch(identity):
        return f"expected an address or a domain, got {identity!r}"
    return _cover_problem(identity, address)


def identity_arn_problem(arn: str, address: str | None) -> str | None:
    """What is wrong with the ARN of an identity that exists, likewise."""
    if not arn:
        return None
    match = _IDENTITY_ARN.fullmatch(arn)
    if not match:
        return f"expected arn:aws:ses:<region>:<account>:identity/<address or domain>, got {arn!r}"
    return _cover_problem(match["identity"], address)


def _cover_problem(identity: str, address: str | None) -> str | None:
    # A domain stands for all its addresses and for those of the domains below it:
    # https://docs.aws.amazon.com/ses/latest/dg/creating-identities.html
    if address is None or address.lower() == identity.lower():
        return None
    if "@" not in identity and address.lower().endswith((f"@{identity.lower()}", f".{identity.lower()}")):
        return None
    return f"mail from {address} needs another identity than {identity!r}"


def create_identity(name: str, identity: str, parent: pulumi.Resource) -> aws.sesv2.EmailIdentity:
    """Create the identity, an address or a domain; SES then waits for its owner's proof."""
    return aws.sesv2.EmailIdentity(name, email_identity=identity, opts=pulumi.ResourceOptions(parent=parent))


def dkim_records(
    identity: aws.sesv2.EmailIdentity, parent: pulumi.Resource
) -> pulumi.Output[list[DkimRecord]]:
    """The DNS records that prove a domain; none for an address, which gets a mail with a link instead."""
    region = aws.get_region_output(opts=pulumi.InvokeOutputOptions(parent=parent)).region
    tokens = identity.dkim_signing_attributes.apply(
        lambda signing: (signing.tokens if signing else None) or []
    )
    return pulumi.Output.all(region, identity.email_identity, tokens).apply(lambda known: _records(*known))


def _records(region: str, identity: str, tokens: list[str]) -> list[DkimRecord]:
    if "@" in identity:
        return []
    zone = f"dkim.{region}.amazonses.com" if region in _OWN_DKIM_DOMAIN else "dkim.amazonses.com"
    return [
        {"name": f"{token}._domainkey.{identity}", "type": "CNAME", "value": f"{token}.{zone}"}
        for token in tokens
    ]


def configuration_set_name(name: str) -> str:
    """A new configuration set's name, which Pulumi does not make up: of project, stack and component."""
    return re.sub(r"[^A-Za-z0-9_-]", "-", f"{pulumi.get_project()}-{pulumi.get_stack()}-{name}")


def create_configuration_set(name: str, set_name: str, parent: pulumi.Resource) -> aws.sesv2.ConfigurationSet:
    """Create a configuration set; it measures reputation, and sends nothing to who bounced or complained."""
    return aws.sesv2.ConfigurationSet(
        name,
        configuration_set_name=set_name,
        reputation_options={"reputation_metrics_enabled": True},
        suppression_options={"suppressed_reasons": ["BOUNCE", "COMPLAINT"]},
        opts=pulumi.ResourceOptions(parent=parent),
    )


def configuration_set_arn(set_name: pulumi.Input[str], parent: pulumi.Resource) -> pulumi.Output[str]:
    """The ARN of a configuration set that exists, of this account and region."""
    options = pulumi.InvokeOutputOptions(parent=parent)
    return pulumi.Output.format(
        "arn:{0}:ses:{1}:{2}:configuration-set/{3}",
        aws.get_partition_output(opts=options).partition,
        aws.get_region_output(opts=options).region,
        aws.get_caller_identity_output(opts=options).account_id,
        set_name,
    )
