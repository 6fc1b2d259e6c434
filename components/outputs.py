"""A component's outputs: what its class declares."""

import inspect
from typing import Any

import pulumi


def outputs_of(component: pulumi.ComponentResource) -> dict[str, Any]:
    """Returns the component's outputs, by the names that its class declares them under, to be registered."""
    return {name: getattr(component, name) for name in inspect.get_annotations(type(component))}
