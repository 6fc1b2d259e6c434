"""What a command needs of a stack's outputs and does not find is told, by its name."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.app import app

QUEUE = "https://sqs.eu-central-1.amazonaws.com/123456789012/queue"


@pytest.fixture(autouse=True)
def another_program(monkeypatch: pytest.MonkeyPatch) -> None:
    """A stack that has a queue, and nothing else."""
    monkeypatch.setattr("operations.stack._outputs", lambda _: {"queue_url": QUEUE, "table": None})


@pytest.mark.parametrize(
    ("args", "name"),
    [
        (["forget", "x", "--yes"], "table"),
        (["status"], "functions"),
        (["logs"], "functions"),
        (["rejects", "x"], "import_ledger"),
        (["reconcile"], "functions"),
        (["redrive", "ingest"], "ingest_failure_queue_url"),
        (["redrive", "writer"], "dead_letter_queue_url"),
        (["redrive", "notifier"], "notifier_failure_queue_url"),
        (["mails", "list"], "mail_ledger"),
        (["mails", "resend", "held", "--all", "--because", "x"], "mail_ledger"),
        (["mails", "pause", "--all"], "mail_ledger"),
        (["mails", "cancel", "x"], "import_ledger"),
        (["upload", str(Path(__file__))], "upload_prefix"),
    ],
    ids=lambda part: part if isinstance(part, str) else " ".join(part),
)
def test_no_command_shows_a_traceback(args: list[str], name: str) -> None:
    result = CliRunner().invoke(app, [*args, "--stack", "dev"])
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == (
        f"rowrelay: stack dev has no output {name}, which this command needs: it is another program's, or was"
        " deployed by another version. Name another with --stack, or deploy it anew.\n"
    )
