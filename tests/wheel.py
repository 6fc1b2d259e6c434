"""The wheel, built as pip builds it, and environments that it is installed in."""

import os
import shutil
import subprocess
import sys
import tomllib
import venv
from pathlib import Path

from .program import ROOT

# What is no source: caches, environments, what was built before.
_LEFT_OUT = shutil.ignore_patterns(".*", "__pycache__", "build", "dist", "*.egg-info")
_PIP = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
_BUILD = "import sys, setuptools.build_meta as backend; getattr(backend, sys.argv[1])(sys.argv[2])"


def copy_sources(to: Path) -> Path:
    """Copy the repository, tests and all; returns the new folder."""
    return Path(shutil.copytree(ROOT, to, ignore=_LEFT_OUT))


def install_backend(to: Path) -> Path:
    """Install what pyproject.toml says that builds the package; returns the folder."""
    system = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["build-system"]
    assert system["build-backend"] == "setuptools.build_meta"
    subprocess.run([*_PIP, "install", "--target", str(to), *system["requires"]], check=True)
    return to


def build(what: str, sources: Path, to: Path, backend: Path) -> Path:
    """Build a wheel or an sdist as PEP 517 has it.

    Args:
        what: "wheel" or "sdist".
        sources: The folder with pyproject.toml; the build leaves files in it.
        to: The folder for what is built.
        backend: What builds it.

    Returns:
        The file that was built.

    Raises:
        CalledProcessError: it cannot be built; its `stderr` says why.
    """
    to.mkdir(parents=True)
    subprocess.run(
        [sys.executable, "-c", _BUILD, f"build_{what}", str(to)],
        cwd=sources,
        env={**os.environ, "PYTHONPATH": str(backend)},
        capture_output=True,
        text=True,
        check=True,
    )
    [built] = to.iterdir()
    return built


def install(wheel: Path, to: Path, python: Path = Path(sys.executable)) -> Path:
    """Make an environment of the wheel and of what another environment has.

    Args:
        wheel: The wheel.
        to: The folder of the new environment.
        python: The Python of the other one, in its folder `bin`; this repository is not on its path.

    Returns:
        The new environment's folder `bin`.
    """
    venv.create(to)
    [packages] = to.glob("lib/python*/site-packages")
    [others] = python.parent.parent.glob("lib/python*/site-packages")
    (packages / "others.pth").write_text(f"{others}\n", encoding="utf-8")
    here = [*_PIP, "--python", str(to / "bin" / "python")]
    subprocess.run([*here, "install", "--no-index", "--no-deps", str(wheel)], check=True)
    return to / "bin"
