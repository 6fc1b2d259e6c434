"""What is wrong with a stack's parts and functions, of what was seen of them."""

from collections.abc import Iterable, Iterator, Mapping

from .finding import Cause, Finding, Gravity
from .function_health import FunctionHealth
from .functions import FunctionKey
from .health import Health
from .looking import NotSeen
from .parts import GONE
from .text import count

# In the kinds of errors that functions log (lambdas/aws/errors.py): not allowed, and not there.
_DENIED = ("AccessDenied", "not allowed", "AuthorizationError", "NotAuthorized")
_NOT_THERE = ("ResourceNotFound", "NonExistentQueue", "QueueDoesNotExist")
_WITHOUT_BOOKKEEPER = "imports go on, but none is settled or told of, and none is found to be stuck"


def part_findings(health: Health, waiting: Mapping[str, str], option: str) -> Iterator[Finding]:
    """Yields what is wrong with a stack's parts and functions.

    Args:
        health: The parts as they are.
        waiting: What waits for a function, in words, by what the stack's outputs call it.
        option: What goes with every command for this stack.
    """
    again = _made_again(option)
    for part in health.broken:
        gone = part.fault == GONE
        yield Finding(
            gravity=Gravity.BLOCKED if part.needed else Gravity.NEEDS_PERSON,
            cause=Cause.GONE if gone else Cause.REFUSED,
            what=f"{part.name} {part.fault}",
            mend=again if gone else part.mend,
        )
    for key, function in health.functions.items():
        yield from _of_function(key, function, waiting.get(key, ""), again)
    yield from unseen_findings(health.not_seen)


def unseen_findings(not_seen: Iterable[NotSeen]) -> Iterator[Finding]:
    """Yields what could not be looked at; what is gone is found by a look of its own."""
    for unseen in (each for each in not_seen if not each.gone):
        yield Finding(
            gravity=Gravity.NOT_SEEN,
            cause=Cause.UNSEEN,
            what=f"{unseen.what}: not seen ({unseen.why})",
            mend="nobody knows how it is: see that you may look, and look again",
        )


def _of_function(key: str, function: FunctionHealth, waiting: str, again: str) -> Iterator[Finding]:
    """Yields what keeps a function from its work; what is gone explains its errors, so those come last."""
    set_up, feed = function.set_up, function.feed
    stops = key != FunctionKey.BOOKKEEPER  # without which rows and mails move all the same
    means = waiting if stops else _WITHOUT_BOOKKEEPER
    waits = f"; {means}" if means else ""
    if set_up and set_up.fault:
        cause = Cause.GONE if set_up.fault == GONE else Cause.DISABLED
        yield _stopped(stops, cause, f"the function {function.name} {set_up.fault}{waits}", again)
        return
    if feed and feed.fault:
        cause = Cause.GONE if feed.fault.startswith(GONE) else Cause.DISABLED
        what = f"nothing invokes {function.name}: {feed.what} {feed.fault}{waits}"
        # Without rounds mails still leave at once, if they may.
        needed = stops and (key != FunctionKey.MAIL_ROUND or bool(waiting))
        yield _stopped(needed, cause, what, again, feed.since)
    if set_up and function.role_fault:
        what = f"the role {set_up.role} of {function.name} {function.role_fault}{waits}"
        yield _stopped(stops, Cause.DENIED, what, again)
    elif function.failing:
        yield _failing(function, means, stops=stops and bool(waiting))


def _failing(function: FunctionHealth, means: str, *, stops: bool) -> Finding:
    outcome, counts = function.outcome, function.counts
    error = outcome.error if outcome else ""
    told = [f"{function.name} fails{f': {error}' if error else ''}"]
    if counts and counts.errors:
        ran = count(counts.invocations, "invocation")
        told.append(f"{counts.errors:,} of {ran} failed lately")
    told += [means] if means else []
    log = f" (log: {function.set_up.log_group})" if function.set_up else ""
    mend = f"mend what the error names, and what waits goes on by itself{log}"
    since = outcome.since if outcome else None
    return _stopped(stops, _cause_of(error), "; ".join(told), mend, since)


def _cause_of(error: str) -> Cause:
    if any(word in error for word in _DENIED):
        return Cause.DENIED
    return Cause.GONE if any(word in error for word in _NOT_THERE) else Cause.FAILING


def _stopped(stops: bool, cause: Cause, what: str, mend: str, since: float | None = None) -> Finding:
    """Returns a finding that matters by whether it stops rows or mails."""
    gravity = Gravity.BLOCKED if stops else Gravity.NEEDS_PERSON
    return Finding(gravity=gravity, cause=cause, what=what, mend=mend, since=since)


def _made_again(option: str) -> str:
    """Returns how what the program made comes back: Pulumi looks at what is there first, only if told to.

    https://www.pulumi.com/docs/iac/cli/commands/pulumi_up/
    """
    if option:
        return f"have the program put it right: pulumi up --refresh{option}"
    return "end the demo and begin another: rowrelay demo --keep"
