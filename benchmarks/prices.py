"""What a measured run would have cost on AWS, from the calls that were counted."""

import math
from collections import Counter

from operations.load import Load
from operations.prices import SQS_REQUEST_BYTES

from .end_to_end import Run

_MAILING = ("send_email", "mail_round")


def load_of(run: Run, *, with_mail: bool) -> Load:
    """What the run made AWS do: all of it, or all but the part of the functions that send mails."""
    usage = run.usage
    functions = [name for name in usage.invocations if with_mail or name not in _MAILING]
    calls = sum((usage.entries_of[name] for name in functions), Counter[str]())
    mails = calls["SendBulkEmail"] + calls["SendEmail"]
    # Of a call's payload each 64 KB counts; what was sent is received. Lambda deletes by the batch.
    sent = max(usage.calls["SendMessageBatch"], math.ceil(usage.message_bytes / SQS_REQUEST_BYTES))
    received = max(usage.invocations["insert_records"], math.ceil(usage.message_bytes / SQS_REQUEST_BYTES))
    return Load(
        mails=mails,
        write_units=sum(usage.units_of[name] for name in functions),
        sqs_requests=sent + received + usage.invocations["insert_records"],
        invocations=sum(usage.invocations[name] for name in functions),
        gb_seconds=sum(usage.billed_seconds[name] * usage.memory_gb[name] for name in functions),
        s3_puts=usage.calls["PutObject"],
        s3_gets=usage.calls["GetObject"],
    )


def dollars_per_million(run: Run, *, with_mail: bool) -> dict[str, float]:
    """The price of a million rows like these, by service."""
    return {
        service: price / run.rows * 1_000_000
        for service, price in load_of(run, with_mail=with_mail).dollars().items()
    }
