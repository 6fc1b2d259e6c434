"""`--discard`: letters that nothing can be done with are deleted, lest they keep an alarm up for days."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from operations.messages import Letter

from .redrive import Work


@dataclass(frozen=True)
class Discard:
    """Deletes the letters that the other work refuses, and no others."""

    work: Work
    verb: str = "delete"

    def reason(self, letter: Letter) -> str:
        """Why it is here, and why it cannot be helped."""
        reason, why = self.work.reason(letter), self.work.refuses(letter)
        return f"{reason}; {why}" if why and why != reason else reason

    def name(self, letter: Letter) -> str:
        """What the other work calls it."""
        return self.work.name(letter)

    def concerns(self, letter: Letter) -> bool:
        """What the other work's are."""
        return self.work.concerns(letter)

    def refuses(self, letter: Letter) -> str | None:
        """Whatever may still come to a good end."""
        return None if self.work.refuses(letter) else "it can be sent again, without --discard"

    def do(self, letters: Sequence[Letter]) -> Mapping[str, str]:  # noqa: ARG002
        """Nothing: what is done with is deleted."""
        return {}
