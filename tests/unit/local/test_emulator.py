import re
import tempfile
from pathlib import Path

import pytest

from local import emulator
from local.access_key import AccessKey, new_access_key


@pytest.fixture(autouse=True)
def nobody_says_where(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("TMPDIR", "TEMP", "TMP"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.setattr(emulator, "SHARED_MEMORY", tmp_path)
    monkeypatch.setattr(emulator, "ROOM", 1)


def test_temporary_folders_go_into_memory(tmp_path: Path) -> None:
    assert emulator._temporary_folder() == tmp_path


def test_they_go_where_the_user_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "mine"))
    assert emulator._temporary_folder() == (tmp_path / "mine").resolve()


def test_not_into_memory_without_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(emulator, "ROOM", 2**80)
    assert emulator._temporary_folder() == Path(tempfile.gettempdir()).resolve()


def test_not_into_memory_that_is_not_there(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(emulator, "SHARED_MEMORY", tmp_path / "none")
    assert emulator._temporary_folder() == Path(tempfile.gettempdir()).resolve()


def test_of_our_environment_only_what_python_needs_gets_through(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("AWS_PROFILE", "AWS_ENDPOINT_URL", "HTTP_PROXY", "PYTHONPATH", "PERSIST_STATE", "SMTP_HOST"):
        monkeypatch.setenv(name, "x")
    monkeypatch.setenv("PATH", "/bin")
    monkeypatch.setenv("AUTH", "false")
    found = emulator._environment(tmp_path, 5, AccessKey("the-runs", "its-secret"))
    assert "x" not in found.values()
    assert (found["PATH"], found["AUTH"], found["GATEWAY_PORT"]) == ("/bin", "true", "5")
    assert (found["AWS_ACCESS_KEY_ID"], found["AWS_SECRET_ACCESS_KEY"]) == ("the-runs", "its-secret")
    assert {found[name] for name in ("HOME", "TMPDIR")} == {str(tmp_path)}


def test_every_run_has_a_key_of_its_own_that_no_representation_shows() -> None:
    one, other = new_access_key(), new_access_key()
    assert re.fullmatch("AKIA[A-Z2-7]{16}", one.id)
    assert len(one.secret) == 40
    assert not {one.id, one.secret} & {other.id, other.secret}
    assert one.secret not in repr(one)
