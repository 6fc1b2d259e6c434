"""The exceptions of the embedded AWS."""


class EmbeddedAwsError(Exception):
    """Something the embedded AWS cannot do, or failed to; the message says what, and what to do about it."""


class EmulatorError(EmbeddedAwsError):
    """The emulator did not start."""


class PortError(EmulatorError):
    """The port asked for is not to be had; each command adds which other to ask for."""


class AccessRefusedError(EmbeddedAwsError):
    """A request may not reach the emulator.

    Attributes:
        code: AWS's code for the reason, or what MiniStack translates into the service's own code.
        message: the reason in words.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code, message)
        self.code, self.message = code, message


class UnsupportedError(EmbeddedAwsError):
    """The program uses a type, property or call that the embedded AWS does not know (never skipped)."""
