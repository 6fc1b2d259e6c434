"""The metrics that a round reports of the mails that wait; the components' alarms watch them."""

from enum import StrEnum


class MailMetric(StrEnum):
    """The metrics' names; CloudWatch hears of none of them while all are zero."""

    OWED = "MailsOwed"
    OLDEST_SECONDS = "OldestOwedSeconds"
    HELD = "MailsHeld"
    UNDELIVERABLE = "MailsUndeliverable"
    DOOR_SHUT = "DoorShut"  # by what is missing in the set-up, or SES's pause; not by a quota
    QUOTA_USED = "QuotaUsedPercent"
