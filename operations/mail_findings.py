"""What keeps mails from leaving, and which wait for a decision."""

from collections.abc import Iterator

from lambdas.core.mail_entries import MailState
from lambdas.core.mail_gate import Door, DoorKind, Sending

from .finding import Cause, Finding, Gravity
from .function_results import Outcome
from .mail_status import MailStatus
from .sending_account import SendingAccount
from .text import count

_UNDECIDED = {
    MailState.HELD: ("nobody knows whether it left", "nobody knows whether they left"),
    MailState.UNDELIVERABLE: ("SES refused it for good", "SES refused them for good"),
}


def mail_findings(
    mails: MailStatus, account: SendingAccount | None, rounds: Outcome | None, option: str
) -> Iterator[Finding]:
    """Yields what keeps mails from leaving, and those that wait for a decision.

    Args:
        mails: The mails that wait.
        account: What SES says of the account, if it does.
        rounds: What the rounds' log says, if it does.
        option: What goes with every command for this stack.
    """
    if mails.door and mails.door.shut:
        yield _of_door(mails.door, mails, option)
    elif not mails.all_paused:
        yield from _waiting(mails, rounds)
    if account:
        yield from _of_account(account, mails)
    yield from _paused(mails, option)
    for state, (of_one, of_several) in _UNDECIDED.items():
        if number := mails.undecided[state].total():
            yield Finding(
                gravity=Gravity.NEEDS_PERSON,
                cause=Cause.DECISION,
                what=f"{mails.number(state)} {state}: {of_one if number == 1 else of_several}",
                command=f"rowrelay mails list --state {state}{option}",
            )


def _of_door(door: Door, mails: MailStatus, option: str) -> Finding:
    """Returns why nothing leaves: the door is shut."""
    owed, since = mails.owed, mails.since
    waiting = f"; {_wait(owed)}" if owed else ""
    if door.kind.to_mend:
        return _to_mend(door, mails, f"no mail leaves: {door.reason}{waiting}", option)
    if door.kind == DoorKind.QUOTA:
        what = f"{door.reason}{waiting}; they leave as the quota comes free"
        return Finding(gravity=Gravity.WAITS, cause=Cause.QUOTA, what=what, since=since)
    what = f"no mail leaves: {door.reason}{waiting}"
    mend = "see whether SES is reachable; rounds look again every few minutes"
    gravity = Gravity.BLOCKED if owed else Gravity.NEEDS_PERSON
    return Finding(gravity=gravity, cause=Cause.REFUSED, what=what, mend=mend, since=since)


def _to_mend(door: Door, mails: MailStatus, what: str, option: str) -> Finding:
    # The command would take back a pause of all, too.
    paused = mails.all_paused
    mend = "mend it; a round finds out by itself once the pause is taken back"
    return Finding(
        gravity=Gravity.BLOCKED if mails.owed else Gravity.NEEDS_PERSON,
        cause=Cause.DENIED if "not allowed" in door.reason else Cause.REFUSED,
        what=what,
        mend=mend if paused else "mend it, then have a round look again at once",
        command=None if paused else f"rowrelay mails resume --all{option}",
        since=mails.since,
    )


def _waiting(mails: MailStatus, rounds: Outcome | None) -> Iterator[Finding]:
    """Yields the mails that rounds send as fast as SES takes them, unless it takes none at all."""
    waiting = [one for one in mails.imports if one.owed and not one.sending and one.since]
    if not waiting:
        return
    since = min(one.since for one in waiting if one.since)
    why = "; ".join(dict.fromkeys(reason for one in waiting for reason in one.reasons))
    stopped = rounds is not None and rounds.ses_takes_none(since)
    told = [_wait(sum(one.owed for one in waiting)), *filter(None, [why])]
    yield Finding(
        gravity=Gravity.BLOCKED if stopped else Gravity.WAITS,
        cause=Cause.REFUSED,
        what=": ".join(told) + ("; SES has taken none since" if stopped else ""),
        mend="see SES's console for the account's limits and reputation" if stopped else "",
        since=since,
    )


def _of_account(account: SendingAccount, mails: MailStatus) -> Iterator[Finding]:
    known = mails.door.kind if mails.door else None
    if not account.open and known != DoorKind.PAUSED:
        what = "SES has paused this account's sending"
        gravity = Gravity.BLOCKED if mails.owed else Gravity.NEEDS_PERSON
        yield Finding(gravity=gravity, cause=Cause.REFUSED, what=what, mend="see SES's console for why")
    if account.left == 0 and known != DoorKind.QUOTA:
        what = f"{account.sent:,} of {account.quota:,} mails of the daily quota are used"
        yield Finding(gravity=Gravity.WAITS, cause=Cause.QUOTA, what=what)
    if account.review:
        what = f"SES reviews this account ({account.review}), and may pause or has paused its sending"
        mend = "answer SES's case in AWS's support center"
        yield Finding(gravity=Gravity.NEEDS_PERSON, cause=Cause.REFUSED, what=what, mend=mend)
    if not account.production:
        what = "the account is in SES's sandbox: SES takes mails to verified addresses alone"
        mend = "ask SES for production access"
        yield Finding(gravity=Gravity.NOTE, cause=Cause.REFUSED, what=what, mend=mend)


def _paused(mails: MailStatus, option: str) -> Iterator[Finding]:
    """Yields the pauses that mails wait for: they do not end by themselves."""
    owing = [one for one in mails.imports if one.owed]
    if mails.all_paused and (number := sum(one.owed for one in owing if not one.sending)):
        yield _pause(number, "the pause of all", f"--all{option}")
    for one in owing:
        if one.sending == Sending.PAUSED:
            yield _pause(one.owed, f"the pause of {one.key}", f"{one.import_id}{option}")


def _pause(number: int, pause: str, which: str) -> Finding:
    return Finding(
        gravity=Gravity.NEEDS_PERSON,
        cause=Cause.DECISION,
        what=f"{_wait(number)} for {pause} to be taken back",
        command=f"rowrelay mails resume {which}",
    )


def _wait(number: int) -> str:
    return f"{count(number, 'mail')} {'waits' if number == 1 else 'wait'}"
