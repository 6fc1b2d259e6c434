"""The function `bookkeeper`: invoked each minute, to look at the imports that are open."""

import json
import os
from collections.abc import Mapping
from functools import cache
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from ..aws.clients import client
from ..aws.errors import kind_of
from ..core.environment import Variable, setting
from ..core.import_metrics import ImportMetric
from ..core.metrics import embedded
from .bookkeeper import Bookkeeper, Looks
from .open_imports import OpenImports
from .publisher import Publisher
from .topic import Topic

logger = Logger()


@cache
def bookkeeper() -> Bookkeeper:
    """Returns the bookkeeper, made once a process, so that warm invocations reuse its connections."""
    imports = OpenImports(client("dynamodb"), setting(Variable.IMPORTS_TABLE))
    publisher = Publisher(client("s3"), client("events"), setting(Variable.EVENT_BUS), _topic())
    return Bookkeeper(imports, publisher, 60 * float(setting(Variable.STUCK_MINUTES)))


def _topic() -> Topic | None:
    arn = os.environ.get(Variable.SETTLED_TOPIC_ARN)
    return Topic(client("sns"), arn) if arn else None


@logger.inject_lambda_context
def handler(_event: Mapping[str, Any], context: LambdaContext) -> None:
    """Look at the open imports, and report how many there are.

    Raises:
        RuntimeError: some could not be looked at; it says by what kinds of errors.
    """
    made = bookkeeper()
    try:
        looks = made.run(lambda: context.get_remaining_time_in_millis() / 1000)
    except Exception as error:
        # Lambda logs what a handler raises, and a service's message may quote what is written.
        raise RuntimeError(f"open imports not found: {kind_of(error)}").with_traceback(
            error.__traceback__
        ) from None
    _report(looks, context.function_name)
    if looks.errors:
        kinds = "; ".join(sorted(set(looks.errors.values())))
        raise RuntimeError(f"books of {len(looks.errors)} imports not looked at: {kinds}")


def _report(looks: Looks, function_name: str) -> None:
    for import_id, error in looks.errors.items():
        logger.error("books not looked at", extra={"import": import_id, "error": error})
    if looks.open or looks.settled:
        logger.info("open imports", extra={"open": looks.open, "settled": looks.settled})
    if looks.open:
        metrics = {ImportMetric.OPEN: looks.open, ImportMetric.STUCK: looks.stuck}
        print(json.dumps(embedded(metrics, function_name)))
