"""The gRPC side of the plugin: what the engine asks of a provider, answered as the AWS provider does.

https://github.com/pulumi/pulumi/blob/master/proto/pulumi/provider.proto
"""

import contextlib
import hashlib
import threading
from collections.abc import Iterator
from concurrent import futures
from importlib.metadata import version
from pathlib import Path
from typing import Any

import grpc
import pulumi
from google.protobuf import empty_pb2, struct_pb2
from google.protobuf.json_format import MessageToDict
from pulumi.runtime import rpc
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc

from local.clients import Clients
from local.creators import NewResource, create, data_source
from local.creators.registry import SUFFIX_LENGTH
from local.provider_defaults import with_provider_defaults
from local.provision import plain

from .resources import RESOURCES, create_again

_THREADS = 16
# The engine waits as long as it takes; this bounds a hang of ours.
_STOP_SECONDS = 5


class Provider(provider_pb2_grpc.ResourceProviderServicer):
    """Answers one program's engine.

    Attributes:
        calls: What the engine had done for real, in order: ("create", type, name).
    """

    def __init__(self, clients: Clients, root: Path) -> None:
        """Take the emulator's clients, and the folder that the program's relative paths start from."""
        self.calls: list[tuple[str, str, str]] = []
        self._clients = clients
        self._root = root
        self._lock = threading.Lock()

    def Handshake(self, _request: Any, _context: Any) -> Any:
        return provider_pb2.ProviderHandshakeResponse()

    def GetPluginInfo(self, _request: Any, _context: Any) -> Any:
        return plugin_pb2.PluginInfo(version=version("pulumi-aws"))

    def Attach(self, _request: Any, _context: Any) -> Any:
        return empty_pb2.Empty()

    def Cancel(self, _request: Any, _context: Any) -> Any:
        return empty_pb2.Empty()

    def CheckConfig(self, request: Any, _context: Any) -> Any:
        return provider_pb2.CheckResponse(inputs=request.news)

    def DiffConfig(self, _request: Any, _context: Any) -> Any:
        return provider_pb2.DiffResponse(changes=provider_pb2.DiffResponse.DIFF_NONE)

    def Configure(self, _request: Any, _context: Any) -> Any:
        return provider_pb2.ConfigureResponse(supportsPreview=True)

    def Invoke(self, request: Any, context: Any) -> Any:
        with self._told(context):
            found = data_source(request.tok, MessageToDict(request.args), self._clients)
            return provider_pb2.InvokeResponse(**{"return": _struct(found)})

    def Check(self, request: Any, _context: Any) -> Any:
        """Complete the inputs: a name where there is none, and the provider's defaults."""
        given, before = MessageToDict(request.news), MessageToDict(request.olds)
        named_by = RESOURCES[request.type].named_by
        completed = with_provider_defaults(request.type, given)
        if named_by and named_by not in given:
            completed[named_by] = before.get(named_by) or _made_up_name(request, named_by)
        inputs = struct_pb2.Struct()
        inputs.CopyFrom(request.news)
        inputs.update({key: value for key, value in completed.items() if key not in given})
        return provider_pb2.CheckResponse(inputs=inputs)

    def Diff(self, request: Any, _context: Any) -> Any:
        before, after = MessageToDict(request.old_inputs), MessageToDict(request.news)
        changed = sorted(key for key in before.keys() | after.keys() if before.get(key) != after.get(key))
        replaced_by = [key for key in changed if key in RESOURCES[request.type].replaced_by]
        some = provider_pb2.DiffResponse.DIFF_SOME if changed else provider_pb2.DiffResponse.DIFF_NONE
        return provider_pb2.DiffResponse(changes=some, diffs=changed, replaces=replaced_by)

    def Create(self, request: Any, context: Any) -> Any:
        if request.preview:  # what AWS will answer is unknown: left out, the engine's SDKs know it as such
            return provider_pb2.CreateResponse(properties=request.properties)
        with self._told(context):
            inputs = self._inputs(request.properties)
            self._note("create", request)
            made, outputs = create(NewResource(request.type, request.name, inputs, self._clients))
            more = {key: value for key, value in outputs.items() if key not in inputs}
            return provider_pb2.CreateResponse(id=made, properties=_with(request.properties, more))

    def Update(self, request: Any, context: Any) -> Any:
        more = {
            key: value
            for key, value in MessageToDict(request.olds).items()
            if key not in MessageToDict(request.old_inputs)
        }
        if not request.preview:
            with self._told(context):
                self._note("update", request)
                self._update(request)
        return provider_pb2.UpdateResponse(properties=_with(request.news, more))

    def Delete(self, request: Any, context: Any) -> Any:
        with self._told(context):
            self._note("delete", request)
            if delete := RESOURCES[request.type].delete:
                # The state keeps no archive's contents, so it is not read as one.
                delete(self._clients, plain(MessageToDict(request.old_inputs)))
            return empty_pb2.Empty()

    def _update(self, request: Any) -> None:
        inputs = self._inputs(request.news)
        if update := RESOURCES[request.type].update:
            update(self._clients, inputs, plain(MessageToDict(request.old_inputs)))
        else:
            create_again(request.type, request.name, inputs, self._clients)

    def _inputs(self, properties: Any) -> dict[str, Any]:
        """The properties as values, with paths of assets made absolute: the engine runs in another folder."""
        inputs = plain(rpc.deserialize_properties(properties))
        return {key: self._absolute(value) for key, value in inputs.items()}

    def _absolute(self, value: Any) -> Any:
        match value:
            case pulumi.AssetArchive():
                return pulumi.AssetArchive({k: self._absolute(v) for k, v in value.assets.items()})
            case pulumi.FileAsset():
                return pulumi.FileAsset(str(self._root / value.path))
        return value

    def _note(self, what: str, request: Any) -> None:
        with self._lock:
            self.calls.append((what, request.type, request.name))

    @contextlib.contextmanager
    def _told(self, context: Any) -> Iterator[None]:
        """Tell the engine of an error as the resource's own, not as a broken plugin."""
        try:
            yield
        except Exception as error:
            context.abort(grpc.StatusCode.UNKNOWN, f"{type(error).__name__}: {error}")


@contextlib.contextmanager
def serving(provider: Provider) -> Iterator[int]:
    """Serve the provider on the loopback interface; returns the port."""
    server = grpc.server(futures.ThreadPoolExecutor(_THREADS), options=[("grpc.so_reuseport", 0)])
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(provider, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        yield port
    finally:
        server.stop(_STOP_SECONDS).wait()


def _made_up_name(request: Any, named_by: str) -> str:
    """The logical name, a dash and seven hex digits, the same whenever the engine asks with this seed.

    https://www.pulumi.com/docs/iac/concepts/resources/names/#autonaming
    """
    name = f"{request.name}-{hashlib.sha256(request.randomSeed).hexdigest()[:SUFFIX_LENGTH]}"
    return name.lower() if named_by == "bucket" else name


def _with(properties: Any, more: dict[str, Any]) -> Any:
    both = struct_pb2.Struct()
    both.CopyFrom(properties)
    both.update(more)
    return both


def _struct(value: dict[str, Any]) -> Any:
    made = struct_pb2.Struct()
    made.update(value)
    return made
