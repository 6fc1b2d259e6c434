"""Who the mail comes from: SES's identity and configuration set, and the DNS records that prove a domain."""

import re
from email.utils import formataddr, unquote

import pulumi
import pulumi_aws as aws

from . import account, defaults
from .arns import arn_of
from .contracts import is_email
from .references import DkimRecord

_DOMAIN = re.compile(r"[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_IDENTITY_ARN = re.compile(r"arn:[a-z-]+:ses:[a-z0-9-]+:[0-9]{12}:identity/(?P<identity>\S+)")
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
CONFIGURATION_SET = re.compile(rf"[A-Za-z0-9_-]{{1,{defaults.CONFIGURATION_SET_NAME_MAX}}}")

# https://docs.aws.amazon.com/general/latest/gr/ses.html#ses_dkim_domains: everywhere else dkim.amazonses.com
# fmt: off
_OWN_DKIM_DOMAIN = {
    "af-south-1", "ap-northeast-3", "ap-south-2", "ap-southeast-3", "ap-southeast-5", "ca-west-1",
    "eu-central-2", "eu-south-1", "il-central-1", "me-central-1", "us-gov-east-1",
}
# fmt: on


def sender_address(sender: str) -> str | None:
    """The address of `address` or `Name <address>`, or None if it is neither."""
    address = _parts(sender)[1]
    return address if sender.isprintable() and is_email(address) else None


def encoded_sender(sender: str) -> str:
    """The sender as a header has it: a name with commas or quotes is quoted, one beyond ASCII encoded.

    SES takes names in ASCII only (RFC 2047 encodes others):
    https://docs.aws.amazon.com/ses/latest/APIReference/API_SendEmail.html
    """
    return formataddr(_parts(sender))


def _parts(sender: str) -> tuple[str, str]:
    """Name and address; the name as people write it, or as headers have it, in quotes."""
    name, bracket, address = sender.removesuffix(">").rpartition(" <")
    if not bracket or not sender.endswith(">") or not name.strip():
        return "", sender
    name = name.strip()
    return (unquote(name) if _QUOTED.fullmatch(name) else name), address


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
    tokens = identity.dkim_signing_attributes.apply(
        lambda signing: (signing.tokens if signing else None) or []
    )
    return pulumi.Output.all(account.region(parent), identity.email_identity, tokens).apply(
        lambda known: _records(*known)
    )


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


def sending_identities(
    identity_arn: pulumi.Input[str], address: str, *, own: bool, sandbox: bool, parent: pulumi.Resource
) -> list[pulumi.Input[str]]:
    """The identities by which SES may be asked to send from an address; `own`: it is the identity itself."""
    # In the sandbox a recipient is an identity of this account, and SES asks for that one as well.
    # https://github.com/aws/aws-sdk-js/issues/3641
    if sandbox:
        return [arn_of("ses", "identity/*", parent)]
    # An address that is an identity itself comes before its domain: so does its authorization.
    # https://docs.aws.amazon.com/ses/latest/dg/creating-identities.html
    return [identity_arn] if own else [identity_arn, arn_of("ses", f"identity/{address}", parent)]


def own_identity(identity_arn: pulumi.Input[str], parent: pulumi.Resource) -> pulumi.Output[str]:
    """The ARN of an identity that exists; one of another account or region is refused, in a preview already.

    SES sends by identities of the region that it is called in, and by another account's only if the request
    names them, which send_email's does not.
    https://docs.aws.amazon.com/ses/latest/dg/regions.html
    https://docs.aws.amazon.com/ses/latest/dg/sending-authorization-delegate-sender-tasks-email.html

    Raises:
        RunError: when the ARNs are known.
    """
    return pulumi.Output.all(identity_arn, arn_of("ses", "identity/", parent)).apply(lambda arns: _own(*arns))


def _own(identity_arn: str, begins: str) -> str:
    if not identity_arn.startswith(begins):
        raise pulumi.RunError(
            f"identity_arn: expected an identity of this account and region, {begins}…, got "
            f"{identity_arn!r}. Name one of those, or leave it out and have one created."
        )
    return identity_arn
