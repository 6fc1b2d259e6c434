"""What the command tells its user instead of a traceback."""


class UsageProblem(Exception):
    """The command was called wrongly; each argument is one line: what, expected, got, what to do."""


class Unsuccessful(Exception):
    """The command could not do its work; the message says what happened and what to do."""
