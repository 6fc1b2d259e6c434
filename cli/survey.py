"""Messages of a failure queue, shown to the operator and dealt with: what `redrive` and `held` share."""

import contextlib
import json
import sys

from operations.messages import VISIBILITY_SECONDS
from operations.redrive import Redrive, Survey
from operations.text import count

from .options import Options, confirm
from .printer import Printer
from .progress import counting

_SHOWN = 20  # reasons, and messages that stay


def carry_out(redrive: Redrive, verb: str, options: Options) -> bool:
    """Survey, show, ask, and deal with what was shown; returns whether none of the messages stays."""
    out = sys.stdout
    with contextlib.redirect_stdout(sys.stderr if options.as_json else out):
        printer = Printer()
        survey = redrive.survey()
        _show_survey(printer, survey, verb)
        if survey.chosen and not options.dry_run:
            confirm(f"{verb.capitalize()} {count(len(survey.chosen), 'message')}?", options)
            with counting(printer.console, "message", len(survey.chosen)) as add:
                redrive.carry_out(survey, add)
            _show_outcome(printer, survey)
    if options.as_json:
        print(json.dumps(survey.as_json(dry_run=options.dry_run)), file=out, flush=True)
    return options.dry_run or not survey.stay


def _show_survey(printer: Printer, survey: Survey, verb: str) -> None:
    """Print what would be done, and why each message is there."""
    printer.line(f"{count(len(survey.chosen), 'message')} to {verb}{':' if survey.chosen else '.'}")
    for reason, number in survey.reasons.most_common(_SHOWN):
        printer.line(f"  {number:,}: {reason}")
    if len(survey.reasons) > _SHOWN:
        printer.line(f"  … and {count(len(survey.reasons) - _SHOWN, 'other reason')}")
    if survey.others:
        printer.line(f"{count(survey.others, 'message')} with other reasons or decisions: left as they are.")
    if survey.in_flight:
        printer.line(
            f"{count(survey.in_flight, 'message')} taken by another command, or by one that was killed: back"
            f" within {VISIBILITY_SECONDS // 60} minutes."
        )
    _show_stay(printer, survey)


def _show_outcome(printer: Printer, survey: Survey) -> None:
    """Print what was done."""
    printer.line(f"{count(survey.done, 'message')} done.")
    if survey.not_found:
        gone = count(survey.not_found, "message")
        printer.line(f"{gone} not found again: taken by another command meanwhile.")
    if survey.done != len(survey.chosen):
        _show_stay(printer, survey)


def _show_stay(printer: Printer, survey: Survey) -> None:
    for each in survey.stay[:_SHOWN]:
        printer.line(f"  stays: {each.name}: {each.why}")
    if len(survey.stay) > _SHOWN:
        printer.line(f"  … and {count(len(survey.stay) - _SHOWN, 'other message')} (--json shows all)")
