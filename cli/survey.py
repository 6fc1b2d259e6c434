"""What a redrive found in a queue, and what it did: kept, and shown."""

import json
from collections import Counter
from dataclasses import dataclass, field

from operations.messages import HIDDEN
from operations.text import count

from .printer import Printer

_SHOWN = 20  # reasons, and letters that stay


@dataclass
class Survey:
    """What is in the queue: the letters chosen, their reasons, and those that stay, each with why."""

    chosen: set[str] = field(default_factory=set)
    reasons: Counter[str] = field(default_factory=Counter)
    stay: list[dict[str, str]] = field(default_factory=list)
    others: int = 0  # left out by --reason, or not this command's
    done: int = 0

    def as_json(self, *, dry_run: bool) -> str:
        """The object that `--json` prints."""
        return json.dumps(
            {
                "chosen": len(self.chosen),
                "reasons": dict(self.reasons.most_common()),
                "other_reasons": self.others,
                "dry_run": dry_run,
                "done": self.done,
                "stay": self.stay,
            }
        )


def show_survey(printer: Printer, survey: Survey, verb: str, away: int) -> None:
    """What would be done, and why each letter is here; `away`: letters that others had taken before."""
    printer.line(f"{count(len(survey.chosen), 'letter')} to {verb}{':' if survey.chosen else '.'}")
    for reason, number in survey.reasons.most_common(_SHOWN):
        printer.line(f"  {number:,}: {reason}")
    if len(survey.reasons) > _SHOWN:
        printer.line(f"  … and {count(len(survey.reasons) - _SHOWN, 'other reason')}")
    if survey.others:
        printer.line(f"{count(survey.others, 'letter')} with other reasons or decisions: left as they are.")
    if away:
        printer.line(
            f"{count(away, 'letter')} taken by another command, or by one that was killed: back within "
            f"{HIDDEN // 60} minutes."
        )
    _show_stay(printer, survey)


def show_outcome(printer: Printer, survey: Survey) -> None:
    """What was done."""
    printer.line(f"{count(survey.done, 'letter')} done.")
    gone = len(survey.chosen) - survey.done - sum(entry["letter"] in survey.chosen for entry in survey.stay)
    if gone:
        printer.line(f"{count(gone, 'letter')} not found again: taken by another command meanwhile.")
    if survey.done != len(survey.chosen):
        _show_stay(printer, survey)


def _show_stay(printer: Printer, survey: Survey) -> None:
    for entry in survey.stay[:_SHOWN]:
        printer.line(f"  stays: {entry['is']}: {entry['stays']}")
    if len(survey.stay) > _SHOWN:
        printer.line(f"  … and {count(len(survey.stay) - _SHOWN, 'other letter')} (--json shows all)")
