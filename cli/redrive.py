"""`rowrelay redrive`: what waits in a failure queue is dealt with again, once its cause is mended."""

import contextlib
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from operations.messages import Letter, hidden, taken
from operations.text import count

from .decision import Options, confirm, counting
from .printer import Printer
from .survey import Survey, show_outcome, show_survey

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient


class Work(Protocol):
    """What one queue's letters are, and what is done with them."""

    @property
    def verb(self) -> str:
        """What is done, such as "send again"."""

    def reason(self, letter: Letter) -> str:
        """Why the letter is here."""

    def name(self, letter: Letter) -> str:
        """What the letter is, for one that stays."""

    def concerns(self, letter: Letter) -> bool:
        """Whether the letter is this work's at all."""

    def refuses(self, letter: Letter) -> str | None:
        """Why nothing can be done with the letter, if so; changes nothing."""

    def do(self, letters: Sequence[Letter]) -> Mapping[str, str]:
        """Deal with letters, any of them perhaps not for the first time; gives why some stay, by message id.

        What this returns from without saying so is deleted; a crash before that leaves the letter here.
        """


@dataclass(frozen=True)
class Redrive:
    """One queue's redrive: look, show, ask, do."""

    sqs: "SQSClient"
    queue_url: str
    work: Work
    options: Options

    def run(self) -> bool:
        """Deal with the letters that the operator chooses; gives whether none of them stays."""
        out = sys.stdout
        with contextlib.redirect_stdout(sys.stderr if self.options.as_json else out):
            printer = Printer()
            away = hidden(self.sqs, self.queue_url)
            survey = self._survey()
            show_survey(printer, survey, self.work.verb, away)
            if survey.chosen and not self.options.dry_run:
                confirm(f"{self.work.verb.capitalize()} {count(len(survey.chosen), 'letter')}?", self.options)
                self._do(printer, survey)
                show_outcome(printer, survey)
        if self.options.as_json:
            print(survey.as_json(dry_run=self.options.dry_run), file=out, flush=True)
        return self.options.dry_run or not survey.stay

    def _survey(self) -> Survey:
        survey = Survey()
        with taken(self.sqs, self.queue_url) as hand:
            for batch in hand.batches():
                for letter in batch:
                    self._sort(letter, survey)
        return survey

    def _sort(self, letter: Letter, survey: Survey) -> None:
        reason = self.work.reason(letter)
        unlike = self.options.reason and self.options.reason.lower() not in reason.lower()
        if unlike or not self.work.concerns(letter):
            survey.others += 1
        elif why := self.work.refuses(letter):
            survey.stay.append(self._stays(letter, why))
        else:
            survey.chosen.add(letter.message_id)
            survey.reasons[reason] += 1

    def _do(self, printer: Printer, survey: Survey) -> None:
        """Do it to what was shown, and no more: what fails anew is a new letter, for the next time."""
        waiting = set(survey.chosen)
        with (
            taken(self.sqs, self.queue_url) as hand,
            counting(printer.console, "letter", len(waiting)) as add,
        ):
            for batch in hand.batches():
                mine = [letter for letter in batch if letter.message_id in waiting]
                stay = self.work.do(mine) if mine else {}
                hand.delete([letter for letter in mine if letter.message_id not in stay])
                survey.done += len(mine) - len(stay)
                survey.stay += [
                    self._stays(letter, why) for letter in mine if (why := stay.get(letter.message_id))
                ]
                waiting -= {letter.message_id for letter in mine}
                add(len(mine))
                if not waiting:
                    break

    def _stays(self, letter: Letter, why: str) -> dict[str, str]:
        return {
            "letter": letter.message_id,
            "is": self.work.name(letter),
            "reason": self.work.reason(letter),
            "stays": why,
        }
