"""Policy documents."""

import json
from typing import Any


def policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def tls_only(action: str, *resources: str) -> dict[str, Any]:
    condition = {"Bool": {"aws:SecureTransport": "false"}}
    everybody = {"Effect": "Deny", "Principal": "*"}
    return {**everybody, "Action": action, "Resource": resources, "Condition": condition}
