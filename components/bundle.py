"""What a function runs: its handler, what the handlers share, vendored packages, and data files.

The archive depends on contents alone: sources are taken file by file, never a folder with whatever caches lie
in it. A path inside the program's folder is relative to it, so that clones in different places register the
same inputs; any other (an environment shared by projects) is absolute, as that is what stays the same there.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path, PurePosixPath

import pulumi

from .contracts import FOLDERS_OF, HANDLERS, RowrelayError

# Powertools and what it needs. boto3 is not among them: the runtime has it.
VENDORED = ("aws-lambda-powertools", "jmespath", "typing-extensions")
# Four fifths of Powertools' files are for what no handler does, and each start would unpack them.
_UNUSED = re.compile(r"aws_lambda_powertools/(event_handler|utilities/(?!__init__|typing/|jmespath_utils/))")
_COMPILED = (".so", ".pyd", ".dylib")


class BundleError(RowrelayError, RuntimeError):
    """The environment lacks what a bundle is made of, or has it in a form that Lambda could not run."""


def make_bundle(package: str, data: Mapping[str, str]) -> pulumi.AssetArchive:
    """The archive of one function.

    Args:
        package: the handler's folder, one of FOLDERS_OF.
        data: data files by their name at the root of the bundle.

    Raises:
        BundleError: if a source is missing, or a vendored package is missing or not pure Python.
    """
    files = dict(_handler_files(package))
    for name in VENDORED:
        files.update(_vendored_files(name))
    assets: dict[str, pulumi.Asset | pulumi.Archive] = {
        path: pulumi.FileAsset(_stable_path(files[path])) for path in sorted(files)
    }
    assets.update({name: pulumi.StringAsset(text) for name, text in sorted(data.items())})
    return pulumi.AssetArchive(assets)


def _handler_files(package: str) -> Iterator[tuple[str, Path]]:
    if not (HANDLERS / package / "handler.py").is_file():
        raise BundleError(f"the handler {HANDLERS / package / 'handler.py'} is missing; reinstall rowrelay")
    sources = [path for folder in FOLDERS_OF[package] for path in _sources(folder)]
    for source in [HANDLERS / "__init__.py", *sources]:
        yield f"lambdas/{source.relative_to(HANDLERS).as_posix()}", source


def _sources(folder: str) -> list[Path]:
    return [path for path in (HANDLERS / folder).rglob("*.py") if path.is_file()]


@cache  # a program makes several bundles
def _vendored_files(name: str) -> Mapping[str, Path]:
    installed, found = _installed(name), {}
    for path in installed.files or ():
        if _is_package_file(path):
            if path.suffix in _COMPILED:
                raise BundleError(
                    f"{name} {installed.version} has a compiled file ({path}), which would not run on every "
                    f"machine; install its pure Python wheel: pip install --no-binary {name} {name}"
                )
            found[path.as_posix()] = Path(str(installed.locate_file(path)))
    return found


def _installed(name: str) -> Distribution:
    try:
        found = distribution(name)
    except PackageNotFoundError:
        found = None
    if found is None or not found.files:
        raise BundleError(
            f"{name} goes into the function bundles but is not installed with its list of files; "
            "install it: pip install --require-hashes -r requirements.txt"
        )
    return found


def _is_package_file(path: PurePosixPath) -> bool:
    """Whether it is part of what handlers need: no script outside the package, no metadata, no cache."""
    return not (
        path.parts[0] == ".."
        or path.parts[0].endswith((".dist-info", ".data"))
        or "__pycache__" in path.parts
        or path.suffix == ".pyc"
        or _UNUSED.match(path.as_posix())
    )


def _stable_path(path: Path) -> str:
    # Pulumi takes relative paths from the folder that the program runs in.
    here = Path.cwd()
    return path.relative_to(here).as_posix() if path.is_relative_to(here) else path.as_posix()
