"""What an operator decides of mails: those refused, those held, those owed, and those that never began."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.app import app
from operations.forget import LEFT
from operations.imports import Import

from .command import commands_in, follow, found_by_commands, rowrelay
from .faults import Faults
from .pipeline import HEADER

pytestmark = pytest.mark.e2e
PEOPLE = [f"person{n}@example.com" for n in range(4)]
DATA = HEADER + "".join(f"{email},Ada,,,,\n" for email in PEOPLE).encode()


@pytest.fixture(autouse=True)
def kept(faults: Faults, tmp_path: Path) -> Iterator[None]:
    with found_by_commands(faults.pipeline, tmp_path / "cache"):
        yield


def counts(faults: Faults, one: Import) -> tuple[int, int, int]:
    """What the ledger says: mailed, undeliverable, held."""
    books = faults.pipeline.watch.ledger.refresh(one).books
    return books.mailed, books.undeliverable, books.held


def recipients(faults: Faults) -> list[str]:
    """To whom each mail is that SES took."""
    return sorted(email for each in faults.pipeline.mails() for email in each["To"])


def make_old(faults: Faults, email: str) -> None:
    """Let a record have been written days ago."""
    faults.pipeline.deployment.client("dynamodb").update_item(
        TableName=faults.pipeline.outputs["table"],
        Key={"email": {"S": email}},
        UpdateExpression="SET created_at = :old",
        ExpressionAttributeValues={":old": {"S": "2026-11-01T00:00:00.000Z"}},
    )


def forget_mails(faults: Faults, one: Import) -> None:
    """Let an import be days old, and its mails not counted: as if the stream's batches were given up."""
    dynamodb, table = faults.pipeline.deployment.client("dynamodb"), faults.pipeline.outputs["import_ledger"]
    for item in faults.pipeline.items("import_ledger"):
        key = {name: {"S": item[name]} for name in ("import_id", "part")}
        if item["part"].startswith("mail#"):
            dynamodb.delete_item(TableName=table, Key=key)
    dynamodb.update_item(
        TableName=table,
        Key={"import_id": {"S": str(one.id)}, "part": {"S": "import"}},
        UpdateExpression="SET started_at = :old, #open = :open REMOVE settled_at",
        ExpressionAttributeNames={"#open": "open"},
        ExpressionAttributeValues={":old": {"S": "2026-11-01T00:00:00.000Z"}, ":open": {"S": "open"}},
    )


def test_mails_that_are_held_are_resent_or_counted_as_mailed(faults: Faults) -> None:
    faults.strike("send_email", {"SendBulkEmail": {"lost": 1}})
    one = faults.pipeline.run_one(DATA)
    mailed, _, waiting = counts(faults, one)  # as the stream happens to cut its batches
    assert waiting == 4 - mailed > 0

    code, status = rowrelay("status")
    held = follow(status, "rowrelay mails list --state held")[1]["held"]
    assert len({each["record"]["email"] for each in held} & set(PEOPLE)) == waiting
    whole = rowrelay("status", "--import", str(one.id))[1]
    assert follow(whole, "rowrelay mails list --state held --import IMPORT")[1]["held"] == held
    assert (code, sum(status["mails"]["undecided"]["held"].values())) == (1, waiting)
    assert commands_in(status) == ["rowrelay mails list --state held"]

    mail, because = held[0]["mail"], ["--because", "SES has no such message"]
    assert rowrelay("mails", "resend", "held", mail, *because, "--dry-run")[1]["chosen"] == 1
    assert counts(faults, one) == (mailed, 0, waiting)
    unknown = CliRunner().invoke(app, ["mails", "resend", "held", mail[:8], *because, "--yes"])
    assert unknown.exit_code == 2
    assert f"expected the whole id of a mail, got {mail[:8]}" in " ".join(unknown.output.split())
    assert rowrelay("mails", "resend", "held", mail, *because, "--yes")[1]["done"] == 1
    faults.pipeline.round()
    assert counts(faults, one) == (mailed + 1, 0, waiting - 1)

    done = rowrelay("mails", "count-as-mailed", "--import", one.key, *because, "--yes")[1]["done"]
    assert (done, counts(faults, one)) == (waiting - 1, (4, 0, 0))
    assert rowrelay("mails", "list", "--state", "held") == (0, {"held": []})
    assert sorted(Counter(recipients(faults)).values()) == [1, 1, 1, 2]
    assert commands_in(rowrelay("status")[1]) == []


def test_refused_mails_are_sent_once_the_cause_is_mended_or_let_be(faults: Faults) -> None:
    faults.strike("send_email", {"SendBulkEmail": {"rejected": 1}})
    one = faults.pipeline.run_one(DATA)
    mailed, refused, _ = counts(faults, one)
    assert refused == 4 - mailed > 0

    dry = rowrelay("mails", "resend", "undeliverable", "--all", "--dry-run")[1]
    reasons = {"MESSAGE_REJECTED: SES does not take this mail": refused}
    assert (dry["chosen"], dry["reasons"]) == (refused, reasons)
    listed = follow(rowrelay("status")[1], "rowrelay mails list --state undeliverable")[1]["undeliverable"]
    whole = rowrelay("status", "--import", str(one.id))[1]
    of_import = follow(whole, "rowrelay mails list --state undeliverable --import IMPORT")[1]
    assert of_import["undeliverable"] == listed == rowrelay("mails", "list")[1]["undeliverable"]
    [mail, *_] = [each["mail"] for each in listed]
    assert rowrelay("mails", "let-be", mail, "--yes")[1]["done"] == 1
    done = rowrelay("mails", "resend", "undeliverable", "--reason", "rejected", "--yes")[1]["done"]
    assert done == refused - 1
    faults.pipeline.round()
    assert counts(faults, one) == (3, 1, 0)
    assert rowrelay("mails", "list") == (0, {"owed": [], "undeliverable": [], "held": []})
    assert len(set(recipients(faults))) == len(recipients(faults)) == 3


def test_an_import_is_paused_goes_on_where_it_stopped_and_is_cancelled(faults: Faults) -> None:
    pipeline = faults.pipeline
    assert rowrelay("mails", "pause", "--all")[0] == 0
    one = pipeline.run_one(DATA)
    assert pipeline.watch.why == "mails wait: an operator has paused all mails"
    other = pipeline.run_one(DATA.replace(b"person", b"other"))
    mails = rowrelay("status")[1]["mails"]
    assert (mails["owed"], mails["all_paused"]) == (8, True)
    assert {each["import"]: each["owed"] for each in mails["imports"]} == {one.id: 4, other.id: 4}
    pipeline.round()
    assert pipeline.mails() == []

    assert rowrelay("mails", "pause", other.key) == (0, {"import": other.id, "done": "pause"})
    assert follow(rowrelay("status")[1], "rowrelay mails resume --all")[0] == 0
    assert follow(rowrelay("status")[1], "rowrelay mails resume IMPORT")[0] == 0
    assert rowrelay("mails", "pause", str(other.id))[0] == 0
    pipeline.round()
    assert recipients(faults) == PEOPLE
    assert counts(faults, one) == (4, 0, 0)

    told = {"import": other.id, "owed": 4, "dry_run": False, "cancelled": 4}
    assert rowrelay("mails", "cancel", str(other.id), "--yes") == (0, told)
    refused = CliRunner().invoke(app, ["mails", "resume", str(other.id)])
    assert (refused.exit_code, "cannot be taken back" in refused.output) == (1, True)
    pipeline.round()
    assert recipients(faults) == PEOPLE
    [after] = pipeline.watch.until_settled([other], lambda _: None)
    assert (after.books.cancelled, after.balanced) == (4, True)


def test_a_record_that_has_no_mail_is_found_and_owed(faults: Faults) -> None:
    one = faults.pipeline.run_one(DATA)
    assert rowrelay("reconcile") == (
        0,
        {"missing": [], "records": len(PEOPLE), "young": len(PEOPLE), "entered": False},
    )
    dynamodb = faults.pipeline.deployment.client("dynamodb")
    for item in faults.pipeline.items("mail_ledger"):
        dynamodb.delete_item(
            TableName=faults.pipeline.outputs["mail_ledger"], Key={"mail_id": {"S": item["mail_id"]}}
        )
    make_old(faults, PEOPLE[0])  # the others are too young to be missed
    forget_mails(faults, one)
    status = rowrelay("status")[1]
    assert [each["cause"] for each in status["findings"] if each["command"]] == ["lost"]
    code, found = follow(status, "rowrelay reconcile")
    assert code == 1
    assert [(each["line"], each["why"]) for each in found["missing"]] == [(2, "its mail was never begun")]
    assert rowrelay("reconcile", "--owe", "--yes")[0] == 0
    assert rowrelay("reconcile")[0] == 0
    faults.pipeline.round()
    assert Counter(recipients(faults))[PEOPLE[0]] == 2


def test_a_person_is_forgotten_and_gets_no_mail(faults: Faults) -> None:
    pipeline = faults.pipeline
    rowrelay("mails", "pause", "--all")
    one = pipeline.run_one(DATA)
    for email in PEOPLE[:2]:
        make_old(faults, email)
        assert rowrelay("forget", email, "--yes")[1]["erased"]
    assert rowrelay("forget", PEOPLE[0], "--yes") == (0, {"erased": False, "left": [*LEFT]})
    left = repr([pipeline.items(name) for name in ("table", "mail_ledger")])
    assert [email in left for email in PEOPLE] == [False, False, True, True]
    rowrelay("mails", "resume", "--all")
    pipeline.round()
    assert recipients(faults) == PEOPLE[2:]
    books = pipeline.watch.ledger.refresh(one).books
    assert (books.mailed, books.cancelled, books.balanced) == (2, 2, True)
