"""What the wheel holds: one package, typed, licensed, with a command; and the same from the sdist."""

import ast
import subprocess
import tarfile
import zipfile
from email.message import Message
from email.parser import Parser
from pathlib import Path

import pytest

from components.version import VERSION

from ..program import ROOT
from ..wheel import build, copy_sources

FOLDERS = {"benchmarks", "cli", "components", "lambdas", "local", "operations", "plugin", "tests"}
METADATA = f"rowrelay-{VERSION}.dist-info"


def contents(wheel: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def metadata(wheel: Path) -> Message:
    return Parser().parsestr(contents(wheel)[f"{METADATA}/METADATA"].decode())


def test_it_is_one_package(wheel: Path) -> None:
    assert {name.split("/")[0] for name in contents(wheel)} == {"rowrelay", METADATA}


def test_it_has_every_module_of_the_folders_and_no_tests(wheel: Path) -> None:
    expected = {"rowrelay/py.typed", "rowrelay/local/provider_defaults.json"}
    for folder in ("cli", "lambdas", "local", "operations"):
        expected |= {f"rowrelay/{path.relative_to(ROOT)}" for path in (ROOT / folder).rglob("*.py")}
    expected |= {f"rowrelay/{path.name}" for path in (ROOT / "components").glob("*.py")}
    found = {name for name in contents(wheel) if name.startswith("rowrelay/")}
    assert {name for name in found if not name.startswith("rowrelay/program/")} == expected


def test_it_carries_the_program(wheel: Path) -> None:
    found = {name for name in contents(wheel) if name.startswith("rowrelay/program/")}
    assert found == {
        f"rowrelay/program/{name}"
        for name in (
            *("Pulumi.yaml", "Pulumi.local.yaml"),
            *("__main__.py", "configuration.py", "deployed.py", "settings.py"),
            *(f"mails/welcome/{name}" for name in ("body.html", "body.txt", "subject.txt")),
            *(f"samples/{name}" for name in ("users.csv", "users-semicolon-utf16.csv")),
            "schemas/users.json",
        )
    }


def test_its_licence_and_version(wheel: Path) -> None:
    told = metadata(wheel)
    assert (told["License-Expression"], told["Version"]) == ("Apache-2.0", VERSION)
    assert contents(wheel)[f"{METADATA}/licenses/LICENSE"] == (ROOT / "LICENSE").read_bytes()


def test_its_command(wheel: Path) -> None:
    entry = contents(wheel)[f"{METADATA}/entry_points.txt"].decode().split()
    assert entry == ["[console_scripts]", "rowrelay", "=", "rowrelay.cli.__main__:main"]


def test_it_imports_nothing_by_the_names_of_the_repository(wheel: Path) -> None:
    found = set()
    for name, content in contents(wheel).items():
        for node in ast.walk(ast.parse(content)) if name.endswith(".py") else ():
            if isinstance(node, ast.ImportFrom) and not node.level:
                found |= {name} if str(node.module).split(".")[0] in FOLDERS else set()
            if isinstance(node, ast.Import):
                found |= {name} if {of.name.split(".")[0] for of in node.names} & FOLDERS else set()
    assert found == {"rowrelay/local/serve.py"}  # a script, which finds `local` above itself


def test_the_handlers_are_the_same_bytes(wheel: Path) -> None:
    for name, content in contents(wheel).items():
        if name.startswith("rowrelay/lambdas/"):
            assert content == (ROOT / name.removeprefix("rowrelay/")).read_bytes(), name


def test_the_sdist_makes_the_same_wheel(wheel: Path, backend: Path, tmp_path: Path) -> None:
    sdist = build("sdist", copy_sources(tmp_path / "sources"), tmp_path / "sdist", backend)
    with tarfile.open(sdist) as archive:
        archive.extractall(tmp_path, filter="data")
    again = build("wheel", tmp_path / f"rowrelay-{VERSION}", tmp_path / "dist", backend)
    assert contents(again) == contents(wheel)


@pytest.mark.parametrize("form", ["import lambdas.core.values", "pass; from lambdas.core import values"])
def test_an_import_that_cannot_be_written_anew_ends_the_build(
    backend: Path, tmp_path: Path, form: str
) -> None:
    module = copy_sources(tmp_path / "sources") / "operations" / "records.py"
    module.write_text(f"{form}\n", encoding="utf-8")
    with pytest.raises(subprocess.CalledProcessError) as failed:
        build("wheel", tmp_path / "sources", tmp_path / "dist", backend)
    assert "operations/records.py:1: " in failed.value.stderr
    assert form in failed.value.stderr


def test_what_an_earlier_build_left_is_not_taken_along(wheel: Path, backend: Path, tmp_path: Path) -> None:
    left = copy_sources(tmp_path / "sources") / "build" / "lib" / "rowrelay" / "gone.py"
    left.parent.mkdir(parents=True)
    left.write_text("")
    again = build("wheel", tmp_path / "sources", tmp_path / "dist", backend)
    assert contents(again) == contents(wheel)
