"""The function `process_csv`: S3 invokes it, asynchronously, for every object created under the prefix."""

from collections.abc import Mapping
from functools import cache
from typing import Any

import boto3
from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from ..shared.clients import dynamodb_client
from ..shared.import_ledger import ImportLedger
from ..shared.schema import parse_schema
from ..shared.settings import bundled, setting
from .events import uploads
from .importer import Importer

logger = Logger()


@cache
def importer() -> Importer:
    """Made once a process, so that warm invocations reuse its connections."""
    return Importer(
        s3=boto3.client("s3"),
        sqs=boto3.client("sqs"),
        ledger=ImportLedger(dynamodb_client(), setting("IMPORTS_TABLE")),
        queue_url=setting("QUEUE_URL"),
        schema=parse_schema(bundled("schema.json")),
        rows_per_chunk=int(setting("ROWS_PER_CHUNK")),
    )


@logger.inject_lambda_context
def handler(event: Mapping[str, Any], _context: LambdaContext) -> None:
    """Import each upload of the event; an error makes Lambda repeat the event, and then set it aside."""
    for upload in uploads(event):
        summary = importer().run(upload)
        counts = {name: summary[name] for name in ("status", "read", "accepted", "rejected", "chunks")}
        logger.info("import read", extra={"import": upload.import_id, **counts})
