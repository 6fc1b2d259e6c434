"""The key pair that requests to an emulator are signed with."""

import secrets
import string
from dataclasses import dataclass, field

# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-prefixes
_PREFIX = "AKIA"
_RANDOM = 16  # characters after it
_ALPHABET = string.ascii_uppercase + "234567"


@dataclass(frozen=True)
class AccessKey:
    """An access key's id, which is no secret, and its secret, which is not shown by accident."""

    id: str
    secret: str = field(repr=False)


def new_access_key() -> AccessKey:
    """A key nobody else has, in the form of AWS's."""
    return AccessKey(
        _PREFIX + "".join(secrets.choice(_ALPHABET) for _ in range(_RANDOM)), secrets.token_urlsafe(30)
    )
