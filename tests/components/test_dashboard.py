import json
from collections.abc import Callable
from typing import Any

import pulumi
import pulumi_aws as aws
import pytest
from pulumi.runtime.mocks import MockCallArgs

from components import BufferedWriter, CsvIngest, ImportLedger, StreamNotifier, create_dashboard

from .answers import REGION, Answers
from .recording import Recording, record
from .samples import ingest_args, notifier_args, writer_args

FUNCTIONS = {
    "ingest-process-csv",
    "writer-insert-records",
    "notifier-send-email",
    "notifier-mail-round",
    "ledger-bookkeeper",
}
BOOKKEEPER = "ledger-bookkeeper"
ROUND = "notifier-mail-round"


@pytest.fixture(scope="module")
def widgets(local: Recording) -> dict[str, Any]:
    dashboard = local.inputs("cloudwatch/dashboard:Dashboard", "dashboard")
    assert dashboard["dashboardName"] == local.outputs["dashboard"] == "rowrelay-local-dashboard"
    return {w["properties"]["title"]: w for w in json.loads(dashboard["dashboardBody"])["widgets"]}


def shown(widget: dict[str, Any]) -> set[str]:
    """The names of what a widget shows: namespace, metric, dimension, name, options."""
    return {metric[3] for metric in widget["properties"]["metrics"]}


def reported(widget: dict[str, Any]) -> set[str]:
    """The names of the metrics that a widget shows of the rounds and the bookkeeper."""
    metrics = [metric for metric in widget["properties"]["metrics"] if metric[0] == "Rowrelay"]
    for metric in metrics:
        assert metric[2:4] == ["FunctionName", BOOKKEEPER if metric[1].startswith("Imports") else ROUND]
    return {metric[1] for metric in metrics}


def test_shows_what_waits_for_an_operator_first(widgets: dict[str, Any]) -> None:
    first = next(iter(widgets.values()))
    assert (first["x"], first["y"]) == (0, 0)
    queues = {"ingest-failures", "writer-dead-letters", "notifier-failures"}
    assert shown(first) == {*queues, ROUND, BOOKKEEPER}
    assert reported(first) == {"MailsHeld", "MailsUndeliverable", "ImportsStuck"}


def test_shows_every_function_and_working_queue(widgets: dict[str, Any]) -> None:
    for title in ("Invocations", "Errors", "Duration (milliseconds)"):
        assert shown(widgets[title]) == FUNCTIONS
    for title, metrics, more in (
        ("What is under way", {"MailsOwed", "ImportsOpen"}, {BOOKKEEPER}),
        ("Age of the oldest (seconds)", {"OldestOwedSeconds"}, set[str]()),
    ):
        assert shown(widgets[title]) == {"writer-queue", ROUND} | more
        assert reported(widgets[title]) == metrics
    used = widgets["SES's daily quota used (%)"]
    assert (shown(used), reported(used)) == ({ROUND}, {"QuotaUsedPercent"})
    for title in ("Records written (units)", "Writes throttled"):
        assert shown(widgets[title]) == {"writer-table"}


def test_widgets_lie_side_by_side_in_the_stacks_region(widgets: dict[str, Any]) -> None:
    places = {(w["x"], w["y"]) for w in widgets.values()}
    assert len(places) == len(widgets) == 10
    for widget in widgets.values():
        assert widget["x"] + widget["width"] <= 24
        assert widget["properties"]["region"] == REGION


DASHBOARD = "cloudwatch/dashboard:Dashboard"
# Which of the whole dashboard's widgets are of a component alone.
ALL = ["What waits for you (should be 0)", "Invocations", "Errors", "Duration (milliseconds)"]
MOVING = ["What is under way", "Age of the oldest (seconds)"]
ALONE: list[tuple[Callable[[], dict[str, Any]], list[str], set[str]]] = [
    (lambda: {"ingest": CsvIngest("x", ingest_args())}, ALL, {"x-failures", "x-process-csv"}),
    (
        lambda: {"writer": BufferedWriter("x", writer_args())},
        [*ALL, *MOVING, "Records written (units)", "Writes throttled"],
        {"x-dead-letters", "x-queue", "x-insert-records", "x-table"},
    ),
    (
        lambda: {"notifier": StreamNotifier("x", notifier_args())},
        [*ALL, *MOVING, "Mail of the whole account", "SES's daily quota used (%)"],
        {"x-failures", "x-send-email", "x-mail-round"},
    ),
    (lambda: {"ledger": ImportLedger("x", {})}, [*ALL, MOVING[0]], {"x-bookkeeper"}),
]


@pytest.mark.parametrize(("components", "titles", "names"), ALONE)
def test_one_component_has_a_dashboard_of_its_own(
    components: Callable[[], dict[str, Any]], titles: list[str], names: set[str]
) -> None:
    recorded = record(lambda: create_dashboard("one", **components()))
    dashboard = recorded.inputs(DASHBOARD, "one")
    widgets = json.loads(dashboard["dashboardBody"])["widgets"]
    assert {w["properties"]["title"] for w in widgets} == set(titles)
    metrics = [metric for w in widgets for metric in w["properties"]["metrics"]]
    assert {metric[3] for metric in metrics if len(metric) > 2} == names
    assert len({(w["x"], w["y"]) for w in widgets}) == len(widgets)


def test_a_stack_may_have_several() -> None:
    def program() -> None:
        writer = BufferedWriter("w", writer_args())
        create_dashboard("one.of", writer=writer)
        create_dashboard("another", writer=writer, ingest=CsvIngest("in", ingest_args()))

    names = {d.name: d.inputs["dashboardName"] for d in record(program).all(DASHBOARD)}
    assert names == {"one.of": "rowrelay-test-one-of", "another": "rowrelay-test-another"}


def test_a_dashboard_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one of ingest, writer, notifier and ledger, got none"):
        create_dashboard("empty")


def test_what_is_no_component_is_refused() -> None:
    given: dict[str, Any] = {"ingest": 1, "writer": "w"}
    told = "ingest: expected a CsvIngest, got 1; writer: expected a BufferedWriter, got 'w'"
    with pytest.raises(ValueError, match=rf"^create_dashboard\('d'\): {told}$"):
        create_dashboard("d", **given)


def test_its_region_is_that_of_the_components_provider(monkeypatch: pytest.MonkeyPatch) -> None:
    answer = Answers.call

    def call(self: Answers, args: MockCallArgs) -> Any:
        return answer(self, args) | ({"region": "eu-north-1"} if "::abroad::" in args.provider else {})

    monkeypatch.setattr(Answers, "call", call)

    def program() -> None:
        abroad = pulumi.ResourceOptions(providers=[aws.Provider("abroad", region="eu-north-1")])
        create_dashboard("d", writer=BufferedWriter("w", writer_args(), opts=abroad))

    dashboard = record(program).inputs(DASHBOARD, "d")
    regions = {w["properties"]["region"] for w in json.loads(dashboard["dashboardBody"])["widgets"]}
    assert regions == {"eu-north-1"}
