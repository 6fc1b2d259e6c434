"""The creators of the embedded AWS over clients that only record their calls."""

from collections.abc import Mapping
from typing import Any

from local.clients import Clients
from local.creators import NewResource, create


class Recorder:
    """Takes the place of a boto3 client: accepts every call, answers each with itself."""

    def __init__(self) -> None:
        self.calls: dict[str, dict[str, Any]] = {}

    def __getattr__(self, name: str) -> Any:
        def call(**arguments: Any) -> "Recorder":
            self.calls[name] = arguments
            return self

        return call

    def get(self, key: str, default: Any = None) -> Any:  # noqa: ARG002
        """An answer has none of what a creator can do without."""
        return default

    def __getitem__(self, key: str) -> Any:
        return self if key in {"Role", "CreateDate", "TableDescription", "Attributes"} else f"the {key}"


class Recorders(Clients):
    """One recorder for all services."""

    def __init__(self) -> None:
        self.one = Recorder()

    def client(self, service: str) -> Any:  # noqa: ARG002
        return self.one


def new_resource(token: str, name: str, inputs: Mapping[str, Any]) -> NewResource:
    """A resource to create with recording clients."""
    return NewResource(token, name, inputs, Recorders())


def calls_of(resource: NewResource) -> dict[str, dict[str, Any]]:
    """The calls that creating it makes, by method, with their arguments."""
    create(resource)
    recorded: dict[str, dict[str, Any]] = resource.client("any").calls
    return recorded
