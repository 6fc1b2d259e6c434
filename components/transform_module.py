"""The user's Python module that changes rows, as CsvIngest takes it: its source text, checked but never run.

What it does with rows, and how: lambdas/csvfile/transform.py.
"""

import ast
import re

from .arguments import Arguments
from .contracts import TRANSFORM_FILE, TRANSFORM_FUNCTION, TransformError, compile_transform

_EXPECTED = f"the source of a Python module with a function {TRANSFORM_FUNCTION}(row)"
_FILE_NAME = re.compile(r"(?:[A-Za-z]:)?[^\n:]+\.py")  # no module with a function, which has a colon


def read_transform(arguments: Arguments) -> dict[str, str]:
    """Read the argument `transform_rows`; returns the bundle's file of it, or none."""
    if not arguments.given("transform_rows"):
        return {}
    source = arguments.text("transform_rows", expected=_EXPECTED)
    if source and (problem := transform_problem(source)):
        arguments.add_problem("transform_rows", _EXPECTED, source, detail=problem)
    return {TRANSFORM_FILE: source}


def transform_problem(source: str) -> str | None:
    """Returns why a source cannot be used.

    It is compiled by the Python that deploys, which may know another syntax than the function's. What only
    running it tells, such as an import that fails, is an error of the function's first invocation.
    """
    if _FILE_NAME.fullmatch(source):
        return f'got a file\'s name; load_transform("{source}") reads it'
    try:
        compile_transform(source)
        body = ast.parse(source).body
    except (TransformError, RecursionError, MemoryError) as error:  # a tree may be too deep, its code not
        return str(error)
    found = [node for node in body if getattr(node, "name", None) == TRANSFORM_FUNCTION]
    if not found:
        return f"expected a function {TRANSFORM_FUNCTION}(row), found none at the top level of the module"
    last = found[-1]
    if not isinstance(last, ast.FunctionDef):
        return f"line {last.lineno}: expected {TRANSFORM_FUNCTION} to be a function that is not async"
    taken = last.args
    names = [each.arg for each in (*taken.posonlyargs, *taken.args, *taken.kwonlyargs)]
    if len(names) != 1 or taken.kwonlyargs or taken.vararg or taken.kwarg:
        shown = ast.unparse(taken)
        return (
            f"line {last.lineno}: expected {TRANSFORM_FUNCTION} to take one argument, the row; got ({shown})"
        )
    return None
