"""Which function creates which resource type, and what such a function gets."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from ..clients import Clients
from ..errors import EmbeddedAwsError, UnsupportedError
from ..ignored_properties import IGNORED_PROPERTIES

Value: TypeAlias = Any
"""A property's value as Pulumi hands it over: JSON values, assets and archives."""

Created: TypeAlias = tuple[str, dict[str, Value]]
"""A created resource: its id, and its outputs beyond the inputs, by Pulumi's (camelCase) names."""

SUFFIX_LENGTH = 7  # hex digits: https://www.pulumi.com/docs/iac/concepts/resources/names/#autonaming


@dataclass
class NewResource:
    """One resource to create.

    Attributes:
        type: its type token, such as `aws:sqs/queue:Queue`.
        name: its logical name in the program.
        inputs: its properties, by Pulumi's (camelCase) names.
    """

    type: str
    name: str
    inputs: Mapping[str, Value]
    _clients: Clients
    _taken: set[str] = field(default_factory=set)

    def client(self, service: str) -> Value:
        """The boto3 client of a service."""
        return self._clients.client(service)

    def take(self, prop: str, default: Value = None) -> Value:
        """The value of a property, which counts as used from now on."""
        self._taken.add(prop)
        return self.inputs.get(prop, default)

    def take_all(self, names: Mapping[str, str]) -> dict[str, Value]:
        """The values of those of these properties that are set, under the names that AWS has for them."""
        return {aws: value for prop, aws in names.items() if (value := self.take(prop)) is not None}

    def take_set(self, *names: str) -> dict[str, Value]:
        """Those of these properties that are set, by Pulumi's names."""
        return self.take_all({name: name for name in names})

    def physical_name(self, limit: int, *, prop: str = "name", suffix: str = "") -> str:
        """The name asked for, or one made as Pulumi makes it: the logical name, a dash and seven hex digits.

        Args:
            limit: how long AWS lets it be.
            prop: the property that asks for a name.
            suffix: what the name must end with, such as `.fifo`.

        Raises:
            EmbeddedAwsError: the logical name leaves no room for the digits.
        """
        if name := self.take(prop):
            return str(name)
        name = f"{self.name}-{secrets.token_hex(SUFFIX_LENGTH)[:SUFFIX_LENGTH]}{suffix}"
        if len(name) > limit:
            raise EmbeddedAwsError(
                f"The name made for {self.type} {self.name!r} has {len(name)} characters; AWS takes {limit}. "
                f"Shorten its logical name or set {prop!r}."
            )
        return name

    def check_complete(self) -> None:
        """Make sure that no property went unnoticed.

        Raises:
            UnsupportedError: naming those that did.
        """
        left = sorted(self.inputs.keys() - self._taken - IGNORED_PROPERTIES.get(self.type, {}).keys())
        if left:
            raise UnsupportedError(
                f"The embedded AWS does not know the {'property' if len(left) == 1 else 'properties'} "
                f"{', '.join(left)} of {self.type} {self.name!r}. Teach its creator in local/creators/, or, "
                "if an emulator has no use for it, name it with the reason in local/ignored_properties.py."
            )


Creator: TypeAlias = Callable[[NewResource], Created]

_CREATORS: dict[str, Creator] = {}


def creates(type_token: str) -> Callable[[Creator], Creator]:
    """Register the function below as the one that creates a resource type."""

    def register(creator: Creator) -> Creator:
        assert type_token not in _CREATORS, f"two creators for {type_token}"
        _CREATORS[type_token] = creator
        return creator

    return register


def known_types() -> frozenset[str]:
    """The type tokens that have a creator."""
    return frozenset(_CREATORS)


def create(resource: NewResource) -> Created:
    """Create a resource.

    Returns:
        Its id, and all its outputs: the inputs, and over them the creator's own.

    Raises:
        UnsupportedError: nobody creates this type, or it has a property that the creator does not know.
        botocore.exceptions.ClientError: the emulator refuses.
        botocore.exceptions.ParamValidationError: a nested property is unknown or of the wrong type.
    """
    creator = _CREATORS.get(resource.type)
    if creator is None:
        raise UnsupportedError(
            f"The embedded AWS does not know the resource type {resource.type} (of {resource.name!r}). "
            "Add a creator for it in local/creators/."
        )
    physical_id, outputs = creator(resource)
    resource.check_complete()
    return physical_id, {**resource.inputs, **outputs}
