"""How long a mail waits that SES puts off, and the account when SES takes nothing from it."""

_HOUR = 60 * 60
FIRST_WAIT_SECONDS = 300
LONGEST_WAIT_SECONDS = 3 * _HOUR
# After SES has refused everything, one mail is tried again after this long; where the account itself tells
# how it stands, each round asks.
LOOK_AGAIN_SECONDS = 300
ASK_AGAIN_SECONDS = 30


def wait_after(seconds: float) -> float:
    """Returns the seconds to wait for a mail that was put off so many seconds ago first: as long again."""
    return min(max(seconds, FIRST_WAIT_SECONDS), LONGEST_WAIT_SECONDS)
