"""What an operator chooses from; it imports nothing, for the command line needs it for its help."""

from enum import StrEnum


class FailedStep(StrEnum):
    """The step of the pipeline whose failure queue is redriven."""

    INGEST = "ingest"
    WRITER = "writer"
    NOTIFIER = "notifier"


class Decision(StrEnum):
    """What is to become of a mail that is held."""

    RESEND = "resend"
    DROP = "drop"
