"""The process between us and the emulator, which makes sure that nothing is left behind.

It lives in a session of its own (Ctrl-C in the terminal does not reach it), starts the emulator in a process
group of its own, and waits on its standard input: that ends when our process closes it or dies, in whatever
way (SIGKILL too). Then the emulator and the function workers it has spawned are killed, the folder removed.

Run as `python -I -S supervisor.py FOLDER LOG FD COMMAND…`: FOLDER is made, and removed; LOG in it takes the
emulator's output; FD is the socket that it is to answer on.
Standard library only, so that it starts in some 15 ms.
"""

import contextlib
import ctypes
import os
import resource
import shutil
import signal
import subprocess
import sys
import time

PR_SET_CHILD_SUBREAPER = 36  # linux/prctl.h
REAP_TIMEOUT = 5.0  # seconds


def main() -> None:
    """Run the emulator until standard input ends."""
    folder, log, fd, *command = sys.argv[1:]
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(1))
    _adopt_orphans()
    _allow_many_files()
    os.mkdir(folder, mode=0o700)  # noqa: PTH102 (pathlib costs a third of our start time)
    try:
        _run(folder, log, int(fd), command)
    finally:
        _remove(folder)


def _run(folder: str, log: str, fd: int, command: list[str]) -> None:
    with open(log, "wb") as output:  # noqa: PTH123
        emulator = subprocess.Popen(
            command,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            pass_fds=[fd],
        )
    try:
        os.close(fd)  # so that the port refuses connections as soon as the emulator is gone
        sys.stdin.buffer.read()
    finally:
        _kill_group(emulator)


def _kill_group(leader: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(leader.pid, signal.SIGKILL)
    leader.wait()
    deadline = time.monotonic() + REAP_TIMEOUT  # for a function that has left the group
    with contextlib.suppress(ChildProcessError):
        while time.monotonic() < deadline:  # the workers, ours since the emulator died
            if os.waitpid(-1, os.WNOHANG) == (0, 0):
                time.sleep(0.005)


def _adopt_orphans() -> None:
    """Have the kernel hand us the emulator's orphans: where PID 1 does not reap, they would stay zombies."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def _allow_many_files() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < hard:
        with contextlib.suppress(ValueError, OSError):  # macOS reports a hard limit it does not grant
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def _remove(folder: str) -> None:
    for _ in range(10):
        shutil.rmtree(folder, ignore_errors=True)
        if not os.path.exists(folder):  # noqa: PTH110
            return
        time.sleep(0.05)


if __name__ == "__main__":
    main()
