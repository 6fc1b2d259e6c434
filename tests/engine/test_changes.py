"""What a change of the program or of a setting touches: just this, and nothing is replaced."""

import json

import pytest

from .project import Project

STACK = "dev"
FUNCTIONS = (
    "ingest-process-csv",
    "writer-insert-records",
    "notifier-send-email",
    "notifier-mail-round",
    "ledger-bookkeeper",
)
LOGS = {f"{function}-logs" for function in FUNCTIONS}
DATA = {"ingest-bucket", "notifier-mails", "ledger-imports", "writer-table"}
PREFIXED = {"ingest-bucket-lifecycle", "ingest-process-csv-policy", "ingest-upload-notification"}


@pytest.fixture(scope="module")
def deployed(program: Project) -> Project:
    program.succeed("up", STACK)
    return program


def assert_touches(deployed: Project, names: set[str], step: str = "update") -> None:
    """Look, as a person does, then go; both say the same."""
    expected = dict.fromkeys(names, step)
    assert deployed.succeed("preview", STACK).changes == expected
    assert deployed.succeed("up", STACK).changes == expected
    assert deployed.succeed("preview", STACK).changes == {}


def test_a_line_in_a_handler(deployed: Project) -> None:
    deployed.replace("lambdas/insert_records/handler.py", "logger = Logger()", "logger = Logger()  # ours")
    assert_touches(deployed, {"writer-insert-records"})


def test_a_line_that_all_handlers_share(deployed: Project) -> None:
    deployed.replace("lambdas/core/clock.py", "def now() -> str:", "def now() -> str:  # UTC")
    assert_touches(deployed, set(FUNCTIONS))


def test_a_mail_template(deployed: Project) -> None:
    subject = deployed.folder / "mails" / "welcome" / "subject.txt"
    subject.write_text("Good to have you, {{first_name}}!\n", encoding="utf-8")
    assert_touches(deployed, {"notifier-send-email", "notifier-mail-round"})


def test_an_optional_column(deployed: Project) -> None:
    path = deployed.folder / "schemas" / "users.json"
    schema = json.loads(path.read_text(encoding="utf-8"))
    schema["fields"].append({"name": "nickname", "type": "string"})
    path.write_text(json.dumps(schema), encoding="utf-8")
    assert_touches(deployed, {"ingest-process-csv"})


def test_the_upload_prefix(deployed: Project) -> None:
    deployed.configure(STACK, uploadPrefix="people/")
    assert_touches(deployed, PREFIXED)


def test_origins_for_cors(deployed: Project) -> None:
    deployed.configure(STACK, corsOrigins=["https://one.example.com"])
    assert_touches(deployed, {"ingest-bucket-cors"}, "create")
    deployed.configure(STACK, corsOrigins=["https://one.example.com", "https://two.example.com"])
    assert_touches(deployed, {"ingest-bucket-cors"})
    deployed.configure(STACK, corsOrigins=None)
    assert_touches(deployed, {"ingest-bucket-cors"}, "delete")


def test_how_long_logs_are_kept(deployed: Project) -> None:
    deployed.configure(STACK, logRetentionDays="14")
    assert_touches(deployed, LOGS)


def test_protection_on_and_off(deployed: Project) -> None:
    for protect in ("true", "false"):
        deployed.configure(STACK, protectData=protect)
        assert_touches(deployed, DATA)
