"""The function `process_csv`: S3 or EventBridge invokes it, asynchronously, for each object under the prefix.

For a file that takes longer than an invocation may, it invokes itself to go on.
"""

import json
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from ..aws.clients import client
from ..aws.errors import kind_of
from ..core.environment import BUNDLE, FUNCTION_NAME, Variable, bundled, setting
from ..core.import_entries import CONTINUATION
from ..core.import_errors import import_errors
from ..core.import_ledger import import_ledger
from ..core.schema import parse_schema
from ..core.upload import Upload, continuation_number, uploads
from ..csvfile.options import ReadOptions
from ..csvfile.transform import TRANSFORM_FILE, TransformRow, import_transform_row
from .importer import Importer

# What remains of an invocation's time when it stops reading: enough to send what it holds, over retries.
RESERVE_SECONDS = 60
RESERVE_SHARE = 0.25  # at most, lest a function with a short time limit read nothing

_LOGGED = ("status", "read", "accepted", "rejected", "chunks", CONTINUATION)
logger = Logger()


@cache
def importer() -> Importer:
    """Returns the importer, made once a process, so that warm invocations reuse its connections."""
    return Importer(
        s3=client("s3"),
        sqs=client("sqs"),
        ledger=import_ledger(client("dynamodb")),
        queue_url=setting(Variable.QUEUE_URL),
        schema=parse_schema(bundled("schema.json")),
        rows_per_chunk=int(setting(Variable.ROWS_PER_CHUNK)),
        invoke=invoke_again,
        options=ReadOptions.parse(setting(Variable.READ_OPTIONS)),
        transform_row=bundled_transform_row(BUNDLE / TRANSFORM_FILE),
    )


def bundled_transform_row(path: Path) -> TransformRow | None:
    """Returns the user's function, if the bundle has its module; one that cannot be imported is an error."""
    return import_transform_row(path) if path.exists() else None


@logger.inject_lambda_context
def handler(event: Mapping[str, Any], context: LambdaContext) -> None:
    """Import each upload of the event; an error makes Lambda repeat the event, and then set it aside."""
    for upload in uploads(event):
        # Without this line nobody knew which import an invocation was at that was killed.
        logger.info("reading", extra={"import": upload.import_id})
        entry = _import(upload, continuation_number(event), out_of_time(context))
        counts = {name: entry[name] for name in _LOGGED if name in entry}
        logger.info("import read", extra={"import": upload.import_id, **counts})


def _import(upload: Upload, number: int, out_of_time: Callable[[], bool]) -> dict[str, Any]:
    made = importer()  # outside the try: an error in it is no import's
    try:
        return made.run(upload, number, out_of_time)
    except Exception as error:
        logger.error("import not read", extra={"import": upload.import_id, "error": kind_of(error)})
        import_errors("process_csv").note(upload.import_id, error)
        raise


def out_of_time(context: LambdaContext) -> Callable[[], bool]:
    """Returns what tells whether the invocation nears its time limit."""
    left = context.get_remaining_time_in_millis
    reserve = min(RESERVE_SECONDS * 1000, RESERVE_SHARE * left())
    return lambda: left() < reserve


def invoke_again(event: Mapping[str, Any]) -> None:
    """Invoke this function with an event, asynchronously; the client is made for the files that need it."""
    client("lambda").invoke(
        FunctionName=setting(FUNCTION_NAME),
        InvocationType="Event",
        Payload=json.dumps(event).encode(),
    )
