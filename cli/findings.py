"""What was found in a file besides its rows' numbers, in words."""

from collections.abc import Iterator

from lambdas.csvfile.findings import Findings
from lambdas.csvfile.reason_counts import most_common
from lambdas.csvfile.repeated_keys import RepeatedKeys
from operations.text import count

SHOWN_REASONS = 20
_SHOWN_PAIRS = 5


def reason_lines(findings: Findings, shown: int = SHOWN_REASONS) -> Iterator[str]:
    """Yields why rows were rejected, grouped and counted: so many kinds, and the others as one."""
    for each in most_common(findings.reasons, shown):
        yield f"{each.reason} · {count(each.rows, 'row')}, {each.where}"


def remarks(findings: Findings, accepted: int) -> Iterator[str]:
    """Yields what else there is to say of a file.

    Args:
        findings: What was found in it.
        accepted: How many of its rows were accepted.
    """
    if findings.repeated_keys.rows:
        yield _repeated(findings.repeated_keys, accepted)
    if findings.ignored_columns:
        yield f"columns that the schema does not have are ignored: {findings.ignored_columns}"


def _repeated(keys: RepeatedKeys, accepted: int) -> str:
    pairs = ", ".join(f"line {line} (as line {first})" for line, first in keys.lines[:_SHOWN_PAIRS])
    more = ", …" if keys.rows > _SHOWN_PAIRS else ""
    among = f", among the first {keys.looked_at:,} accepted rows" if keys.looked_at < accepted else ""
    return f"{count(keys.rows, 'row')} with the key of a row before{among}: {pairs}{more}"
