"""What the command tells its user instead of a traceback."""

from lambdas.aws.rowrelay_error import RowrelayError


class OperationError(RowrelayError):
    """What was asked could not be done; the message says what happened and what to do."""


class UsageError(OperationError):
    """It was asked for wrongly; each argument is one line: what, expected, got, what to do."""
