"""Takes the place of the Pulumi engine: creates each resource that the program registers."""

import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from pulumi import ResourceTransform
from pulumi.runtime import MockCallArgs, MockResourceArgs, Mocks
from pulumi.runtime.rpc import unwrap_rpc_secret

from .clients import Clients
from .creators import NewResource, create, data_source
from .errors import EmbeddedAwsError, UnsupportedError
from .provider_defaults import with_provider_defaults

# The outputs of an earlier run; there are none, as the embedded AWS starts out empty.
STACK_REFERENCE = "pulumi:pulumi:StackReference"


@dataclass(frozen=True)
class RegisteredResource:
    """A resource that the program has registered.

    Attributes:
        type: its type token, such as `aws:sqs/queue:Queue`.
        name: its logical name.
        inputs: its properties, by Pulumi's (camelCase) names, all known.
        id: its id in the emulator; empty for a component.
    """

    type: str
    name: str
    inputs: dict[str, Any]
    id: str


class Provisioner(Mocks):
    """Creates resources in the emulator as they are registered; Pulumi calls it from several threads at once.

    Attributes:
        resources: what has been registered and created so far.
        failure: what went wrong first; from then on nothing more is created.
    """

    def __init__(self, clients: Clients) -> None:
        self.resources: list[RegisteredResource] = []
        self.failure: BaseException | None = None
        self._clients = clients
        self._lock = threading.Lock()

    def new_resource(self, args: MockResourceArgs) -> tuple[str, dict[str, Any]]:
        """Create a resource; a component is only noted."""
        if args.typ == STACK_REFERENCE:
            return args.name, {**args.inputs, "outputs": {}, "secretOutputNames": []}
        with self._first_failure_stands():
            inputs: dict[str, Any] = plain(args.inputs)
            if args.custom:
                inputs = with_provider_defaults(args.typ, inputs)
            made = self._make(args, inputs)
            with self._lock:
                self.resources.append(RegisteredResource(args.typ, args.name, inputs, made[0]))
            return made

    def call(self, args: MockCallArgs) -> tuple[dict[str, Any], list[tuple[str, str]]]:
        """Answer a data source."""
        with self._first_failure_stands():
            return data_source(args.token, plain(args.args), self._clients), []

    def register_transform(self, _: ResourceTransform) -> None:
        """Refuse: Pulumi's mocks do not run transforms."""
        with self._first_failure_stands():
            raise UnsupportedError("The embedded AWS does not run transforms, and the program registers one.")

    def stop(self, reason: BaseException) -> None:
        """Create nothing from here on."""
        self.failure = self.failure or reason

    def _make(self, args: MockResourceArgs, inputs: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        what = f"{args.typ} {args.name!r}"
        if args.transforms:
            raise UnsupportedError(f"The embedded AWS does not run transforms, and {what} has some.")
        if args.resource_id:
            raise UnsupportedError(
                f"{what} is to be the existing {args.resource_id!r}, and the embedded AWS starts out empty. "
                "Let the program create it there."
            )
        if not args.custom:
            return "", inputs
        try:
            return create(NewResource(args.typ, args.name, inputs, self._clients))
        except (BotoCoreError, ClientError, OSError) as error:
            raise EmbeddedAwsError(f"Creating {what} failed: {error}") from error

    @contextlib.contextmanager
    def _first_failure_stands(self) -> Iterator[None]:
        if self.failure:
            raise EmbeddedAwsError("Something before this failed.") from self.failure
        try:
            yield
        except Exception as error:
            self.stop(error)
            raise


def plain(value: Any) -> Any:
    """A property's value less what the wire to the engine adds: secrets opened, whole numbers ints again."""
    value = unwrap_rpc_secret(value)
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value
