"""What SES has taken, and what it may: the emulator's own addresses, which AWS does not have."""

import json
from dataclasses import asdict, dataclass
from http import HTTPStatus
from typing import Any

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import HTTPClientError
from botocore.httpsession import URLLib3Session

from .access_key import AccessKey
from .emulator import REGION
from .errors import EmulatorError
from .ses_account import LIMITS
from .ses_limits import SesLimits

_TIMEOUT = 30  # seconds


@dataclass(frozen=True)
class SentMail:
    """A mail as it went out."""

    sender: str
    to: str
    subject: str
    text: str


def first_sent(endpoint: str, access_key: AccessKey) -> SentMail | None:
    """Returns the first mail that was sent; None if there is none, or the emulator does not say.

    The emulator hands out all of them, and stands still while it does: ask early, when they are few.
    """
    try:
        mail = next(iter(read(endpoint, access_key)), None)
    except (HTTPClientError, EmulatorError):
        return None  # a mail to show is no part of the result
    if mail is None:
        return None
    return SentMail(mail["Source"], ", ".join(mail["To"]), mail["Subject"], mail["BodyText"])


def read(endpoint: str, access_key: AccessKey) -> list[dict[str, Any]]:
    """Returns all mails in the order in which SES took them, by MiniStack's names for their parts.

    The emulator stands still while it hands them out, which takes a second for some 50,000.

    Raises:
        EmulatorError: it refuses.
        HTTPClientError: botocore's, when it does not answer.
    """
    answer = _ask(endpoint, access_key, "GET", "/_ministack/ses/messages")
    return [mail for mails in json.loads(answer)["messages"].values() for mail in mails]


def put_limits(endpoint: str, access_key: AccessKey, limits: SesLimits | None) -> None:
    """Set what the account may send from now on; None for everything, as at first.

    Raises:
        EmulatorError: it refuses.
        HTTPClientError: botocore's, when it does not answer.
    """
    _ask(endpoint, access_key, *LIMITS, json.dumps(limits and asdict(limits)))


def _ask(endpoint: str, access_key: AccessKey, method: str, path: str, body: str = "") -> bytes:
    request = AWSRequest(method, endpoint + path, data=body)
    SigV4Auth(Credentials(access_key.id, access_key.secret), "ses", REGION).add_auth(request)
    answer = URLLib3Session(proxies={}, timeout=_TIMEOUT).send(request.prepare())
    if answer.status_code != HTTPStatus.OK:
        raise EmulatorError(f"The AWS emulator refuses {method} {path} (HTTP {answer.status_code}).")
    return bytes(answer.content)
