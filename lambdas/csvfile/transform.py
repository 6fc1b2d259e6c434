"""The rows changed by a function of the user's own, `transform_row` in the module `transform_rows.py`.

It is given each row whose cells the schema accepts: a dict of all the schema's columns, each value of the
type that `core.values` reads it as (str, int, Decimal, bool, date or datetime), None where there is none. It
returns the row to import, which is held against the schema once more, or a text that says why there is none.
A column that the schema requires may be missing in the file, then: the function is to fill it in.
One row makes one row at most: a record is known by its import and its line, and read = accepted + rejected.
It must be pure, that is return the same for the same row always: what is delivered twice, or left to another
invocation, is cut into the same chunks only then.
"""

import sys
from collections.abc import Callable
from pathlib import Path
from traceback import walk_tb
from types import CodeType, ModuleType
from typing import Any, NamedTuple

from ..aws.rowrelay_error import RowrelayError
from ..core.schema import Schema
from .columns import Column, columns_of
from .header import Header
from .text import shortened
from .validate import Reject, Rows, RowValidator

TransformRow = Callable[[dict[str, Any]], dict[str, Any] | str]

TRANSFORM_MODULE, TRANSFORM_FUNCTION = "transform_rows", "transform_row"
TRANSFORM_FILE = f"{TRANSFORM_MODULE}.py"
_REASON_CHARACTERS = 200
_IMPORTABLE = "it may import Python's standard library, and what a layer of the function brings"


class Refusal(NamedTuple):
    """Why a row is not imported; `kind` has nothing in it that may be a value of the row."""

    reason: str
    kind: str


class TransformError(RowrelayError):
    """The user's module cannot be imported, or has no such function."""


def import_transform_row(path: Path) -> TransformRow:
    """Import a module from its file; returns its function.

    Raises:
        OSError: the file cannot be read.
        TransformError: the module cannot be imported, or has no such function.
    """
    source = path.read_text(encoding="utf-8-sig")  # with or without a byte order mark
    module = ModuleType(TRANSFORM_MODULE)
    module.__file__ = str(path)
    sys.modules[TRANSFORM_MODULE] = module  # where dataclasses look their module up
    try:
        code = compile_transform(source)
    except TransformError as error:
        raise TransformError(f"{path}: {error}") from error
    try:
        exec(code, vars(module))
    except (Exception, SystemExit) as error:
        hint = f" ({_IMPORTABLE})" if isinstance(error, ImportError) else ""
        told = f"{type(error).__name__}: {error}{hint}"
        raise TransformError(f"{_where(error, str(path))}: the module cannot be imported: {told}") from error
    function = getattr(module, TRANSFORM_FUNCTION, None)
    if not callable(function):
        raise TransformError(f"{path}: expected a function {TRANSFORM_FUNCTION}(row), found none")
    transform_row: TransformRow = function
    return transform_row


def compile_transform(source: str) -> CodeType:
    """Compile a module's source.

    Raises:
        TransformError: it is not valid Python; the message says in which line, and shows it.
    """
    try:
        return compile(source, TRANSFORM_FILE, "exec", dont_inherit=True)
    except SyntaxError as error:
        if error.lineno is None:  # a NUL
            raise TransformError(f"not valid Python: {error.msg}") from error
        # Not the error's own text: there may be none, or another file's, read by this one's name.
        text = _shown("".join(source.split("\n")[error.lineno - 1 : error.lineno]))
        raise TransformError(f"line {error.lineno} is not valid Python: {error.msg}: `{text}`") from error
    except (ValueError, RecursionError, MemoryError) as error:  # a NUL; what is nested too deep
        raise TransformError(f"not valid Python: {type(error).__name__} {error}".rstrip()) from error


class RowTransformer:
    """Validates rows, and has the user's function change each of them.

    Args:
        schema: What the rows must be.
        header: The file's header; columns that it lacks are None in every row.
        transform_row: The user's function.
    """

    def __init__(self, schema: Schema, header: Header, transform_row: TransformRow) -> None:
        columns = columns_of(schema, header.positions)
        self._validator = RowValidator(columns, Column.read)
        self._present = [column.name for _, column in columns]
        self._names = schema.columns
        self._known = frozenset(schema.columns)
        self._transform_row = transform_row

    def __call__(self, rows: Rows, rejects: list[Reject]) -> Rows:
        """Returns the rows that it makes, as values in the schema's order; the others become rejects."""
        lines, originals, made = [], [], []
        for some, columns in self._validator.valid(rows, rejects):
            nothing = [None] * len(some.lines)
            by_name = dict(zip(self._present, columns, strict=True))
            all_columns = [by_name.get(name, nothing) for name in self._names]
            values = zip(*all_columns, strict=True)
            for line, original, row in zip(some.lines, some.originals, values, strict=True):
                result = self._call(dict(zip(self._names, row, strict=True)))
                if isinstance(result, Refusal):
                    rejects.append(Reject(line, original, result.reason, [result.kind]))
                else:
                    lines.append(line)
                    originals.append(original)
                    made.append(result)
        return Rows(lines, originals, made)

    def _call(self, row: dict[str, Any]) -> list[Any] | Refusal:
        """Returns the values of the row to import, or why there is none."""
        try:
            return self._values_or_refusal(self._transform_row(row))
        except (Exception, SystemExit) as error:  # a script's sys.exit() ends the row, not the file
            # Not its message, which was not written for whoever uploads files.
            told = f"{TRANSFORM_FUNCTION} raised {type(error).__name__} ({_where(error)})"
            return Refusal(told, told)

    def _values_or_refusal(self, result: object) -> list[Any] | Refusal:
        """As `_call`; raises whatever the result's own methods raise, if it is of a class of the user's."""
        if isinstance(result, str):
            dropped = f"dropped by {TRANSFORM_FUNCTION}"
            return Refusal(_shown(result) or f"{dropped}, which gave no reason", dropped)
        if not isinstance(result, dict):
            got = type(result).__name__
            expected = "expected a row, or a text that says why there is none"
            told = f"{TRANSFORM_FUNCTION} returned {got}: {expected}"
            return Refusal(told, told)
        if unknown := result.keys() - self._known:
            names = ", ".join(sorted(map(str, unknown)))
            told = f"{TRANSFORM_FUNCTION} returned columns that the schema does not have"
            return Refusal(_shown(f"{told}: {names}"), told)
        return list(map(result.get, self._names))


def _where(error: BaseException, file: str = TRANSFORM_FILE) -> str:
    """Returns the module's file, called `file`, and the last line of it that an error came by."""
    frames = walk_tb(error.__traceback__)
    lines = [line for frame, line in frames if frame.f_code.co_filename == TRANSFORM_FILE]
    return f"{file}, line {lines[-1]}" if lines else file


def _shown(reason: str) -> str:
    """Returns a reason in one line of printable characters, and not too long a one."""
    line = " ".join("".join(c if c.isprintable() else " " for c in reason).split())
    return shortened(line, _REASON_CHARACTERS)
