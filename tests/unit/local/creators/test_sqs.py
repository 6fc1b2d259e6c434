import re

from ...helpers.creators import calls_of, new_resource

QUEUE = "aws:sqs/queue:Queue"


def test_a_fifo_name_ends_in_fifo() -> None:
    found = calls_of(new_resource(QUEUE, "jobs", {"fifoQueue": True}))["create_queue"]
    assert re.fullmatch(r"jobs-[0-9a-f]{7}\.fifo", found["QueueName"])
    assert found["Attributes"] == {"FifoQueue": "true"}


def test_queue_attributes_are_texts() -> None:
    inputs = {
        "delaySeconds": 5,
        "sqsManagedSseEnabled": False,
        "redrivePolicy": {"maxReceiveCount": 3},
        "tags": {"a": "b"},
    }
    found = calls_of(new_resource(QUEUE, "q", inputs))["create_queue"]
    assert found["tags"] == {"a": "b"}
    assert found["Attributes"] == {
        "DelaySeconds": "5",
        "SqsManagedSseEnabled": "false",
        "RedrivePolicy": '{"maxReceiveCount": 3}',
    }
