"""Stands in for Pulumi's language host for Python, of which no source can be had: it runs plugins alone.

It installs and runs a plugin as Pulumi's own does (https://github.com/pulumi/pulumi,
sdk/python/cmd/pulumi-language-python/main.go: InstallDependencies, RunPlugin; sdk/python/toolchain/pip.go).
Run as `pulumi-language-python`, by the engine.
"""

import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent import futures
from pathlib import Path
from typing import Any

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import language_pb2, language_pb2_grpc, plugin_pb2


class PythonHost(language_pb2_grpc.LanguageRuntimeServicer):
    """Answers the engine."""

    def Handshake(self, _request: Any, _context: Any) -> Any:
        return language_pb2.LanguageHandshakeResponse()

    def GetPluginInfo(self, _request: Any, _context: Any) -> Any:
        return plugin_pb2.PluginInfo(version="3.274.1")

    def Cancel(self, _request: Any, _context: Any) -> Any:
        return empty_pb2.Empty()

    def InstallDependencies(self, request: Any, context: Any) -> Iterator[Any]:
        """Into the virtual environment in the plugin's folder, what its requirements.txt names."""
        environment, python = _environment(request.info), str(_python(request.info))
        make = [sys.executable, "-m", "venv", str(environment)]
        pip = [python, "-m", "pip", "install", "--quiet", "-r", "requirements.txt"]
        for command in [pip] if environment.exists() else [make, pip]:
            ended = subprocess.run(
                command, cwd=request.info.program_directory, capture_output=True, check=False
            )
            yield language_pb2.InstallDependenciesResponse(stdout=ended.stdout, stderr=ended.stderr)
            if ended.returncode:
                context.abort(grpc.StatusCode.UNKNOWN, f"{command} failed: {ended.stderr.decode()}")

    def RunPlugin(self, request: Any, context: Any) -> Iterator[Any]:
        """The folder's __main__.py in that environment, its output handed on until it or the engine ends."""
        process = subprocess.Popen(
            [str(_python(request.info)), request.info.program_directory, *request.args],
            cwd=request.pwd,
            env=dict(variable.split("=", 1) for variable in request.env),
            stdout=subprocess.PIPE,
        )
        context.add_callback(process.kill)
        assert process.stdout
        for text in process.stdout:
            yield language_pb2.RunPluginResponse(stdout=text)
        yield language_pb2.RunPluginResponse(exitcode=process.wait())


def _environment(info: Any) -> Path:
    return Path(info.root_directory, info.options["virtualenv"])


def _python(info: Any) -> Path:
    return _environment(info) / "bin" / "python"


def main() -> None:
    """Serve on a free port, and say which."""
    server = grpc.server(futures.ThreadPoolExecutor())
    language_pb2_grpc.add_LanguageRuntimeServicer_to_server(PythonHost(), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(port, flush=True)
    signal.signal(signal.SIGINT, lambda *_: sys.exit())  # the engine's way to end it
    threading.Event().wait()


if __name__ == "__main__":
    main()
