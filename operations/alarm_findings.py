"""What is worth knowing of a stack's alarms: which are in ALARM, and whether anybody hears of them."""

from collections.abc import Iterator, Sequence

from .alarms import StackAlarm
from .finding import Cause, Finding, Gravity


def alarm_findings(alarms: Sequence[StackAlarm] | None, unread_topics: Sequence[str]) -> Iterator[Finding]:
    """Yields the alarms that are in ALARM, and what keeps people from hearing of them.

    What an alarm is about is found by itself, so an alarm alone needs nobody.
    """
    if not alarms:
        return
    for alarm in alarms:
        if alarm.in_alarm:
            what = f"the alarm {alarm.name} is in ALARM"
            yield Finding(gravity=Gravity.NOTE, cause=Cause.ALARM, what=what, since=alarm.since)
    if not any(alarm.actions for alarm in alarms):
        yield Finding(
            gravity=Gravity.NOTE,
            cause=Cause.ALARM,
            what="nobody hears of this stack's alarms",
            mend="name an SNS topic in the setting rowrelay:alarmTopicArn",
        )
    for topic in unread_topics:
        yield Finding(
            gravity=Gravity.NEEDS_PERSON,
            cause=Cause.ALARM,
            what=f"alarms go to {topic}, of which nobody has confirmed a subscription",
            mend="subscribe somebody to the topic, and confirm the mail that SNS sends",
        )
