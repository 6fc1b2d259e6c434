"""What an operator decides of mails: to send one after all, or never; together with the counters."""

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lambdas.aws.dynamodb.outcomes import Item, Written
from lambdas.aws.dynamodb.transact import Operation, write_each
from lambdas.aws.limits import SES_BULK_DESTINATIONS
from lambdas.core.import_ledger import ImportLedger
from lambdas.core.mail import Mail
from lambdas.core.mail_entries import (
    CLAIMED,
    DEFERRED,
    HELD,
    MAILED,
    UNDELIVERABLE,
    Entry,
    read_entries,
)

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

DROPPED = "dropped by an operator"
_BUSY = "an invocation is at it: look again in some minutes"
_CHANGED = "it changed meanwhile: run the command again"


@dataclass(frozen=True)
class MailDecisions:
    """Changes the mail ledger as an operator decides; each may be repeated, and killed anywhere."""

    dynamodb: "DynamoDBClient"
    table: str
    imports: ImportLedger

    def entries(self, mail_ids: Sequence[str]) -> dict[str, Entry]:
        """What the ledger has of these mails."""
        return read_entries(self.dynamodb, self.table, mail_ids)

    def reopen(self, mails: Sequence[Mail], claims: Mapping[str, str]) -> Mapping[str, str]:
        """Let mails that ended without leaving be sent again; gives why some are not to be, by id.

        `claims`: by mail, the claim under which the operator knows it; another has ended another way. What
        an operator has dropped stays so.
        """
        return self._decide(mails, claims, (UNDELIVERABLE, HELD), DEFERRED)

    def drop(self, mails: Sequence[Mail], claims: Mapping[str, str]) -> Mapping[str, str]:
        """Let mails that are held never be sent; gives why some are not, by id. `claims` as above."""
        stay = self._decide(mails, claims, (HELD,), UNDELIVERABLE)
        entries = self.entries([mail.mail_id for mail in mails])
        # What is not dropped now, somebody has sent anew meanwhile.
        return {**{mail_id: _CHANGED for mail_id, entry in entries.items() if not is_dropped(entry)}, **stay}

    def _decide(
        self, mails: Sequence[Mail], claims: Mapping[str, str], before: Sequence[str], after: str
    ) -> Mapping[str, str]:
        distinct = list({mail.mail_id: mail for mail in mails}.values())
        stay: dict[str, str] = {}
        for start in range(0, len(distinct), SES_BULK_DESTINATIONS):
            group = distinct[start : start + SES_BULK_DESTINATIONS]
            entries = self.entries([mail.mail_id for mail in group])
            stay |= {mail_id: _BUSY for mail_id, entry in entries.items() if entry.unfinished}
            ended = [
                (m, e) for m in group if (e := entries.get(m.mail_id)) and e.queued and e.state in before
            ]
            known = [
                (m, e) for m, e in ended if claims.get(m.mail_id, e.claim) == e.claim and not is_dropped(e)
            ]
            stay |= {mail.mail_id: _CHANGED for mail, entry in ended if (mail, entry) not in known}
            stay |= dict.fromkeys(self._change(known, after), _CHANGED)
        return stay

    def _change(self, mails: Sequence[tuple[Mail, Entry]], after: str) -> list[str]:
        """Give mails another state, and uncount the one they had; gives the ids of those that had changed."""

        def counters(which: Sequence[int]) -> list[Operation]:
            by_import: dict[str, Counter[str]] = {}
            for mail, entry in (mails[n] for n in which):
                if mail.import_id:
                    counts = by_import.setdefault(mail.import_id, Counter())
                    counts[entry.state] -= 1
                    counts[after] += after != DEFERRED  # which no counter counts
            return [
                self.imports.count_mails(import_id, {name: n for name, n in counts.items() if n})
                for import_id, counts in by_import.items()
            ]

        outcomes = write_each(self.dynamodb, [self._put(*each, after) for each in mails], counters)
        return [
            mail.mail_id
            for (mail, _), outcome in zip(mails, outcomes, strict=True)
            if not isinstance(outcome, Written)
        ]

    def _put(self, mail: Mail, entry: Entry, state: str) -> Operation:
        values: Item = {"mail_id": {"S": mail.mail_id}, "state": {"S": state}, "claim": {"S": entry.claim}}
        values |= {"changed_at": {"N": f"{time.time():.3f}"}, "reason": {"S": entry.reason or "unknown"}}
        if state == UNDELIVERABLE:
            values |= {"queued": {"BOOL": True}, "reason": {"S": DROPPED}}
        return {
            "Put": {
                "TableName": self.table,
                "Item": values,
                "ConditionExpression": "#state = :state AND #claim = :claim AND #queued = :true",
                "ExpressionAttributeNames": {f"#{name}": name for name in ("state", "claim", "queued")},
                "ExpressionAttributeValues": {
                    ":state": {"S": entry.state},
                    ":claim": {"S": entry.claim},
                    ":true": {"BOOL": True},
                },
                "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
            }
        }


def is_dropped(entry: Entry | None) -> bool:
    """Whether an operator has decided that the mail is never to be sent."""
    return entry is not None and entry.state == UNDELIVERABLE and entry.reason == DROPPED


def may_be_sent_again(entry: Entry | None) -> bool:
    """Whether the mail certainly did not leave, and nobody decided that it is not to."""
    return entry is None or (entry.state in (UNDELIVERABLE, DEFERRED) and not is_dropped(entry))


def is_done(entry: Entry | None) -> bool:
    """Whether the mail left, so that a letter of it is left over."""
    return entry is not None and entry.state == MAILED


def is_held(entry: Entry | None) -> bool:
    """Whether nobody knows if the mail left."""
    return entry is not None and entry.state in (HELD, CLAIMED)
