"""docs/components.md says what the components declare."""

import re

import pytest

from components import (
    COMPONENTS,
    BufferedWriterArgs,
    CsvIngestArgs,
    FunctionArgs,
    ImportLedgerArgs,
    StreamNotifierArgs,
    defaults,
)
from docs import tables

PAGE = tables.PAGE.read_text(encoding="utf-8")
MARKED = re.findall(r"<!-- begin ([^>]+) -->", PAGE)


def test_the_tables_are_what_the_components_say() -> None:
    assert tables.filled(PAGE) == PAGE, "write the tables anew with: make docs"


def test_every_table_is_in_the_page_once() -> None:
    assert sorted(MARKED) == sorted(tables.tables())


def test_every_component_has_its_alarms() -> None:
    assert [*tables.ALARMS] == [component.__name__ for component in COMPONENTS]


def test_a_name_is_as_long_as_it_may_be() -> None:
    assert f"at most {defaults.COMPONENT_NAME_MAX} characters" in PAGE


@pytest.mark.parametrize(
    ("table", "declared"),
    [
        ("arguments of CsvIngest", CsvIngestArgs),
        ("arguments of BufferedWriter", BufferedWriterArgs),
        ("arguments of StreamNotifier", StreamNotifierArgs),
        ("arguments of ImportLedger", ImportLedgerArgs),
        ("members of FunctionArgs", FunctionArgs),
    ],
)
def test_names_are_those_of_python(table: str, declared: type) -> None:
    assert re.findall(r"^\| `(\w+)`", tables.tables()[table], re.MULTILINE) == [*declared.__annotations__]


def test_what_changes_without_its_table_is_found() -> None:
    assert tables.filled(PAGE.replace("900,000", "900,001")) == PAGE


def test_a_mark_of_no_table_is_an_error() -> None:
    with pytest.raises(KeyError, match="arguments of Nothing"):
        tables.filled("<!-- begin arguments of Nothing -->\n<!-- end -->")
