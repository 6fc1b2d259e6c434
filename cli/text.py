"""Text from files and mails, made safe and short for a terminal."""

import unicodedata

_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}  # Unicode's control, format, surrogate … categories


def shown(value: str, limit: int = 500, *, lines: bool = False) -> str:
    """The text with what would move or colour the terminal as U+FFFD, cut to `limit` characters.

    Args:
        value: Any text.
        limit: Characters.
        lines: Keep line breaks and tabs.
    """
    kept = "\n\t" if lines else ""
    value = value.replace("\r\n", "\n")
    safe = (c if c in kept or unicodedata.category(c) not in _HIDDEN else "\ufffd" for c in value[:limit])
    return "".join(safe) + ("…" if len(value) > limit else "")


def count(number: int, noun: str) -> str:
    """`1 row`, `1,200 rows`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
