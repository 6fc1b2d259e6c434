"""SES (API v2): identities and configuration sets."""

from ..emulator import ACCOUNT, REGION
from .registry import Created, NewResource, creates
from .shapes import pascal, tag_list

_OPTIONS = ("deliveryOptions", "reputationOptions", "sendingOptions", "suppressionOptions", "trackingOptions")


@creates("aws:sesv2/emailIdentity:EmailIdentity")
def email_identity(resource: NewResource) -> Created:
    """Create the identity: an address or a domain."""
    ses = resource.client("sesv2")
    identity = resource.take("emailIdentity")
    optional = {"ConfigurationSetName": resource.take("configurationSetName")}
    if attributes := resource.take("dkimSigningAttributes"):
        optional["DkimSigningAttributes"] = pascal(attributes)
    made = ses.create_email_identity(
        EmailIdentity=identity,
        Tags=tag_list(resource.take("tags")),
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
def configuration_set(resource: NewResource) -> Created:
    """Create the configuration set."""
    name = resource.take("configurationSetName")
    resource.client("sesv2").create_configuration_set(
        ConfigurationSetName=name,
        Tags=tag_list(resource.take("tags")),
        **pascal(resource.take_set(*_OPTIONS)),
    )
    return name, {"arn": f"arn:aws:ses:{REGION}:{ACCOUNT}:configuration-set/{name}"}


@creates("aws:sesv2/configurationSetEventDestination:ConfigurationSetEventDestination")
def event_destination(resource: NewResource) -> Created:
    """Have a configuration set report what becomes of mails."""
    owner, name = resource.take("configurationSetName"), resource.take("eventDestinationName")
    resource.client("sesv2").create_configuration_set_event_destination(
        ConfigurationSetName=owner,
        EventDestinationName=name,
        EventDestination=pascal(resource.take("eventDestination")),
    )
    return f"{owner}|{name}", {}
