"""`rowrelay demo`: the pipeline in the embedded AWS, from uploads to mails."""

import contextlib
import json
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console

from local.embedded import Deployment, embedded_aws
from local.emulator import REGION
from local.errors import PortError
from local.kept import KeptRun, publish
from local.mailbox import SentMail, first_sent
from operations.errors import OperationError
from operations.imports import Import, ImportReader, succeeded
from operations.project import ROOT
from operations.queues import Queues
from operations.text import count
from operations.uploads import split_repeated_files, upload
from operations.watching import Watch

from .files import check_files
from .printer import Printer
from .progress import progress
from .report import Report

SAMPLE = ROOT / "samples" / "users.csv"
with contextlib.suppress(ValueError, OSError):
    SAMPLE = SAMPLE.relative_to(Path.cwd())  # shorter to show


@dataclass(frozen=True)
class Outcome:
    """What came of a run; `seconds` from the first upload to the last row's end, deployment not counted."""

    imports: list[Import]
    seconds: float
    mail: SentMail | None

    def as_json(self, aws: Deployment, *, keep: bool) -> str:
        """Returns what `--json` prints; with the access key only if the endpoint is kept."""
        return json.dumps(
            {
                "imports": [one.as_json() for one in self.imports],
                "balanced": all(one.balanced for one in self.imports),
                "seconds": round(self.seconds, 3),
                "endpoint": aws.endpoint,
                **({"access_key": asdict(aws.access_key)} if keep else {}),
                "outputs": aws.outputs,
            }
        )


def run_demo(names: Sequence[str], *, port: int | None, keep: bool, as_json: bool) -> bool:
    """Deploy, import the files (by default a sample), show the outcome; returns whether all went well.

    Raises:
        UsageError: a file cannot be read; before anything starts.
        OperationError, EmbeddedAwsError: the run could not be made.
    """
    files = check_files(names) or [SAMPLE]
    out = sys.stdout
    with contextlib.redirect_stdout(sys.stderr if as_json else out), _deployed(port) as (aws, printer):
        printer.line(f"Deployed {count(len(aws.resources), 'resource')} in {aws.seconds:.1f} s.")
        outcome = import_files(aws, files, printer.console, want_mail=not as_json)
        if as_json:
            print(outcome.as_json(aws, keep=keep), file=out, flush=True)
        else:
            _print(Report(printer), aws, outcome)
        if keep:
            _wait(printer, aws)
    return succeeded(outcome.imports)


@contextlib.contextmanager
def _deployed(port: int | None) -> Iterator[tuple[Deployment, Printer]]:
    printer = Printer()
    with contextlib.ExitStack() as stack:
        with printer.console.status("Deploying into the embedded AWS …"):
            try:
                aws = stack.enter_context(embedded_aws(port=port))
            except PortError as error:
                raise OperationError(f"{error} Give another with --port, or none for a free one.") from None
            except Exception as error:
                from pulumi import RunError  # not before: it would hold up the emulator's start

                if isinstance(error, RunError):  # Pulumi's own for what a user is told without a traceback
                    raise OperationError(str(error)) from None
                raise
        yield aws, printer


def import_files(aws: Deployment, files: Sequence[Path], console: Console, *, want_mail: bool) -> Outcome:
    """Upload the files and watch until every row has ended."""
    started = time.monotonic()
    mail: SentMail | None = None
    imports: list[Import] = []
    watch = Watch(
        ImportReader(aws.client("dynamodb"), aws.outputs["import_ledger"]),
        Queues(aws.client("sqs"), aws.outputs),
    )
    with progress(console) as shown:

        def show(imports: Sequence[Import]) -> None:
            nonlocal mail
            shown.show(imports)
            if want_mail and mail is None and any(one.books.mailed for one in imports):
                mail = first_sent(aws.endpoint, aws.access_key)

        for group in split_repeated_files(files):
            keys = [
                f"{aws.outputs['upload_prefix']}{n}/{file.name}"
                for n, file in enumerate(group, len(imports) + 1)
            ]
            uploaded = upload(aws.client("s3"), aws.outputs["bucket"], dict(zip(keys, group, strict=True)))
            imports = watch.until_settled([*imports, *uploaded], show)
    return Outcome(imports, time.monotonic() - started, mail)


def _print(report: Report, aws: Deployment, outcome: Outcome) -> None:
    report.imports(outcome.imports)
    report.rejects(aws.client("s3"), aws.outputs["bucket"], outcome.imports)
    report.mail(outcome.mail)
    report.totals(outcome.imports, outcome.seconds)


def _wait(printer: Printer, aws: Deployment) -> None:
    key = aws.access_key
    printer.line(
        f"Running at {aws.endpoint} (access key {key.id}, secret key {key.secret}, region {REGION}) with:"
    )
    for name, value in aws.outputs.items():
        printer.line(f"  {name}: {value if isinstance(value, str) else json.dumps(value)}")
    with contextlib.suppress(KeyboardInterrupt), contextlib.ExitStack() as stack:
        try:
            stack.enter_context(publish(KeptRun(aws.endpoint, key, aws.outputs)))
            printer.line("In another terminal, try: rowrelay status")
        except OSError as error:
            printer.line(f"`rowrelay status` and the other commands will not find it: {error}")
        printer.line("Press Ctrl-C to end it.")
        threading.Event().wait()
