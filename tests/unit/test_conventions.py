"""What holds for every test module: no other imports it, and a test's name is short enough to take in."""

import ast
from collections.abc import Iterator

from ..program import ROOT

TESTS = ROOT / "tests"
MODULES = {str(path.relative_to(TESTS)): path for path in sorted(TESTS.rglob("test_*.py"))}
CHARACTERS = 70  # a test's name has fewer


def imported(tree: ast.AST) -> Iterator[str]:
    """The last part of every name that a module imports, or imports from."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.rpartition(".")[2]
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from (alias.name.rpartition(".")[2] for alias in node.names)


def test_no_module_imports_a_test_module() -> None:
    tests = {path.stem for path in MODULES.values()}
    found = {
        (str(path.relative_to(TESTS)), name)
        for path in TESTS.rglob("*.py")
        for name in imported(ast.parse(path.read_text(encoding="utf-8")))
        if name in tests
    }
    assert found == set()


def test_the_names_of_tests_are_short() -> None:
    found = {
        (name, node.name)
        for name, path in MODULES.items()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
        if len(node.name) >= CHARACTERS
    }
    assert found == set()
