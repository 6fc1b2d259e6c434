"""The form that a row must have before its cells are looked at: text, and as wide as the header."""

from collections.abc import Sequence
from operator import itemgetter

from ..aws.rowrelay_error import RowrelayError
from ..core.reserved_columns import REJECT_ROW, REPORT_COLUMNS
from .blocks import Block
from .header import Header
from .other_encoding import NotTextError, as_text
from .text import control_problem, is_blank, is_text
from .visible import shown_name


class RowFormError(RowrelayError):
    """A row, of these cells, has not that form: `kinds` say why in words that such rows share."""

    def __init__(self, cells: Sequence[str], kinds: Sequence[str], got: str = "") -> None:
        self.cells, self.kinds = cells, kinds
        super().__init__("; ".join(kinds) + got)


class RowForm:
    """The form of one file's rows.

    A row has as many cells as the header has without the empty ones at its end. Empty cells at its own end
    may be more or fewer than those, and what stands under those is of no column.

    Args:
        header: The file's header.
        encoding: What rows are encoded in that are not UTF-8.
    """

    def __init__(self, header: Header, encoding: str | None) -> None:
        self._names = header.names
        self._fewest, self._most = len(header.names), len(header.cells)
        self._encoding = encoding
        self._added = len(header.report)
        self._row = header.report.get(REJECT_ROW)
        # Where a report has U+FFFD for bytes, which must not come in as text.
        self._altered = list(header.positions.values()) if self._added == len(REPORT_COLUMNS) else []

    def fits(self, width: int) -> bool:
        """Whether every row of text with so many cells has the form."""
        return width == self._most and not self._added

    def fit_all(self, block: Block) -> list[list[str]] | None:
        """Returns rows with as many cells as the header; None unless one look at all of them is enough."""
        rows = block.rows
        if self._added or not (block.plain or is_text("".join(map("".join, rows)))):
            return None
        widths = set(map(len, rows))
        if widths == {self._most}:
            return rows
        if len(widths) == 1 and min(widths) > self._most:
            surplus = map(itemgetter(slice(self._most, None)), rows)
            if is_blank(map("".join, surplus)):
                return list(map(itemgetter(slice(self._most)), rows))
        return None

    def as_text(self, row: Sequence[str]) -> Sequence[str]:
        """Returns a row as it is, or decoded.

        Raises:
            RowFormError: it is no text.
        """
        try:
            return as_text(row, self._encoding)
        except NotTextError as error:
            raise RowFormError(row, [*self._controls(row), f"the row holds {error}"]) from None

    def decoded(self, text: str) -> str:
        """Returns a row that could not be split as text, as far as it is some."""
        try:
            return as_text([text], self._encoding)[0]
        except NotTextError:
            return text

    def fit(self, row: Sequence[str]) -> list[str]:
        """Returns a row of text with as many cells as the header.

        Raises:
            RowFormError: it has another form.
        """
        if self._row is not None and not is_blank(row[self._row : self._row + 1]):
            raise RowFormError(
                row,
                [f"the row could not be read: write what {REJECT_ROW} has into its columns, and empty that"],
            )
        controls = self._controls(row)
        if len(row) < self._fewest or not is_blank(row[self._most :]):
            fewest, got = self._fewest - self._added, max(0, len(row) - self._added)
            kinds = [*controls, f"expected {fewest} fields as in the header"]
            raise RowFormError(row, kinds, f", got {got}")
        if controls:
            raise RowFormError(row, controls)
        fitted = [*row[: self._most], *[""] * (self._most - len(row))]
        if lost := [n for n in self._altered if "\ufffd" in fitted[n]]:
            kinds = [f"{self._name(n)}: U+FFFD stands for bytes that were no text: replace it" for n in lost]
            raise RowFormError(row, kinds)
        return fitted

    def _controls(self, row: Sequence[str]) -> list[str]:
        problems = ((n, control_problem(cell)) for n, cell in enumerate(row))
        return [f"{self._name(n)}: {problem}" for n, problem in problems if problem]

    def _name(self, position: int) -> str:
        name = "".join(self._names[position : position + 1])
        return shown_name(name) or f"column {position + 1}"
