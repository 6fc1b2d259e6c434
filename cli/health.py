"""What is wrong with a stack, and how its account stands, as `rowrelay status` prints it."""

from collections.abc import Iterator, Sequence

from operations.finding import Finding, Gravity, Verdict, verdict_of
from operations.sending_account import SendingAccount
from operations.text import moment

from .printer import Printer

_HEADS = {
    Gravity.BLOCKED: "Does not move",
    Gravity.NEEDS_PERSON: "Needs you",
    Gravity.NOT_SEEN: "Not seen",
    Gravity.WAITS: "Waits, and goes on by itself",
    Gravity.NOTE: "Worth knowing",
}


def show_findings(printer: Printer, findings: Sequence[Finding]) -> None:
    """Print what is wrong, under a heading for each gravity; one line if nothing is."""
    if verdict_of(findings) == Verdict.FINE:
        printer.line("Nothing needs a decision.")
    for gravity, head in _HEADS.items():
        of_gravity = [finding for finding in findings if finding.gravity == gravity]
        if of_gravity:
            printer.line(f"{head}:")
            for finding in of_gravity:
                _show(printer, finding)


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


def _show(printer: Printer, finding: Finding) -> None:
    since = f" (since {moment(finding.since)})" if finding.since is not None else ""
    printer.line(f"  {finding.what}{since}.")
    if finding.mend:
        printer.line(f"    {finding.mend}.")
    if finding.command:
        printer.command("    Type: ", finding.command)
