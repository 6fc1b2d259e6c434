"""Errors as they may be logged."""

from botocore.exceptions import ClientError


def kind_of(error: Exception) -> str:
    """The error's type, and the service's code for it if it has one; its message may quote a row's values."""
    code = error.response["Error"]["Code"] if isinstance(error, ClientError) else ""
    return f"{type(error).__name__} {code}".strip()
