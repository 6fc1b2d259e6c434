import fcntl
import json
import os
import select
import subprocess
import sys
from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest

from local.access_key import AccessKey
from local.kept import KeptRun, NameTakenError, find_kept, publish, refuse_taken_name

ROOT = Path(__file__).parents[3]
ANNOUNCE = """
import os, signal, sys
sys.path.insert(0, sys.argv[1])
from local.kept import KeptRun, publish
from local.access_key import AccessKey
with publish(KeptRun("http://there", AccessKey("the-runs", "its-secret"), {"queue_url": "q"}), "demo"):
    print("up", flush=True)
    sys.stdin.read()
"""


def kept(endpoint: str) -> KeptRun:
    return KeptRun(endpoint, AccessKey("the-runs", "its-secret"), {"queue_url": "q"})


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "rowrelay"


def test_none_is_found_where_none_was_ever_kept() -> None:
    assert find_kept() == {}


def test_it_is_found_while_it_runs_and_leaves_nothing(cache: Path) -> None:
    with publish(kept("http://here"), "demo"):
        assert find_kept() == {"demo": kept("http://here")}
        [file] = cache.iterdir()
        assert [path.stat().st_mode & 0o777 for path in (cache, file)] == [0o700, 0o600]
    assert (find_kept(), list(cache.iterdir())) == ({}, [])


def test_one_that_was_killed_is_not_found_and_its_file_removed(cache: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", ANNOUNCE, str(ROOT)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == b"up\n"
        found = find_kept()
        process.kill()
    assert found == {"demo": kept("http://there")}
    assert len(list(cache.iterdir())) == 1
    assert (find_kept(), list(cache.iterdir())) == ({}, [])


def test_nobody_else_reads_the_key_whatever_was_there_before(cache: Path) -> None:
    cache.mkdir(mode=0o755)
    left = cache / f"{os.getpid()}.json"
    left.touch(mode=0o644)
    with left.open() as open_to_others, publish(kept("http://here"), "demo"):
        assert left.stat().st_mode & 0o777 == 0o600
        assert open_to_others.read() == ""


@pytest.fixture
def another(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """What makes this process another one, as far as the files' names go."""
    pids = count(1)

    def become() -> None:
        pid = next(pids)
        monkeypatch.setattr(os, "getpid", lambda: pid)

    return become


def test_each_has_a_name_of_its_own(another: Callable[[], None]) -> None:
    with publish(kept("http://first"), "demo") as first:
        another()
        with publish(kept("http://second"), "demo") as second:
            assert (first, second) == ("demo", "demo-2")
            assert find_kept() == {"demo": kept("http://first"), "demo-2": kept("http://second")}
        with publish(kept("http://third"), "demo-shop", exact=True) as third:
            assert third == "demo-shop"
            another()
            with publish(kept("http://fourth"), "demo") as fourth:
                assert fourth == "demo-2"
    assert find_kept() == {}


def test_a_name_that_is_wanted_is_refused_where_another_has_it(another: Callable[[], None]) -> None:
    with publish(kept("http://first"), "demo-shop", exact=True):
        another()
        with pytest.raises(
            NameTakenError, match=r"^a demo that runs at http://first has the name demo-shop "
        ):
            refuse_taken_name("demo-shop")
        with pytest.raises(NameTakenError), publish(kept("http://second"), "demo-shop", exact=True):
            pytest.fail("two have one name")
        refuse_taken_name("demo")
        assert find_kept() == {"demo-shop": kept("http://first")}


def test_of_two_that_begin_at_once_neither_takes_the_others_name(cache: Path) -> None:
    cache.mkdir()
    command = [sys.executable, "-c", ANNOUNCE, str(ROOT)]
    held = os.open(cache, os.O_RDONLY)
    fcntl.flock(held, fcntl.LOCK_EX)  # until both have come so far
    started = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) for _ in range(2)]
    with started[0] as one, started[1] as two:
        up, _, _ = select.select([process.stdout for process in started if process.stdout], [], [], 1.0)
        assert up == [], "one has taken a name beside another that is at it"
        os.close(held)
        assert [process.stdout.readline() for process in (one, two) if process.stdout] == [b"up\n"] * 2
        names = set(find_kept())
        one.kill()
        two.kill()
    assert names == {"demo", "demo-2"}


def test_a_file_that_is_being_written_is_not_yet_one(cache: Path) -> None:
    with publish(kept("http://here"), "demo"):
        [path] = cache.iterdir()
        path.write_text(json.dumps({"endpoint": "http"})[:-1])
        assert find_kept() == {}
