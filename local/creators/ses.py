"""SES (API v2): identities and configuration sets."""

from ..emulator import ACCOUNT, REGION
from .registry import Made, Order, creates
from .shapes import pascal, tag_list

_OPTIONS = ("deliveryOptions", "reputationOptions", "sendingOptions", "suppressionOptions", "trackingOptions")


@creates("aws:sesv2/emailIdentity:EmailIdentity")
def email_identity(order: Order) -> Made:
    """Create the identity: an address or a domain."""
    ses = order.aws("sesv2")
    identity = order.take("emailIdentity")
    optional = {"ConfigurationSetName": order.take("configurationSetName")}
    if attributes := order.take("dkimSigningAttributes"):
        optional["DkimSigningAttributes"] = pascal(attributes)
    made = ses.create_email_identity(
        EmailIdentity=identity,
        Tags=tag_list(order.take("tags")),
        **{key: value for key, value in optional.items() if value},
    )
    found = ses.get_email_identity(EmailIdentity=identity)
    dkim = made.get("DkimAttributes", {})
    return identity, {
        "arn": f"arn:aws:ses:{REGION}:{ACCOUNT}:identity/{identity}",
        "identityType": made["IdentityType"],
        "verificationStatus": found.get("VerificationStatus", ""),
        "verifiedForSendingStatus": found["VerifiedForSendingStatus"],
        "dkimSigningAttributes": {
            **(attributes or {}),
            "signingAttributesOrigin": dkim.get("SigningAttributesOrigin", ""),
            "status": dkim.get("Status", ""),
            "tokens": dkim.get("Tokens", []),
        },
    }


@creates("aws:sesv2/configurationSet:ConfigurationSet")
def configuration_set(order: Order) -> Made:
    """Create the configuration set."""
    name = order.take("configurationSetName")
    order.aws("sesv2").create_configuration_set(
        ConfigurationSetName=name, Tags=tag_list(order.take("tags")), **pascal(order.take_set(*_OPTIONS))
    )
    return name, {"arn": f"arn:aws:ses:{REGION}:{ACCOUNT}:configuration-set/{name}"}


@creates("aws:sesv2/configurationSetEventDestination:ConfigurationSetEventDestination")
def event_destination(order: Order) -> Made:
    """Have a configuration set report what becomes of mails."""
    owner, name = order.take("configurationSetName"), order.take("eventDestinationName")
    order.aws("sesv2").create_configuration_set_event_destination(
        ConfigurationSetName=owner,
        EventDestinationName=name,
        EventDestination=pascal(order.take("eventDestination")),
    )
    return f"{owner}|{name}", {}
