"""What can go wrong in the embedded AWS."""


class EmbeddedAwsError(Exception):
    """Something the embedded AWS cannot do, or failed to; the message says what, and what to do about it."""


class EmulatorError(EmbeddedAwsError):
    """The emulator did not start, or the port asked for is not to be had."""


class UnsupportedError(EmbeddedAwsError):
    """The program uses a type, property or call that the embedded AWS does not know (never skipped)."""
