import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from local.access_key import AccessKey
from local.kept import KeptRun, find_kept, publish

ROOT = Path(__file__).parents[3]
ANNOUNCE = """
import os, signal, sys
sys.path.insert(0, sys.argv[1])
from local.kept import KeptRun, publish
from local.access_key import AccessKey
with publish(KeptRun("http://there", AccessKey("the-runs", "its-secret"), {"queue_url": "q"})):
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
    assert find_kept() is None


def test_it_is_found_while_it_runs_and_leaves_nothing(cache: Path) -> None:
    with publish(kept("http://here")):
        assert find_kept() == kept("http://here")
        [file] = cache.iterdir()
        assert [path.stat().st_mode & 0o777 for path in (cache, file)] == [0o700, 0o600]
    assert (find_kept(), list(cache.iterdir())) == (None, [])


def test_one_that_was_killed_is_not_found_and_its_file_removed(cache: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", ANNOUNCE, str(ROOT)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == b"up\n"
        found = find_kept()
        process.kill()
    assert found == kept("http://there")
    assert len(list(cache.iterdir())) == 1
    assert (find_kept(), list(cache.iterdir())) == (None, [])


def test_nobody_else_reads_the_key_whatever_was_there_before(cache: Path) -> None:
    cache.mkdir(mode=0o755)
    left = cache / f"{os.getpid()}.json"
    left.touch(mode=0o644)
    with left.open() as open_to_others, publish(kept("http://here")):
        assert left.stat().st_mode & 0o777 == 0o600
        assert open_to_others.read() == ""


def test_of_several_the_one_started_last_is_found(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with publish(kept("http://first")):
        monkeypatch.setattr(os, "getpid", lambda: 1)
        with publish(kept("http://second")):
            os.utime(cache / "1.json", (1e9, 1e9))
            assert find_kept() == kept("http://first")
            os.utime(cache / "1.json", (4e9, 4e9))
            assert find_kept() == kept("http://second")


def test_a_file_that_is_being_written_is_not_yet_one(cache: Path) -> None:
    with publish(kept("http://here")):
        [path] = cache.iterdir()
        path.write_text(json.dumps({"endpoint": "http"})[:-1])
        assert find_kept() is None
