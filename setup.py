"""Builds the one package `rowrelay` of this repository's folders; all else about it is in pyproject.toml.

Here the folders stand side by side and import each other from the top: `from lambdas.core.schema import …`.
Installed, they are parts of the package, and such an import says so: `from rowrelay.lambdas.core.schema …`.
Nothing else is written anew. The handlers import each other relatively and stay the same bytes.
"""

import ast
import shutil
from pathlib import Path

from setuptools import find_packages, setup
from setuptools.command.build_py import build_py

# What each folder is in the package. The program is what `rowrelay demo` deploys.
PACKAGES = {
    "components": "rowrelay",
    "cli": "rowrelay.cli",
    "lambdas": "rowrelay.lambdas",
    "local": "rowrelay.local",
    "operations": "rowrelay.operations",
}
PROGRAM = {".": "rowrelay.program"}
# Started by its path, in a process of its own, which finds `local` above it.
SCRIPTS = {Path("local/serve.py")}


class BuildPackage(build_py):  # type: ignore[misc]  # setuptools has no types
    """Lays the folders out as one package."""

    def run(self) -> None:
        """Build from nothing: what an earlier build has left would be taken along."""
        shutil.rmtree(self.build_lib, ignore_errors=True)
        super().run()

    def find_package_modules(self, package: str, package_dir: str) -> list[tuple[str, str, str]]:
        """The modules of a package: (package, module, file). This file, beside the program, is none of it."""
        found = super().find_package_modules(package, package_dir)
        return [module for module in found if module[1] != "setup"]

    def build_module(self, module: str, module_file: str, package: str) -> object:
        """Copy a module, and let it import the others where they are in the package."""
        copied = super().build_module(module, module_file, package)
        if Path(module_file) not in SCRIPTS:
            copy = Path(self.get_module_outfile(self.build_lib, package.split("."), module))
            copy.write_bytes(with_package_imports(copy.read_bytes().decode(), module_file).encode())
        return copied


def with_package_imports(text: str, file: str) -> str:
    """The text of a module with `rowrelay` before the folders that it imports from, line for line.

    Raises:
        SystemExit: it imports one in another way than `from folder.module import name`.
    """
    lines = text.split("\n")
    for node in ast.walk(ast.parse(text, file)):
        if isinstance(node, ast.Import):
            if any(alias.name.split(".")[0] in PACKAGES for alias in node.names):
                raise SystemExit(f"{file}:{node.lineno}: `{ast.unparse(node)}`: expected `from … import …`")
        elif isinstance(node, ast.ImportFrom) and not node.level:
            folder = str(node.module).split(".")[0]
            if folder in PACKAGES:
                line, start = lines[node.lineno - 1], f"{' ' * node.col_offset}from {folder}"
                if not line.startswith(start):
                    raise SystemExit(f"{file}:{node.lineno}: expected `{start} …`, got `{line}`")
                package = f"{' ' * node.col_offset}from {PACKAGES[folder]}"
                lines[node.lineno - 1] = package + line.removeprefix(start)
    return "\n".join(lines)


def packages() -> list[str]:
    """Every package, those below the folders included."""
    below = [f"{of}.{name}" for folder, of in PACKAGES.items() for name in find_packages(folder)]
    return [*PACKAGES.values(), *below, *PROGRAM.values()]


setup(
    cmdclass={"build_py": BuildPackage},
    package_dir={package: folder for folder, package in {**PACKAGES, **PROGRAM}.items()},
    packages=packages(),
)
