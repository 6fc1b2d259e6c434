"""What an operator decides of mails: to send one after all, or never."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from lambdas.aws.limits import SES_BULK_DESTINATIONS
from lambdas.core.mail import Mail
from lambdas.core.mail_entries import Entry, MailState
from lambdas.core.mail_ledger import MailLedger

_BUSY = "an invocation is at it: look again in some minutes"
_CHANGED = "it changed meanwhile: run the command again"


@dataclass(frozen=True)
class MailDecisions:
    """Changes the mail ledger as an operator decides; each may be repeated, and killed anywhere."""

    ledger: MailLedger

    def reopen(self, mails: Sequence[Mail], claims: Mapping[str, str]) -> Mapping[str, str]:
        """Let mails that ended without leaving be sent again; what an operator has dropped stays so.

        Args:
            mails: The mails.
            claims: By mail id, the claim under which the operator knows the mail. One that has another by
                now was sent anew meanwhile, which the operator did not decide on; it is not changed.

        Returns:
            By mail id, why some are not to be sent again.
        """
        return self._decide(mails, claims, (MailState.UNDELIVERABLE, MailState.HELD), self.ledger.reopen)

    def drop(self, mails: Sequence[Mail], claims: Mapping[str, str]) -> Mapping[str, str]:
        """Let mails that are held never be sent.

        Args:
            mails: The mails.
            claims: As for `reopen`.

        Returns:
            By mail id, why some are not dropped.
        """
        stay = self._decide(mails, claims, (MailState.HELD,), self.ledger.drop)
        entries = self.ledger.entries([mail.mail_id for mail in mails])
        # What is not dropped now, somebody has sent anew meanwhile.
        return {**{mail_id: _CHANGED for mail_id, entry in entries.items() if not entry.dropped}, **stay}

    def _decide(
        self,
        mails: Sequence[Mail],
        claims: Mapping[str, str],
        states: Sequence[MailState],
        change: Callable[[Sequence[tuple[Mail, Entry]]], list[str]],
    ) -> Mapping[str, str]:
        distinct = list({mail.mail_id: mail for mail in mails}.values())
        stay: dict[str, str] = {}
        for start in range(0, len(distinct), SES_BULK_DESTINATIONS):
            group = distinct[start : start + SES_BULK_DESTINATIONS]
            entries = self.ledger.entries([mail.mail_id for mail in group])
            stay |= {mail_id: _BUSY for mail_id, entry in entries.items() if entry.unfinished}
            ended = [
                (m, e) for m in group if (e := entries.get(m.mail_id)) and e.queued and e.state in states
            ]
            known = [(m, e) for m, e in ended if claims.get(m.mail_id, e.claim) == e.claim and not e.dropped]
            stay |= {mail.mail_id: _CHANGED for mail, entry in ended if (mail, entry) not in known}
            stay |= dict.fromkeys(change(known), _CHANGED)
        return stay


def may_be_sent_again(entry: Entry | None) -> bool:
    """Whether the mail certainly did not leave, and nobody decided that it is not to."""
    return entry is None or (
        entry.state in (MailState.UNDELIVERABLE, MailState.DEFERRED) and not entry.dropped
    )


def is_done(entry: Entry | None) -> bool:
    """Whether the mail left, so that a message of it is left over."""
    return entry is not None and entry.state == MailState.MAILED


def is_held(entry: Entry | None) -> bool:
    """Whether nobody knows if the mail left."""
    return entry is not None and entry.state in (MailState.HELD, MailState.CLAIMED)
