"""What an operator chooses from; it imports nothing, for the command line needs it for its help."""

from dataclasses import dataclass
from enum import StrEnum


class FailedStep(StrEnum):
    """The step of the pipeline whose failure queue is redriven."""

    INGEST = "ingest"
    WRITER = "writer"
    NOTIFIER = "notifier"


class Undecided(StrEnum):
    """The states of mails that wait for an operator's decision."""

    UNDELIVERABLE = "undeliverable"
    HELD = "held"


class Waiting(StrEnum):
    """The states of mails that wait for anything."""

    OWED = "owed"
    UNDELIVERABLE = "undeliverable"
    HELD = "held"


class Decision(StrEnum):
    """What is to become of a mail that waits for a decision."""

    RESEND = "resend"
    LET_BE = "let-be"
    COUNT_AS_MAILED = "count-as-mailed"


@dataclass(frozen=True, kw_only=True)
class Which:
    """Which mails are meant: those that fit everything that is given.

    Attributes:
        mail_id: The only one.
        import_id: Those of this import.
        reason: Those that have this text in their reason, in any case.
    """

    mail_id: str | None = None
    import_id: str | None = None
    reason: str | None = None

    def fits(self, import_id: str | None, reason: str) -> bool:
        """Whether a mail of this import and with this reason is meant, whatever its id."""
        return self.import_id in (None, import_id) and (self.reason or "").lower() in reason.lower()
