"""Starting and ending the AWS emulator, MiniStack, as a child process."""

import contextlib
import http.client
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from .access_key import AccessKey, new_access_key
from .errors import EmulatorError, PortError

HOST = "127.0.0.1"
ACCOUNT = "000000000000"
REGION = "us-east-1"
START_TIMEOUT = 30.0  # seconds; it takes half a second on a laptop
STOP_TIMEOUT = 60.0  # seconds; removing its files may take some where the disk is slow
# A folder in memory, if there is one with room: to start a function worker is to unpack hundreds of files.
SHARED_MEMORY = Path("/dev/shm")
ROOM = 2**30  # bytes; a run takes a tenth
LOG_LINES = 15  # lines of its last output that an error shows

_HERE = Path(__file__).parent
# All that the emulator, and so the functions, see of our environment: enough to run this Python.
_INHERITED = ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH")


class Emulator:
    """A running (or starting) emulator.

    Attributes:
        endpoint: where it answers, `http://127.0.0.1:<port>`.
        access_key: its root user's; it answers nobody who does not sign with it, or as a function of its own.
    """

    def __init__(
        self, supervisor: "subprocess.Popen[bytes]", folder: Path, port: int, access_key: AccessKey
    ) -> None:
        """Take over a supervisor that has just been started."""
        self.endpoint = f"http://{HOST}:{port}"
        self.access_key = access_key
        self._supervisor = supervisor
        self._folder = folder
        self._port = port

    def wait_until_ready(self) -> None:
        """Return once the emulator answers.

        Raises:
            EmulatorError: it ended or did not answer in time; with the last of its output.
        """
        connection = http.client.HTTPConnection(HOST, self._port, timeout=START_TIMEOUT)
        try:
            connection.request("GET", "/_ministack/health")
            status = connection.getresponse().status
        except OSError as error:
            raise EmulatorError(f"The AWS emulator did not start ({error}). {self._last_output()}") from None
        finally:
            connection.close()
        if status != http.HTTPStatus.OK:
            raise EmulatorError(f"The AWS emulator answers with HTTP {status}. {self._last_output()}")

    def stop(self) -> None:
        """End the emulator and its workers and remove its folder; returns when that is done."""
        assert self._supervisor.stdin
        self._supervisor.stdin.close()
        try:
            self._supervisor.wait(STOP_TIMEOUT)
        except subprocess.TimeoutExpired:
            raise EmulatorError(
                f"The AWS emulator did not end within {STOP_TIMEOUT:.0f} s. "
                f"Look for process {self._supervisor.pid} and the folder {self._folder}."
            ) from None

    def _last_output(self) -> str:
        with contextlib.suppress(OSError):
            lines = (_log(self._folder)).read_text(errors="replace").splitlines()
            if lines:
                return "The last of its output:\n" + "\n".join(lines[-LOG_LINES:])
        return f"It left no output; is {self._folder.parent} writable, and ministack installed?"


@contextlib.contextmanager
def emulator(port: int | None = None) -> Iterator[Emulator]:
    """Start the emulator with IAM enforced, listening on 127.0.0.1 alone; end it on leaving.

    It is still starting when this returns (see `Emulator.wait_until_ready`), so that the caller can get on.

    Args:
        port: the port to listen on; by default one that is free.

    Raises:
        PortError: the port is taken, forbidden, or no port number.
        EmulatorError: this is Windows.
    """
    if os.name != "posix":
        raise EmulatorError("The AWS emulator needs Linux or macOS. On Windows, use WSL.")
    with _listen(port) as listener:
        number = listener.getsockname()[1]
        # The supervisor makes the folder, so that there is no moment in which nobody would remove it.
        folder = _temporary_folder() / f"rowrelay-{secrets.token_hex(6)}"
        key = new_access_key()
        running = Emulator(_start_supervisor(listener.fileno(), folder, number, key), folder, number, key)
    try:
        yield running
    finally:
        running.stop()


def _temporary_folder() -> Path:
    """Where temporary folders go: where the user says, else into memory, else where Python says."""
    said = tempfile.tempdir or any(name in os.environ for name in ("TMPDIR", "TEMP", "TMP"))
    if not said and os.access(SHARED_MEMORY, os.W_OK) and shutil.disk_usage(SHARED_MEMORY).free >= ROOM:
        return SHARED_MEMORY
    return Path(tempfile.gettempdir()).resolve()


def _log(folder: Path) -> Path:
    return folder / "emulator.log"


def _listen(port: int | None) -> socket.socket:
    if port is not None and not 0 < port < 65536:
        raise PortError(f"{port} is no port number: expected one from 1 to 65535.")
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # connections inherit it
        listener.bind((HOST, port or 0))
        listener.listen(128)
    except OSError as error:
        listener.close()
        raise PortError(f"Cannot listen on {HOST}:{port}: {error.strerror}.") from None
    return listener


def _start_supervisor(listener: int, folder: Path, port: int, key: AccessKey) -> "subprocess.Popen[bytes]":
    supervisor = [
        sys.executable,
        "-I",
        "-S",
        str(_HERE / "supervisor.py"),
        str(folder),
        str(_log(folder)),
        str(listener),
    ]
    emulator = [sys.executable, "-P", str(_HERE / "serve.py"), str(listener)]
    return subprocess.Popen(
        supervisor + emulator,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        pass_fds=[listener],
        env=_environment(folder, port, key),
    )


def _environment(folder: Path, port: int, key: AccessKey) -> dict[str, str]:
    """The emulator's whole environment: nothing of AWS, Docker, proxies or Python leaks in from ours."""
    return {name: os.environ[name] for name in _INHERITED if name in os.environ} | {
        "AUTH": "true",
        # Root's; unlike arguments, an environment is for no other user to read. Functions get their role's.
        "AWS_ACCESS_KEY_ID": key.id,
        "AWS_SECRET_ACCESS_KEY": key.secret,
        "BIND_HOST": HOST,
        "MINISTACK_HOST": HOST,  # names the host in queue URLs
        "GATEWAY_PORT": str(port),
        "MINISTACK_REGION": REGION,
        "MINISTACK_ACCOUNT_ID": ACCOUNT,
        "LOG_LEVEL": "WARNING",
        # Everything it or a function writes lands in the folder that is removed at the end.
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "STATE_DIR": str(folder / "state"),
        "S3_DATA_DIR": str(folder / "s3"),
        # Listeners and daemons that a demo has no use for; a Docker of the user's is not to be touched.
        "DOCKER_HOST": f"unix://{folder}/no-docker.sock",
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        # What a function sees on AWS, too.
        "TZ": "UTC",
        "LANG": "C.UTF-8",
        "AWS_EC2_METADATA_DISABLED": "true",
    }
