"""A client keeps as many connections as a handler makes calls at once, and opens no other."""

import logging
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import boto3
import pytest

from lambdas.aws.clients import CONNECTIONS, TIME_OUTS
from lambdas.insert_records.handler import MESSAGES_AT_ONCE
from lambdas.process_csv.importer import BATCHES_AT_ONCE

CALLS_EACH = 5


class Service(ThreadingHTTPServer):
    """Answers once so many calls are under way at once; counts the connections that were opened."""

    daemon_threads = True

    def __init__(self, at_once: int) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.together = threading.Barrier(at_once, timeout=30)
        self.connections = 0

    def process_request(self, request: Any, client_address: Any) -> None:
        self.connections += 1
        super().process_request(request, client_address)


class Answer(BaseHTTPRequestHandler):
    """An empty answer; the connection stays open."""

    protocol_version = "HTTP/1.1"
    server: Service

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.server.together.wait()
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, format: str, *args: object) -> None:  # its own name
        pass


@pytest.fixture
def service() -> Iterator[Service]:
    with Service(CONNECTIONS) as service:
        thread = threading.Thread(target=service.serve_forever)
        thread.start()
        yield service
        service.shutdown()
        thread.join()


def test_calls_at_once_use_the_connections_that_there_are(
    service: Service, caplog: pytest.LogCaptureFixture
) -> None:
    client = boto3.client(
        "dynamodb",
        config=TIME_OUTS["dynamodb"].config,
        endpoint_url=f"http://127.0.0.1:{service.server_port}",
        region_name="us-east-1",
        aws_access_key_id="a",
        aws_secret_access_key="b",  # nobody's
    )
    with caplog.at_level(logging.DEBUG, "urllib3"), ThreadPoolExecutor(CONNECTIONS) as pool:
        list(pool.map(lambda _: client.list_tables(), range(CONNECTIONS * CALLS_EACH)))
    assert service.connections == CONNECTIONS
    assert not [each for each in caplog.messages if "discarding" in each]


def test_the_handlers_make_no_more_calls_at_once() -> None:
    assert TIME_OUTS["dynamodb"].connections == MESSAGES_AT_ONCE
    assert TIME_OUTS["sqs"].connections >= max(BATCHES_AT_ONCE, MESSAGES_AT_ONCE)
