"""boto3 clients that answer as a test says: requests and answers alike are held against AWS's models."""

import threading
from collections.abc import Callable, Mapping
from typing import Any

import boto3.session
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.validate import validate_parameters

# What an operation answers: that, what a function makes of its request, or an error.
Answer = Mapping[str, Any] | Callable[[Mapping[str, Any]], Any] | Exception

_SESSION = boto3.session.Session()  # which reads each model once
_LOCK = threading.Lock()  # making a client is not thread-safe


class Refused(Exception):
    """What a service refuses a call with."""

    def __init__(self, code: str, message: str = "no", status: int = 400) -> None:
        super().__init__(code)
        self.code, self.message, self.status = code, message, status


class Answers:
    """A service for each name, which answers the operations that a test gives it and knows no others.

    Attributes:
        calls: The operations that were called, as "service.Operation", in order.
    """

    def __init__(self, answers: Mapping[str, Answer]) -> None:
        """Take the answers by "service.Operation"."""
        self.answers = dict(answers)
        self.calls: list[str] = []
        self._clients: dict[str, Any] = {}

    def client(self, service: str) -> Any:
        """In place of a stack's."""
        with _LOCK:
            if service not in self._clients:
                self._clients[service] = self._make(service)
            return self._clients[service]

    def _make(self, service: str) -> Any:
        client = _SESSION.client(service, region_name="us-east-1")  # type: ignore[call-overload]  # literal names
        client.meta.events.register("provide-client-params.*.*", _keep_params)
        client.meta.events.register("before-call.*.*", lambda **call: self._answer(service, **call))
        return client

    def _answer(self, service: str, *, model: Any, context: Any, **_: Any) -> Any:
        name = f"{service}.{model.name}"
        self.calls.append(name)
        assert name in self.answers, f"the test has no answer for {name}"
        answer = self.answers[name]
        try:
            found = answer(context["params of the test"]) if callable(answer) else answer
            if isinstance(found, Exception):
                raise found
        except Refused as refused:
            error = {"Error": {"Code": refused.code, "Message": refused.message}}
            return AWSResponse("", refused.status, HTTPHeaders(), None), error
        if model.output_shape is not None:
            validate_parameters(found, model.output_shape)
        return AWSResponse("", 200, HTTPHeaders(), None), dict(found)


def _keep_params(params: Any, context: Any, **_: Any) -> None:
    context["params of the test"] = dict(params)
