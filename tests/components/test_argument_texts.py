"""What the docstring of an argument says of its bounds and its default is what the code applies."""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from components import defaults
from components.arguments import Arguments
from components.buffered_writer_args import plan_buffered_writer
from components.csv_ingest_args import plan_csv_ingest
from components.import_ledger_args import plan_import_ledger
from components.provider import public_schema
from components.stream_notifier_args import plan_stream_notifier
from docs.tables import python_name

from .recording import record
from .samples import FUNCTION, ingest_args, notifier_args, writer_args

# Read only if they are given.
GIVEN: Any = {"function": {key: FUNCTION[key] for key in ("layers", "vpc", "tracing")}}
PLANS: dict[str, Callable[[], object]] = {
    "CsvIngest": lambda: plan_csv_ingest("x", ingest_args(**GIVEN)),
    "BufferedWriter": lambda: plan_buffered_writer("x", writer_args(**GIVEN)),
    "StreamNotifier": lambda: plan_stream_notifier("x", notifier_args(**GIVEN)),
    "ImportLedger": lambda: plan_import_ledger("x", {}),
}
NO_BOUND = defaults.EXPIRE_DAYS_MAX
SCHEMA = json.loads(public_schema())
FUNCTIONS_ARGUMENT = "function."


@dataclass(frozen=True)
class Asked:
    """What one argument was asked for, by its name, such as function.memory_mb: what its text must say."""

    argument: str
    phrases: tuple[str, ...]
    default: str | None = None


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Asked]:
    """Everything that is asked for while a plan is made, in order."""
    heard: list[Asked] = []

    def listen(reader: str, heard_as: Callable[..., tuple[Sequence[str], Any]]) -> None:
        read = getattr(Arguments, reader)

        def told(arguments: Arguments, key: str, *args: Any, **options: Any) -> Any:
            phrases, default = heard_as(*args, **options)
            applied = None if default is None or arguments.given(key) else json.dumps(default).strip('"')
            heard.append(Asked(arguments._within + key, tuple(phrases), applied))
            return read(arguments, key, *args, **options)

        monkeypatch.setattr(Arguments, reader, told)

    listen("whole_number", lambda default, low, high, _: ([bounds(low, high)], default))
    listen("one_of", lambda default, allowed, *_: ([str(each) for each in allowed], default))
    listen("flag", lambda: ((), False))
    listen("text", lambda default=None, **_: ((), default))
    listen("resources", lambda most, *_, least=0, **__: ([bounds(least, most)], None))
    return heard


def bounds(low: int, high: int) -> str:
    if high >= NO_BOUND:
        return f"at least {low}"
    return f"{low} to {high}" if low else f"at most {high}"


def text_of(component: str, argument: str) -> str:
    """Where an argument's bounds and default are told; a member's, beside its own text, in `function`'s."""
    described = {python_name(key): plain(of) for key, of in inputs(component).items()}
    if not argument.startswith(FUNCTIONS_ARGUMENT):
        return described[argument]
    member = argument.removeprefix(FUNCTIONS_ARGUMENT)
    return " ".join([*members(member), *re.findall(rf"\b{member}\b[^.]*\.", described["function"])])


def inputs(component: str) -> dict[str, Any]:
    found: dict[str, Any] = SCHEMA["resources"][f"rowrelay:index:{component}"]["inputProperties"]
    return found


def members(member: str) -> Iterator[str]:
    for kind, name in (("FunctionArgs", member), ("VpcArgs", member.removeprefix("vpc."))):
        for key, of in SCHEMA["types"][f"rowrelay:index:{kind}"]["properties"].items():
            if python_name(key) == name:
                yield plain(of)


def plain(of: Any) -> str:
    return " ".join(of["description"].split())


def unsaid(component: str, asked: list[Asked]) -> list[str]:
    """What the texts do not say of what was asked for."""
    found = []
    for each in asked:
        text = text_of(component, each.argument)
        default = [] if each.default is None else [f"default {each.default}"]
        for phrase in (*each.phrases, *default):
            said = re.escape(phrase).replace("default", "[Dd]efault:?")
            if not re.search(rf"(?<!\w){said}(?!\w)", text):
                found.append(f"{component} {each.argument}: {phrase}")
    return found


@pytest.mark.parametrize("component", PLANS)
def test_texts_say_the_bounds_and_defaults(component: str, asked: list[Asked]) -> None:
    record(PLANS[component])
    assert asked
    assert unsaid(component, asked) == []


@pytest.mark.parametrize(
    ("component", "limit", "value", "expected"),
    [
        ("CsvIngest", "ROWS_PER_CHUNK", 200, "CsvIngest rows_per_chunk: default 200"),
        ("CsvIngest", "ROWS_PER_CHUNK_MAX", 999, "CsvIngest rows_per_chunk: 1 to 999"),
        ("CsvIngest", "COLUMNS_MAX", 9999, "CsvIngest max_columns: 1 to 9999"),
        ("CsvIngest", "ROW_BYTES_MIN", 7, "CsvIngest max_row_bytes: 7 to 1048576"),
        ("BufferedWriter", "INSERT_RECORDS_CONCURRENCY", 7, "BufferedWriter maximum_concurrency: default 7"),
        ("BufferedWriter", "LAYERS_MAX", 4, "BufferedWriter function.layers: 1 to 4"),
        ("StreamNotifier", "KEEP_LOGS_DAYS", 60, "StreamNotifier function.log_retention_days: default 60"),
        ("StreamNotifier", "SUBNETS_MAX", 15, "StreamNotifier function.vpc.subnet_ids: 1 to 15"),
        ("StreamNotifier", "ADDRESS_COLUMN", "to", "StreamNotifier address_column: default to"),
    ],
)
def test_a_default_that_changes_without_its_text_is_found(
    component: str, limit: str, value: Any, expected: str, asked: list[Asked], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(defaults, limit, value)
    record(PLANS[component])
    assert unsaid(component, asked) == [expected]
