"""docs/performance.md has the figures of one run: each table below its title, and where they came from."""

import platform
import re
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import psutil

from local.root import ROOT

DOCUMENT = ROOT / "docs" / "performance.md"
_ORIGIN = re.compile(r"^Measured on .*$", re.MULTILINE)


def origin() -> str:
    """Returns what is measured, where and when: the day, the commit, the machine."""
    commit = _git("rev-parse", "--short", "HEAD") or "unknown"
    changed = ", changed since" if _git("status", "--porcelain", "--untracked-files=no") else ""
    memory = psutil.virtual_memory().total / 1024**3
    machine = f"{platform.system()} {platform.machine()}, {psutil.cpu_count()} cores, {memory:.0f} GB"
    day, python = f"{datetime.now(UTC):%Y-%m-%d}", platform.python_version()
    return f"Measured on {day}, commit {commit}{changed}: Python {python}, {machine}."


def write_figures(tables: Mapping[str, str], measured: str, document: Path = DOCUMENT) -> None:
    """Put tables, by title, and the line of their origin in place of those that the document has.

    Raises:
        ValueError: the document has no such title, or no line of an origin; the others are written.
    """
    text, count = _ORIGIN.subn(lambda _: measured, document.read_text(encoding="utf-8"))
    missing = [] if count == 1 else ["Measured on …"]
    for title, table in tables.items():
        below = re.compile(rf"^(\*\*{re.escape(title)}\*\*.*\n\n)(?:\|.*\n)+", re.MULTILINE)
        text, count = below.subn(lambda found, table=table: found[1] + table, text)  # type: ignore[misc]
        missing += [] if count == 1 else [title]
    document.write_text(text, encoding="utf-8")
    if missing:
        raise ValueError(f"{document}: expected once each, with a table below: {'; '.join(missing)}")


def _git(*arguments: str) -> str:
    try:
        done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):  # no git, or no repository
        return ""
    return done.stdout.strip()
