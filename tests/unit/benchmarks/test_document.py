"""Figures find their places in docs/performance.md."""

from pathlib import Path

import pytest

from benchmarks.document import DOCUMENT, origin, write_figures

BEFORE = """# Performance

Measured on 2026-01-01, commit 1: here.

**Rows (of 5)** (in turn)

| a | b |
| --- | ---: |
| 1 | 2 |

What it means.

**Others**

| c |
| --- |
"""
TABLE = "| a \\1 | b |\n| --- | ---: |\n| 3 | 4 |\n"


def test_a_table_stands_below_its_title_in_place_of_the_last_one(tmp_path: Path) -> None:
    document = tmp_path / "performance.md"
    document.write_text(BEFORE)
    write_figures({"Rows (of 5)": TABLE}, "Measured on 2026-02-02, commit 2: there.", document)
    after = BEFORE.replace("| a | b |\n| --- | ---: |\n| 1 | 2 |\n", TABLE)
    assert document.read_text() == after.replace("2026-01-01, commit 1: here", "2026-02-02, commit 2: there")


def test_what_has_no_place_is_an_error_and_the_others_are_written(tmp_path: Path) -> None:
    document = tmp_path / "performance.md"
    document.write_text(BEFORE)
    with pytest.raises(ValueError, match=r"below: No such; Nor this$"):
        write_figures({"No such": TABLE, "Others": TABLE, "Nor this": TABLE}, "Measured on …", document)
    assert document.read_text().endswith(f"**Others**\n\n{TABLE}")


def test_the_document_says_where_its_figures_come_from(tmp_path: Path) -> None:
    document = tmp_path / "performance.md"
    document.write_text(DOCUMENT.read_text(encoding="utf-8"), encoding="utf-8")
    write_figures({}, origin(), document)
    assert origin() in document.read_text(encoding="utf-8")
