"""S3: objects by version, read over connections that break, overwritten and deleted while they are read."""

import io
from collections.abc import Callable, Mapping
from typing import Any

from botocore.exceptions import IncompleteReadError
from botocore.response import StreamingBody

from tests.unit.helpers.fakes import client_error
from tests.unit.helpers.fakes_s3 import FakeS3

from . import faults
from .network import Network

# https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
INTRUDER = "intruder"  # of whom an overwritten object tells, and whose own event never comes
_THROTTLED = client_error("SlowDown", "reduce your request rate", status=503)


class Objects(FakeS3):
    """One bucket behind an unreliable network."""

    def __init__(self, network: Network, uploads: str) -> None:
        super().__init__()
        self._network = network
        self._uploads = uploads
        self.disturbed: set[str] = set()  # keys whose object was not there to the end

    def _call(self, name: str, work: Callable[[], Any], request: Mapping[str, Any]) -> Any:
        if name == "get_object" and request["Key"].startswith(self._uploads):
            self.maybe_disturb(request["Key"])
        return self._network.call(name, work, _THROTTLED)

    def maybe_disturb(self, key: str) -> None:
        """Overwrite or delete an object that is about to be read, or to be read on."""
        if key in self.objects and self._network.faults.strike(faults.DELETED):
            self.disturbed.add(key)
            del self.objects[key]
        if key in self.objects and self._network.faults.strike(faults.OVERWRITTEN):
            self.disturbed.add(key)
            self.objects[key] = f"email,name\n{INTRUDER}@example.com,Eve\n".encode()

    def _get(self, Bucket: str, Key: str, IfMatch: str = "", Range: str = "bytes=0-") -> Any:
        answer = super()._get(Bucket, Key, IfMatch, Range)
        data = answer["Body"].read()
        kept = len(data)
        if data and self._network.faults.strike(faults.BROKEN_STREAM):
            kept = self._network.world.random.randrange(len(data))
        stream: Any = _Connection(data[:kept], breaks=kept < len(data))
        return {**answer, "Body": StreamingBody(stream, len(data))}


class _Connection(io.BytesIO):
    """The bytes of one answer; it breaks where they end too early."""

    def __init__(self, data: bytes, *, breaks: bool) -> None:
        super().__init__(data)
        self._breaks = breaks

    def read(self, amt: int | None = -1, /) -> bytes:
        data = super().read(amt)
        if not data and self._breaks:
            raise IncompleteReadError(actual_bytes=0, expected_bytes=1)
        return data
