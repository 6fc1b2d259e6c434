"""A look at the mails that the emulator's SES has taken."""

from dataclasses import dataclass

from botocore.exceptions import HTTPClientError

from local.embedded import Deployment
from local.errors import EmulatorError


@dataclass(frozen=True)
class Mail:
    """A mail as it went out."""

    sender: str
    to: str
    subject: str
    text: str


def first_mail(aws: Deployment) -> Mail | None:
    """The first mail that was sent, or None if there is none.

    The emulator hands out all of them, and stands still while it does: ask early, when they are few.
    """
    try:
        mail = next(iter(aws.mails()), None)
    except (HTTPClientError, EmulatorError):
        return None  # a mail to show is no part of the result
    if mail is None:
        return None
    return Mail(mail["Source"], ", ".join(mail["To"]), mail["Subject"], mail["BodyText"])
