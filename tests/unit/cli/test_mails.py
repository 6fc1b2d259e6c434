import json
from typing import Any

import pytest
from typer.testing import CliRunner

from cli.app import app
from cli.options import Options
from lambdas.core.mail_entries import MailState
from lambdas.core.mail_gate import Sending
from operations.choices import Which

from ..helpers.stack import IMPORT, IMPORTS, OTHER_IMPORT, FakeStack

KEY = f"uploads/{IMPORT}.csv"
OPTIONS = Options(dry_run=True, yes=True, as_json=True)
FLAGS = ["--stack", "dev", "--dry-run", "--yes", "--json", "--because", "they said so"]
COMMANDS = [
    (["resend", "held"], "held"),
    (["resend", "undeliverable"], "undeliverable"),
    (["let-be"], "undeliverable"),
    (["count-as-mailed"], "held"),
]


def decided(monkeypatch: pytest.MonkeyPatch, *args: str) -> tuple[list[object], int, str]:
    """Run `rowrelay mails`: what it asked to be decided, its exit code, and what it told."""
    seen: list[object] = []

    def run(*args: object) -> bool:
        seen.extend(args)
        return True

    monkeypatch.setattr("cli.mails.run_decision", run)
    result = CliRunner().invoke(app, ["mails", *args])
    return seen, result.exit_code, result.stderr


@pytest.mark.parametrize(("command", "state"), COMMANDS)
@pytest.mark.parametrize(
    ("args", "which"),
    [
        (["m1"], Which(mail_id="m1")),
        (["--import", "i1", "--reason", "denied"], Which(import_id="i1", reason="denied")),
        (["--all"], Which()),
    ],
)
def test_a_decision_and_its_options_reach_it(
    monkeypatch: pytest.MonkeyPatch, command: list[str], state: str, args: list[str], which: Which
) -> None:
    seen = ["dev", command[0], state, which, OPTIONS, "they said so"]
    assert decided(monkeypatch, *command, *args, *FLAGS) == (seen, 0, "")


@pytest.mark.parametrize(
    ("args", "got"),
    [
        ([], "none of them"),
        (["m1", "--all"], "MAIL, --all"),
        (["m1", "--import", "i1"], "MAIL, --import or --reason"),
        (["--reason", "denied", "--all"], "--import or --reason, --all"),
    ],
)
def test_a_decision_is_on_one_mail_or_on_some_or_on_all(
    monkeypatch: pytest.MonkeyPatch, args: list[str], got: str
) -> None:
    told = (
        "rowrelay: mails let-be: expected one of MAIL, --import or --reason, and --all, got"
        f" {got}: `rowrelay mails list --state undeliverable{{}}` shows the mails.\n"
    )
    assert decided(monkeypatch, "let-be", *args) == ([], 2, told.format(""))
    named = decided(monkeypatch, "let-be", *args, "--stack", "dev")
    assert named == ([], 2, told.format(" --stack dev"))


@pytest.mark.parametrize(
    ("command", "told"),
    [
        (["resend", "held"], "did not leave"),
        (["let-be"], "instead of SES's"),
        (["count-as-mailed"], "know that they left"),
    ],
)
def test_each_decision_says_what_its_words_are_for(command: list[str], told: str) -> None:
    text = " ".join(CliRunner().invoke(app, ["mails", command[0], "--help"]).stdout.split())
    assert told in text


def test_only_what_waits_for_a_decision_can_be_resent(monkeypatch: pytest.MonkeyPatch) -> None:
    assert decided(monkeypatch, "resend", "owed", "--all")[:2] == ([], 2)


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> FakeStack:
    """A stack that the commands find: two mails are owed, one is held."""
    fake = FakeStack()
    fake.put_import(created=3)
    fake.owe(fake.put_record(2), fake.put_record(3), reason="the quota is used up")
    fake.end(MailState.HELD, fake.put_record(4), reason="SES timed out")
    monkeypatch.setattr("operations.stack.find_stack", lambda _: fake.stack)
    return fake


def run(*args: str) -> tuple[int, Any]:
    """The exit code and the JSON of `rowrelay mails`."""
    result = CliRunner().invoke(app, ["mails", *args, "--json"])
    return result.exit_code, json.loads(result.stdout)


def text(*args: str) -> str:
    return CliRunner().invoke(app, ["mails", *args]).stdout


@pytest.mark.usefixtures("clock")
def test_the_list_says_to_whom_mails_are_and_why_they_wait(fake: FakeStack) -> None:
    code, listed = run("list")
    assert (code, {state: len(of) for state, of in listed.items()}) == (
        0,
        {"owed": 2, "undeliverable": 0, "held": 1},
    )
    [held] = fake.mails.undecided(MailState.HELD)
    assert listed["held"] == [
        {
            "mail": held.mail.mail_id,
            "import": IMPORT,
            "line": 4,
            "record": {"email": "p4@example.com"},
            "reason": "SES timed out",
            "since": "2027-01-15T08:00:00Z",
            "due": None,
        }
    ]
    assert text("list", "--state", "held").splitlines() == [
        "1 mail held:",
        f"  {held.mail.mail_id}: email p4@example.com",
        f"    import {IMPORT}, line 4, since 2027-01-15T08:00:00Z: SES timed out",
        "  If you know that it left: rowrelay mails count-as-mailed MAIL --because TEXT --stack dev",
        "  If you know that it did not: rowrelay mails resend held MAIL --because TEXT --stack dev",
    ]


def test_the_list_of_what_was_refused_ends_with_what_to_type_next(fake: FakeStack) -> None:
    fake.end(MailState.UNDELIVERABLE, fake.put_record(5))
    assert text("list", "--state", "undeliverable").splitlines()[-2:] == [
        "  Once the cause is mended: rowrelay mails resend undeliverable MAIL --stack dev",
        "  To leave it undeliverable: rowrelay mails let-be MAIL --stack dev",
    ]


@pytest.mark.usefixtures("fake")
@pytest.mark.parametrize(("limit", "code"), [("0", 2), ("1000000", 0), ("1000001", 2)])
def test_the_list_has_a_longest(limit: str, code: int) -> None:
    assert CliRunner().invoke(app, ["mails", "list", "--limit", limit]).exit_code == code


def test_the_list_is_as_long_as_wanted_and_says_that_there_is_more(fake: FakeStack) -> None:
    assert text("list", "--state", "owed", "--limit", "1").startswith("more than 1 mail owed, the first:")
    assert text("list", "--state", "owed", "--limit", "2").startswith("2 mails owed:")
    assert "timed out" in text("list", "--reason", "timed")
    assert "quota" not in text("list", "--reason", "timed")
    fake.owe(fake.put_record(5), fake.put_record(6))
    assert text("list", "--state", "owed", "--limit", "3").startswith("more than 3 mails owed, the first 3:")


def test_the_list_is_of_one_import_if_wanted(fake: FakeStack) -> None:
    fake.put_import(OTHER_IMPORT)
    for name in (IMPORT, KEY):
        listed = run("list", "--import", name)[1]
        assert (len(listed["owed"]), len(listed["held"])) == (2, 1)
    heading = text("list", "--import", KEY).splitlines()[0]
    assert heading == f"Only mails of {KEY} (import {IMPORT})."
    assert run("list", "--import", OTHER_IMPORT)[1] == {"owed": [], "undeliverable": [], "held": []}


ON_AN_IMPORT = [
    ["list", "--import"],
    ["resend", "undeliverable", "--import"],
    ["count-as-mailed", "--because", "they said so", "--import"],
    ["let-be", "--import"],
    ["pause"],
    ["resume"],
    ["cancel"],
]


@pytest.mark.parametrize("command", ON_AN_IMPORT)
def test_an_import_that_nobody_knows_is_wrong_usage(fake: FakeStack, command: list[str]) -> None:
    before = fake.dynamodb.items("mails")
    result = CliRunner().invoke(app, ["mails", *command, "another"])
    told = (
        "rowrelay: expected the id of an import, or the key of an object that has one, got another:"
        " `rowrelay status --stack dev` shows the ids.\n"
    )
    assert (result.exit_code, result.stdout, result.stderr) == (2, "", told)
    assert fake.dynamodb.items("mails") == before


@pytest.mark.parametrize("command", ON_AN_IMPORT)
def test_a_key_that_several_imports_have_is_wrong_usage(fake: FakeStack, command: list[str]) -> None:
    fake.put_import(OTHER_IMPORT)
    again = {"key": {"S": KEY}, "started_at": {"S": "2026-01-02T00:00:00Z"}}
    entry = fake.dynamodb.tables[IMPORTS][OTHER_IMPORT, "import"]
    fake.dynamodb.put_item(TableName=IMPORTS, Item={**entry, **again})
    before = fake.dynamodb.items("mails")
    result = CliRunner().invoke(app, ["mails", *command, KEY])
    told = f"which several have. Take an id, the newest first: {OTHER_IMPORT}, {IMPORT}.\n"
    assert (result.exit_code, result.stdout, told in result.stderr) == (2, "", True)
    assert fake.dynamodb.items("mails") == before


@pytest.mark.parametrize("name", [IMPORT, KEY])
def test_a_decision_is_on_the_import_that_is_shown(fake: FakeStack, name: str) -> None:
    fake.put_import(OTHER_IMPORT)
    other = fake.put_record(5, import_id=OTHER_IMPORT)
    fake.end(MailState.HELD, other)
    command = ["mails", "count-as-mailed", "--import", name, "--because", "it is there", "--yes"]
    shown = [
        f"Only mails of {KEY} (import {IMPORT}).",
        "1 mail to count as mailed:",
        "  1: SES timed out",
        "1 other mail: left as it is.",
        "1 mail done.",
    ]
    assert CliRunner().invoke(app, command).stdout.splitlines() == shown
    assert fake.counted() == {"mailed": 1}
    assert fake.entry(other).state == MailState.HELD
    as_json = CliRunner().invoke(app, [*command, "--json"])
    assert (json.loads(as_json.stdout)["chosen"], as_json.stderr.splitlines()[0]) == (0, shown[0])


def test_one_mail_that_is_in_another_state_says_so(fake: FakeStack) -> None:
    [held] = fake.mails.undecided(MailState.HELD)
    result = CliRunner().invoke(app, ["mails", "let-be", held.mail.mail_id])
    assert result.exit_code == 1
    assert "it is held, not undeliverable" in result.stdout
    assert fake.entry(held.mail).state == MailState.HELD


def test_a_decision_is_shown_carried_out_and_told(fake: FakeStack) -> None:
    command = ["count-as-mailed", "--all", "--because", "it is in my inbox"]
    assert run(*command, "--dry-run")[1]["chosen"] == 1
    assert run(*command, "--yes") == (
        0,
        {
            "chosen": 1,
            "reasons": {"SES timed out": 1},
            "other_reasons": 0,
            "dry_run": False,
            "done": 1,
            "stay": [],
        },
    )
    assert fake.counted() == {"mailed": 1}
    assert text(*command, "--yes").splitlines() == ["0 mails to count as mailed."]


@pytest.mark.parametrize("name", [IMPORT, KEY])
def test_mails_are_paused_resumed_and_cancelled(fake: FakeStack, name: str) -> None:
    def sending() -> Sending | None:
        return fake.mails.gate.read([IMPORT]).sending.get(IMPORT)

    assert run("pause", name) == (0, {"import": IMPORT, "done": "pause"})
    assert sending() == Sending.PAUSED
    assert text("pause", name) == f"The mails of {KEY} (import {IMPORT}): paused.\n"
    assert text("resume", name) == f"The mails of {KEY} (import {IMPORT}): resumed.\n"
    assert sending() is None
    assert text("pause", "--all") == "The mails of all imports: paused.\n"
    assert text("resume", "--all") == "The pause of all mails is taken back.\n"
    run("pause", name)
    back = f"The pause of all mails is taken back; 1 import stays paused by itself: {IMPORT}\n"
    assert text("resume", "--all") == back
    assert run("resume", "--all")[1] == {"import": None, "done": "resume", "still_paused": [IMPORT]}
    assert run("resume", name)[1] == {"import": IMPORT, "done": "resume", "still_paused": []}
    told = {"import": IMPORT, "owed": 2, "dry_run": True, "cancelled": 0}
    assert run("cancel", name, "--dry-run") == (0, told)
    assert text("cancel", name, "--dry-run") == f"{KEY} (import {IMPORT}): 2 mails to cancel.\n"
    assert sending() is None
    assert run("cancel", name, "--yes") == (0, told | {"dry_run": False, "cancelled": 2})
    assert fake.counted() == {"cancelled": 2, "held": 1}
    result = CliRunner().invoke(app, ["mails", "resume", name])
    assert (result.exit_code, "cannot be taken back" in result.stderr) == (1, True)


@pytest.mark.parametrize("command", ["pause", "resume"])
@pytest.mark.parametrize(("args", "got"), [([], "neither"), ([IMPORT, "--all"], "both")])
def test_one_import_is_meant_or_all(command: str, args: list[str], got: str) -> None:
    result = CliRunner().invoke(app, ["mails", command, *args, "--stack", "dev"])
    assert result.exit_code == 2
    assert f"mails {command}: expected an IMPORT, or --all, got {got}" in result.stderr
    assert "`rowrelay status --stack dev`" in result.stderr
