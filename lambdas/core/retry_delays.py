"""How long a mail waits that SES puts off: a while, then longer, then until an operator decides.

A message waits in the retry queue under a growing visibility time-out, so that ten thousand mails behind a
daily quota cost little; it is replaced before the queue forgets it, so that they may wait for months.
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html
"""

_HOUR = 60 * 60
_DAY = 24 * _HOUR
FIRST_WAIT_SECONDS = 300
# Of a day's quota, which SES counts over the last 24 hours, little goes unused for so long.
LONGEST_WAIT_SECONDS = 3 * _HOUR
# The queue keeps a message for 14 days, and delivers it no more often than it could in 7.
RENEW_SECONDS = 6 * _DAY
# 10,000 users take 50 days at the 200 mails a day that SES's sandbox allows.
# https://docs.aws.amazon.com/ses/latest/dg/request-production-access.html
GIVE_UP_SECONDS = 90 * _DAY


def wait_after(receives: int) -> int:
    """Returns the seconds to wait when a message was received so many times.

    Messages of one batch wait for the same time, and so come again together: few batches may run at once.
    """
    return min(FIRST_WAIT_SECONDS << min(receives - 1, 10), LONGEST_WAIT_SECONDS)  # doubled each time
