import json
from typing import Any

import pytest

from .answers import REGION
from .recording import Recording

FUNCTIONS = {"ingest-process-csv", "writer-insert-records", "notifier-send-email"}


@pytest.fixture(scope="module")
def widgets(local: Recording) -> dict[str, Any]:
    dashboard = local.inputs("cloudwatch/dashboard:Dashboard", "dashboard")
    assert dashboard["dashboardName"] == local.outputs["dashboard"] == "rowrelay-local"
    return {w["properties"]["title"]: w for w in json.loads(dashboard["dashboardBody"])["widgets"]}


def shown(widget: dict[str, Any]) -> set[str]:
    """The names of what a widget shows: namespace, metric, dimension, name, options."""
    return {metric[3] for metric in widget["properties"]["metrics"]}


def test_shows_what_waits_for_an_operator_first(widgets: dict[str, Any]) -> None:
    first = next(iter(widgets.values()))
    assert (first["x"], first["y"]) == (0, 0)
    assert shown(first) == {"ingest-failures", "writer-dead-letters", "notifier-failures"}


def test_shows_every_function_and_working_queue(widgets: dict[str, Any]) -> None:
    for title in ("Invocations", "Errors", "Duration (milliseconds)"):
        assert shown(widgets[title]) == FUNCTIONS
    for title in ("What is under way", "Age of the oldest (seconds)"):
        assert shown(widgets[title]) == {"writer-queue", "notifier-retries"}
    for title in ("Records written (units)", "Writes throttled"):
        assert shown(widgets[title]) == {"writer-table"}


def test_widgets_lie_side_by_side_in_the_stacks_region(widgets: dict[str, Any]) -> None:
    places = {(w["x"], w["y"]) for w in widgets.values()}
    assert len(places) == len(widgets) == 9
    for widget in widgets.values():
        assert widget["x"] + widget["width"] <= 24
        assert widget["properties"]["region"] == REGION
