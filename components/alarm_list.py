"""Every alarm of every component: what it watches, from where on, and what to do when it is in alarm."""

from dataclasses import replace

from . import defaults
from .alarm_kinds import (
    Alarm,
    age,
    depth,
    dropped,
    errors,
    iterator_age,
    mails,
    reputation,
    stopped,
    undelivered,
)
from .contracts import NAMESPACE, ImportMetric, MailMetric

CSV_INGEST_ALARMS = (
    depth("failures", "Files could not be imported in three attempts; their events wait here."),
    *errors("process-csv"),
    dropped("process-csv", "Events were given up; the failure queue has those that it could take."),
    undelivered("process-csv", "An event was given up, and the failure queue could not take it."),
)
# Those that it has besides, where uploads come by EventBridge.
EVENTBRIDGE_ALARMS = (
    Alarm(
        "upload-undelivered",
        "upload-rule",
        "AWS/Events",
        "InvocationsFailedToBeSentToDlq",
        "events a minute",
        "An event reached neither Lambda nor the failure queue.",
        statistic="Sum",
    ),
)

BUFFERED_WRITER_ALARMS = (
    depth("dead-letters", "Rows could not be written; they wait here."),
    age("queue", "Rows wait for long to be written; is the table throttled, or the function failing?"),
    *errors("insert-records"),
)

OWED_AGE_ALARM = replace(
    mails(
        "owed-age",
        MailMetric.OLDEST_SECONDS,
        "seconds",
        "A mail has waited for longer than this alarm's threshold of seconds; rowrelay status says why. "
        "Raise SES's daily quota if that is too low, or wait: no mail that waits is lost. Paused imports do "
        "not count here.",
    ),
    threshold=defaults.OWED_AGE_ALARM,
    least=defaults.ALARM_PERIOD,
    most=defaults.OWED_AGE_ALARM_MAX,
)

_BAD_ADDRESSES = "Pause the imports whose addresses these are, and send on to none that SES's console lists."

IMPORT_LEDGER_ALARMS = (
    *errors("bookkeeper"),
    stopped(
        "bookkeeper",
        "Nobody has looked at the open imports for more than five minutes, so none is settled or found to be "
        "stuck. See whether the rule …-bookkeeper-schedule is enabled and may invoke the function, and "
        "whether that is throttled. A new stack begins with this alarm, for some minutes.",
    ),
    Alarm(
        "imports-stuck",
        "bookkeeper",
        NAMESPACE,
        ImportMetric.STUCK,
        "imports",
        "Imports make no progress, and wait for nothing that is known to end; rowrelay status says which, "
        "and what for.",
        period=defaults.REPORT_ALARM_PERIOD,
    ),
)

STREAM_NOTIFIER_ALARMS = (
    depth(
        "failures",
        "Lambda gave up batches of the stream; its notes wait here. Once the reason is mended, rowrelay "
        "reconcile finds the records whose mail was never begun.",
    ),
    *errors("send-email"),
    undelivered(
        "send-email",
        "A batch of the stream was given up, and the failure queue could not take Lambda's note of it. Mend "
        "the queue's policy or the role's SendFailures; then run rowrelay reconcile.",
    ),
    iterator_age(
        "send-email",
        "Mails lag behind the table. Mend what the function's log names within six hours: then Lambda "
        "gives batches up.",
    ),
    *errors("mail-round"),
    stopped(
        "mail-round",
        "No round has begun for more than five minutes, so mails that wait are not sent. See whether the "
        "rule …-mail-round-schedule is enabled and may invoke the function, and whether that is throttled. "
        "A new stack begins with this alarm, for some minutes.",
    ),
    replace(
        mails(
            "door-shut",
            MailMetric.DOOR_SHUT,
            "1 while it is shut",
            "SES takes no mail of this account: its sending is paused, or something is missing, such as a "
            "permission or the sender's verification; rowrelay status says what. Mend it: the mails wait, "
            "and then go on by themselves.",
        ),
        most=0,
    ),
    OWED_AGE_ALARM,
    mails(
        "held",
        MailMetric.HELD,
        "mails",
        "Nobody knows whether these mails left, so nothing sends them again by itself. rowrelay status says "
        "how to look at them, and to decide.",
    ),
    mails(
        "undeliverable",
        MailMetric.UNDELIVERABLE,
        "mails",
        "SES refused these mails for good; rowrelay status says why. Send them again once the reason is "
        "mended, or let them be.",
    ),
    reputation(
        "bounces",
        "BounceRate",
        defaults.BOUNCE_RATE_ALARM,
        "So many of the account's mails bounce that SES, which reviews it from 5 % on, may pause its "
        f"sending, as it does at 10 %. {_BAD_ADDRESSES}",
    ),
    reputation(
        "complaints",
        "ComplaintRate",
        defaults.COMPLAINT_RATE_ALARM,
        "So many of the account's mails bring a complaint that SES, which reviews it from 0.1 % on, may "
        f"pause its sending, as it does at 0.5 %. {_BAD_ADDRESSES}",
    ),
)
