"""What an operator does when the cause is mended: sends again what failed."""

import json

from .pipeline import DEAD_LETTERS, INGEST_FAILURES, WORK, Pipeline


def mend(pipeline: Pipeline) -> None:
    """Read again what could not be read, and write again what could not be written."""
    for queue in (pipeline.queues.by_url[INGEST_FAILURES], pipeline.queues.by_url[DEAD_LETTERS]):
        for message in list(queue.messages.values()):
            if queue.name == INGEST_FAILURES:
                payload = json.loads(message.body)["requestPayload"]
                pipeline.functions.send_event(pipeline.functions.by_name["process_csv"], payload)
            else:
                pipeline.queues.put(WORK, message.body)
            queue.delete(message.message_id)
