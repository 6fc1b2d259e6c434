"""What there is to say of a file's rows besides their numbers: reasons, repeated keys, ignored columns."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from .header import Header
from .reason_counts import KINDS, ReasonCount, ReasonCounts, most_common
from .repeated_keys import KeySearch, RepeatedKeys
from .text import shortened
from .visible import shown_name

# What stands in the import ledger must stay short whatever the file holds.
_SHORT_KINDS, _KIND_CHARACTERS, _LINES = 20, 200, 20
_NAMES = 20


@dataclass(frozen=True)
class Findings:
    """What reading a file found.

    Attributes:
        reasons: Why rows were rejected, most frequent first.
        repeated_keys: Rows whose key a row before them has.
        ignored_columns: The columns that the schema does not have, as a text.
    """

    reasons: list[ReasonCount] = field(default_factory=list)
    repeated_keys: RepeatedKeys = field(default_factory=RepeatedKeys)
    ignored_columns: str = ""

    @classmethod
    def of(cls, header: Header, reasons: ReasonCounts, keys: KeySearch) -> "Findings":
        """Returns what was found in a file of this header."""
        return cls(most_common(reasons.counts, KINDS), keys.found, ignored_columns(header))

    def short(self) -> "Findings":
        """Returns as much of it as the import ledger has."""
        reasons = [
            replace(each, reason=shortened(each.reason, _KIND_CHARACTERS))
            for each in most_common(self.reasons, _SHORT_KINDS)
        ]
        keys = replace(self.repeated_keys, lines=self.repeated_keys.lines[:_LINES])
        return Findings(reasons, keys, self.ignored_columns)

    def as_json(self) -> dict[str, Any]:
        """Returns it as plain values, which `parse` reads."""
        return asdict(self)

    @classmethod
    def parse(cls, values: Mapping[str, Any]) -> "Findings":
        """Read what stands in an import's entry, or what of it stands there; numbers of any kind."""
        reasons = [_reason(each) for each in values.get("reasons", ())]
        keys = values.get("repeated_keys", {})
        lines = [list(map(int, pair)) for pair in keys.get("lines", ())]
        repeated = RepeatedKeys(int(keys.get("rows", 0)), lines, int(keys.get("looked_at", 0)))
        return cls(reasons, repeated, values.get("ignored_columns", ""))


def ignored_columns(header: Header) -> str:
    """Returns the columns that the schema does not have, and the nearest of those that the file lacks.

    A text of bounded length: `Compny (nearest: company), Labels`.
    """
    unknown = header.unknown
    shown = [_ignored(name, header.nearest) for name in unknown[:_NAMES]]
    return ", ".join([*shown, "…"] if unknown[_NAMES:] else shown)


def _ignored(name: str, nearest: Mapping[str, str]) -> str:
    column = nearest.get(name)
    hint = f" (nearest: {shown_name(column)})" if column else ""
    return shown_name(name) + hint


def _reason(values: Mapping[str, Any]) -> ReasonCount:
    return ReasonCount(values["reason"], int(values["rows"]), list(map(int, values["lines"])))
