"""`rowrelay redrive`: what waits in a failure queue is dealt with again, once its cause is mended."""

import typer

from operations.choices import FailedStep

from .options import Discard, DryRun, Json, Options, Reason, StackName, Yes
from .run import run

app = typer.Typer(no_args_is_help=True, help="Deal again with what failed for good, its cause mended.")

_INGEST = """Import anew what process_csv gave up reading.

It gave up for a permission that was missing, say. An upload that has expired or was overwritten cannot
be read any more; its message stays until --discard. May be killed and repeated: an import is one import
however often it is sent.

Exit codes: 0 every message was dealt with, none was there, or --dry-run; 1 some stay, or you said no;
2 wrong usage.
"""

_WRITER = """Send rows that could not be written to the queue again.

A message that is no chunk is not ours; it is shown, and stays until --discard. May be killed and
repeated: a row that is in the table changes nothing there (if on_conflict is replace, it wins over a
later import's).

Exit codes: 0 every message was dealt with, none was there, or --dry-run; 1 some stay, or you said no;
2 wrong usage.
"""

_NOTIFIER = """Show Lambda's notes of stream batches that it gave up.

They name no record to send again. They stay until --discard; `rowrelay reconcile` finds their records.
Mails that wait are in `rowrelay mails`.

Exit codes: 0 every message was dealt with, none was there, or --dry-run; 1 some stay, or you said no;
2 wrong usage.
"""


def _add_command(step: FailedStep, text: str) -> None:
    @app.command(step, help=text)
    def redrive(
        *,
        stack: StackName = None,
        reason: Reason = None,
        dry_run: DryRun = False,
        yes: Yes = False,
        discard: Discard = False,
        as_json: Json = False,
    ) -> None:
        options = Options(dry_run=dry_run, yes=yes, as_json=as_json, reason=reason, discard=discard)
        run(lambda: run_redrive(step, stack, options))


_add_command(FailedStep.INGEST, _INGEST)
_add_command(FailedStep.WRITER, _WRITER)
_add_command(FailedStep.NOTIFIER, _NOTIFIER)


def run_redrive(step: FailedStep, stack_name: str | None, options: Options) -> bool:
    """Redrive the step's failure queue; returns whether no message stays."""
    from operations.failure_queues import redrive_of  # boto3 is not needed for --help
    from operations.stack import find_stack

    from .survey import carry_out

    stack = find_stack(stack_name)
    redrive = redrive_of(stack, step, reason=options.reason, discard=options.discard)
    if options.discard:
        return carry_out(redrive, "delete", options)
    hint = f"To delete what stays, once nothing can be done with it: rowrelay redrive {step} --discard"
    return carry_out(redrive, "send again", options, hint + stack.option)
