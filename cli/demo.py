"""`rowrelay demo`: the pipeline in the embedded AWS, from uploads to mails."""

import contextlib
import json
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console

from local.embedded import Deployment, embedded_aws
from local.errors import PortError
from local.mailbox import SentMail, first_sent
from local.root import ROOT
from operations.errors import OperationError
from operations.imports import Import, succeeded
from operations.reject_files import save_rejects
from operations.stack import Stack
from operations.standard_input import File
from operations.text import count
from operations.uploads import split_repeated_files, upload
from operations.watching import watch_of

from .demo_settings import STACK, demo_settings
from .files import check_files
from .inputs import Inputs
from .keeping import Keeping
from .printer import Printer, printing
from .progress import progress
from .report import Report

SAMPLE = ROOT / "samples" / "users.csv"
with contextlib.suppress(ValueError, OSError):
    SAMPLE = SAMPLE.relative_to(Path.cwd())  # shorter to show


@dataclass(frozen=True)
class Outcome:
    """What came of a run.

    Attributes:
        imports: The imports.
        seconds: From the first upload to the last row's end, deployment not counted.
        mail: A mail that left, if it is wanted.
        why: Why it ended before every row was accounted for; empty if every row is.
    """

    imports: list[Import]
    seconds: float
    mail: SentMail | None
    why: str

    def as_json(self, aws: Deployment, files: Mapping[str, Path], *, keep: bool) -> str:
        """Returns what `--json` prints.

        Args:
            aws: Where it ran.
            files: Where the rejected rows stand, by the report's key.
            keep: Whether the endpoint is kept: then the access key is printed, too.
        """
        paths = {rejects: str(path) for rejects, path in files.items()}
        imports = [{**one.as_json(), "rejects_file": paths.get(one.rejects or "")} for one in self.imports]
        return json.dumps(
            {
                "imports": imports,
                "balanced": all(one.balanced for one in self.imports),
                "ended_because": self.why or None,
                "seconds": round(self.seconds, 3),
                "endpoint": aws.endpoint,
                **({"access_key": asdict(aws.access_key)} if keep else {}),
                "outputs": aws.outputs,
            }
        )


def run_demo(
    names: Sequence[str], inputs: Inputs, *, port: int | None, keeping: Keeping, as_json: bool
) -> bool:
    """Deploy, import the files (by default a sample), show the outcome; returns whether all went well.

    Raises:
        UsageError: a file, or what an option names, cannot be read or used; before anything starts.
        OperationError, EmbeddedAwsError: the run could not be made.
    """
    keeping.check()
    with printing(as_json=as_json):  # the module that changes rows may print, too
        settings, files = demo_settings(inputs), check_files(names) or [SAMPLE]
    out = sys.stdout
    with printing(as_json=as_json) as printer, _deployed(printer, port, settings) as aws:
        printer.line(f"Deployed {count(len(aws.resources), 'resource')} in {aws.seconds:.1f} s.")
        outcome = import_files(aws, files, printer.console, want_mail=not as_json)
        saved = _save_rejects(printer, aws, outcome.imports)
        if as_json:
            print(outcome.as_json(aws, saved, keep=keeping.keep), file=out, flush=True)
        else:
            _print(Report(printer), aws, outcome, saved)
        if keeping.keep:
            keeping.wait(printer, aws)
    return succeeded(outcome.imports)


@contextlib.contextmanager
def _deployed(printer: Printer, port: int | None, settings: Mapping[str, str]) -> Iterator[Deployment]:
    with contextlib.ExitStack() as stack:
        with printer.console.status("Deploying into the embedded AWS …"):
            try:
                aws = stack.enter_context(embedded_aws(stack=STACK, port=port, settings=settings))
            except PortError as error:
                raise OperationError(f"{error} Give another with --port, or none for a free one.") from None
            except Exception as error:
                from pulumi import RunError  # not before: it would hold up the emulator's start

                if isinstance(error, RunError):  # Pulumi's own for what a user is told without a traceback
                    raise OperationError(str(error)) from None
                raise
        yield aws


def import_files(aws: Deployment, files: Sequence[File], console: Console, *, want_mail: bool) -> Outcome:
    """Upload the files and watch until every row has ended."""
    started = time.monotonic()
    mail: SentMail | None = None
    imports: list[Import] = []
    watch = watch_of(Stack("the embedded AWS", "", aws.outputs, aws.client))
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
    return Outcome(imports, time.monotonic() - started, mail, watch.why)


def _save_rejects(printer: Printer, aws: Deployment, imports: Sequence[Import]) -> dict[str, Path]:
    """Write the rejected rows into the current folder, or say why not; returns the files by report."""
    files: dict[str, Path] = {}
    for one in imports:
        try:
            path = save_rejects(aws.client("s3"), aws.outputs["bucket"], one, Path())
        except OperationError as error:
            printer.line(str(error))
            continue
        if path and one.rejects:
            files[one.rejects] = path
    return files


def _print(report: Report, aws: Deployment, outcome: Outcome, files: Mapping[str, Path]) -> None:
    report.imports(outcome.imports)
    report.rejects(aws.client("s3"), aws.outputs["bucket"], outcome.imports, files)
    report.mail(outcome.mail)
    report.totals(outcome.imports, outcome.seconds)
    if outcome.why:
        report.printer.line(f"It ended before: {outcome.why}.")
