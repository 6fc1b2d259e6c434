"""Messages or mails, shown to the operator and dealt with: what `redrive` and `mails` share."""

import json

from operations.messages import VISIBILITY_SECONDS
from operations.survey import Survey, Work
from operations.text import count

from .options import Options, confirm
from .printer import Printer, printing
from .progress import counting

_SHOWN = 20  # reasons, and messages or mails that stay


def carry_out(work: Work, verb: str, options: Options, hint: str = "") -> bool:
    """Survey, show, ask, and deal with what was shown.

    Args:
        work: What is to be dealt with.
        verb: What is done with it.
        options: What the operator asked for.
        hint: What to type for what stays, if there is something.

    Returns:
        Whether none of it stays; True after a dry run.
    """
    with printing(as_json=options.as_json) as printer:
        with counting(printer.console, work.noun, None) as add:
            survey = work.survey(add)
        _show_survey(printer, survey, verb)
        if survey.chosen and not options.dry_run:
            confirm(f"{verb.capitalize()} {count(len(survey.chosen), survey.noun)}?", options)
            with counting(printer.console, survey.noun, len(survey.chosen)) as add:
                work.carry_out(survey, add)
            _show_outcome(printer, survey)
        if survey.stay and hint:
            printer.line(hint)
    if options.as_json:
        print(json.dumps(survey.as_json(dry_run=options.dry_run)), flush=True)
    return options.dry_run or not survey.stay


def _show_survey(printer: Printer, survey: Survey, verb: str) -> None:
    """Print what would be done, and why."""
    printer.line(f"{count(len(survey.chosen), survey.noun)} to {verb}{':' if survey.chosen else '.'}")
    for reason, number in survey.reasons.most_common(_SHOWN):
        printer.line(f"  {number:,}: {reason}")
    if len(survey.reasons) > _SHOWN:
        printer.line(f"  … and {count(len(survey.reasons) - _SHOWN, 'other reason')}")
    if survey.others:
        left = "left as it is" if survey.others == 1 else "left as they are"
        printer.line(f"{count(survey.others, f'other {survey.noun}')}: {left}.")
    if survey.in_flight:
        taken, minutes = count(survey.in_flight, survey.noun), VISIBILITY_SECONDS // 60
        printer.line(
            f"{taken} taken by another command, or by one that was killed: back within {minutes} minutes."
        )
    _show_stay(printer, survey)


def _show_outcome(printer: Printer, survey: Survey) -> None:
    """Print what was done."""
    printer.line(f"{count(survey.done, survey.noun)} done.")
    if survey.not_found:
        gone = count(survey.not_found, survey.noun)
        printer.line(f"{gone} not found as before: dealt with by another command meanwhile.")
    if survey.done != len(survey.chosen):
        _show_stay(printer, survey)


def _show_stay(printer: Printer, survey: Survey) -> None:
    for each in survey.stay[:_SHOWN]:
        printer.line(f"  stays: {each.name}: {each.why}")
    if len(survey.stay) > _SHOWN:
        printer.line(f"  … and {count(len(survey.stay) - _SHOWN, f'other {survey.noun}')} (--json shows all)")
