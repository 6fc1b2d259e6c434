"""A look at the mails that the emulator's SES has taken."""

import json
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any

_TIMEOUT = 30  # seconds


@dataclass(frozen=True)
class Mail:
    """A mail as it went out."""

    sender: str
    to: str
    subject: str
    text: str


def first_mail(endpoint: str) -> Mail | None:
    """The first mail that was sent, or None if there is none.

    The emulator hands out all of them, and stands still while it does: ask early, when they are few.
    """
    try:
        with urllib.request.urlopen(f"{endpoint}/_ministack/ses/messages", timeout=_TIMEOUT) as answer:
            accounts: dict[str, list[dict[str, Any]]] = json.load(answer)["messages"]
    except (urllib.error.URLError, TimeoutError):
        return None  # a mail to show is no part of the result
    mail = next((mail for mails in accounts.values() for mail in mails), None)
    if mail is None:
        return None
    return Mail(mail["Source"], ", ".join(mail["To"]), mail["Subject"], mail["BodyText"])
