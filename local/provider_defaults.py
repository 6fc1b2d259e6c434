"""What Pulumi's AWS provider fills in for what a program leaves out, before it calls AWS.

These are not always AWS's own defaults: SQS gives a queue 1 MiB messages, the provider 262,144 bytes.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_DEFAULTS: Mapping[str, Any] = json.loads(
    Path(__file__).with_name("provider_defaults.json").read_text(encoding="utf-8")
)


def with_provider_defaults(type_token: str, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """A resource's inputs as the provider completes them.

    Args:
        type_token: The resource's type, such as `aws:sqs/queue:Queue`.
        inputs: Its properties, by Pulumi's (camelCase) names.
    """
    given = {name: value for name, value in inputs.items() if value is not None}
    return {**_DEFAULTS.get(type_token, {}), **given}
