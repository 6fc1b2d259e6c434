"""The metrics that the bookkeeper reports of the imports that are open."""

from enum import StrEnum


class ImportMetric(StrEnum):
    """The metrics' names; CloudWatch hears of none of them while no import is open."""

    OPEN = "ImportsOpen"
    STUCK = "ImportsStuck"  # those without progress for so long that somebody is to look
