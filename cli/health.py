"""What is wrong with a stack, and how its account stands: lines that `rowrelay status` prints."""

from collections.abc import Iterator, Sequence

from operations.finding import Finding, Gravity, Verdict, verdict_of
from operations.sending_account import SendingAccount
from operations.text import moment

_HEADS = {
    Gravity.BLOCKED: "Does not move",
    Gravity.NEEDS_PERSON: "Needs you",
    Gravity.NOT_SEEN: "Not seen",
    Gravity.WAITS: "Waits, and goes on by itself",
    Gravity.NOTE: "Worth knowing",
}


def finding_lines(findings: Sequence[Finding]) -> Iterator[str]:
    """Yields the lines on what is wrong, under a heading for each gravity; one line if nothing is."""
    if verdict_of(findings) == Verdict.FINE:
        yield "Nothing needs a decision."
    for gravity, head in _HEADS.items():
        of_gravity = [finding for finding in findings if finding.gravity == gravity]
        if of_gravity:
            yield f"{head}:"
            for finding in of_gravity:
                yield from _lines(finding)


def account_lines(account: SendingAccount | None) -> Iterator[str]:
    """Yields the line on what SES allows the account, if that could be looked at."""
    if account is None:
        return
    state = "open" if account.open else "paused"
    quota = (
        "no daily quota"
        if account.quota is None
        else f"{account.left:,} of {account.quota:,} mails left today"
    )
    yield f"SES: {state}; {quota}, {account.rate:g} a second"


def _lines(finding: Finding) -> Iterator[str]:
    since = f" (since {moment(finding.since)})" if finding.since is not None else ""
    yield f"  {finding.what}{since}."
    if finding.mend:
        yield f"    {finding.mend}."
    if finding.command:
        yield f"    Type: {finding.command}"
