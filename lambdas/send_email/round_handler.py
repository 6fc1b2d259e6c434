"""The function `mail_round`: invoked each minute, to send the mails that are owed and due."""

import json
import uuid
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from ..aws.errors import kind_of
from ..core.import_entries import QUOTA
from ..core.import_errors import import_errors
from ..core.mail_gate import Door, DoorKind
from ..core.metrics import embedded
from ..core.outbox import ListedImport, Outbox
from .lease import Lease
from .mail_round import MailRound
from .round_report import REPORT_SECONDS, UNITS, OwedCounts, metrics_of
from .set_up import set_up

# A door that is shut for long is noted now and then, not each minute.
_SHUT_NOTE_SECONDS = 600
logger = Logger()


@cache
def owed_counts() -> OwedCounts:
    """Returns what counts owed mails, made once a process, as it keeps what it has added up."""
    made = set_up()
    return OwedCounts(made.dynamodb, made.imports_table, Outbox(made.dynamodb, made.mails_table))


@logger.inject_lambda_context
def handler(_event: Mapping[str, Any], context: LambdaContext) -> None:
    """Run a round, and report the mails that wait; what it leaves is the next one's."""
    made = set_up()
    made.delivery.ses_sender.close_connections()
    try:
        metrics = _run(context)
    except Exception as error:
        # Lambda logs what a handler raises, and a service's message may quote an address.
        loggable = RuntimeError(f"round not ended: {kind_of(error)}")
        raise loggable.with_traceback(error.__traceback__) from None
    if metrics:
        print(json.dumps(metrics))


def _run(context: LambdaContext) -> dict[str, Any]:
    made, counts = set_up(), owed_counts()
    mail_round = MailRound(
        delivery=made.delivery,
        outbox=counts.outbox,
        lease=Lease(made.dynamodb, made.mails_table, uuid.uuid4().hex),
        seconds_left=lambda: context.get_remaining_time_in_millis() / 1000,
        expire_days=made.expire_days,
    )
    imports = mail_round.run()
    if imports is None:
        logger.info("another round is at it")
        return {}
    counts_of_mails = {"sent": mail_round.sent, "taken": mail_round.due_sender.taken}
    logger.info("round", extra={"imports": len(imports), **counts_of_mails})
    door = made.delivery.gate.read().door
    metrics = metrics_of(mail_round, imports, counts, door)
    _note_shut(door, imports, mail_round.seconds_left)
    return embedded(metrics, context.function_name, UNITS) if metrics else {}


def _note_shut(door: Door | None, imports: Sequence[ListedImport], seconds_left: Callable[[], float]) -> None:
    """Note of each import that owes mails why none leaves, where SES takes none of anybody's."""
    if door and door.shut:
        error_class = QUOTA if door.kind == DoorKind.QUOTA else f"SES takes no mails: {door.kind}"
        for import_id in (each.import_id for each in imports if each.import_id):
            if seconds_left() < REPORT_SECONDS:
                return
            import_errors("mail_round").note_class(import_id, error_class, seconds=_SHUT_NOTE_SECONDS)
