"""What SES has taken: MiniStack hands out all mails at an address of its own, which AWS does not have."""

import json
from http import HTTPStatus
from typing import Any

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.httpsession import URLLib3Session

from .access_key import AccessKey
from .emulator import REGION
from .errors import EmulatorError

_TIMEOUT = 30  # seconds


def read(endpoint: str, access_key: AccessKey) -> list[dict[str, Any]]:
    """All mails in the order in which SES took them, by MiniStack's names for their parts.

    The emulator stands still while it hands them out, which takes a second for some 50,000.

    Raises:
        EmulatorError: it refuses.
        HTTPClientError: botocore's, when it does not answer.
    """
    request = AWSRequest("GET", f"{endpoint}/_ministack/ses/messages")
    SigV4Auth(Credentials(access_key.id, access_key.secret), "ses", REGION).add_auth(request)
    answer = URLLib3Session(proxies={}, timeout=_TIMEOUT).send(request.prepare())
    if answer.status_code != HTTPStatus.OK:
        raise EmulatorError(f"The AWS emulator does not show its mails (HTTP {answer.status_code}).")
    return [mail for mails in json.loads(answer.content)["messages"].values() for mail in mails]
