"""The logs of a stack's functions, as one: all lines in order of time, or those about one import."""

import heapq
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from botocore.exceptions import BotoCoreError, ClientError

from .functions import read_function
from .import_reader import ImportReader, find_named
from .imports import Import, UploadStatus
from .log_lines import LogLine, parse_line
from .looking import NotSeen, existing
from .stack import Stack

# What Lambda says of an import's invocation names no import; those that went well it need not say.
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
_FAILED = '($.errorType = "*") || ($.type = "platform.report" && $.record.status != "success")'
# An import is entered a moment after its first line is written, by another clock.
_BEFORE_SECONDS = 60


@dataclass(frozen=True)
class StackLogs:
    """The logs of a stack's functions.

    Attributes:
        stack: The stack.
        since: From when on, in Unix seconds.
        import_id: Only lines about this import; None for all.
        not_seen: The logs that could not be read, once the lines were.
    """

    stack: Stack
    since: float
    import_id: str | None = None
    not_seen: list[NotSeen] = field(default_factory=list)

    def lines(self) -> Iterator[LogLine]:
        """Yields the lines of all functions, in order of time."""
        functions = self.stack.outputs["functions"].items()
        of_each = (self._readable(function, name) for function, name in functions)
        yield from heapq.merge(*of_each, key=lambda line: line.at)

    def _readable(self, function: str, name: str) -> Iterator[LogLine]:
        """Yields the lines of a function, as far as they can be read."""
        what = f"the log of {function}"
        try:
            group = read_function(self.stack.client("lambda"), name).log_group
            if group:
                yield from self._about(self._read(function, group))
            else:
                self.not_seen.append(NotSeen(what, "the function does not exist", gone=True))
        except (BotoCoreError, ClientError) as error:
            self.not_seen.append(NotSeen.of(what, error))

    def _about(self, lines: Iterator[LogLine]) -> Iterator[LogLine]:
        """Yields the lines about the import: those that name it, and Lambda's on the same invocations."""
        requests: set[str] = set()
        for line in lines:
            if line.import_id == self.import_id:
                requests.add(line.request)
            elif self.import_id and (line.import_id or line.request not in requests):
                continue
            yield line

    def _read(self, function: str, group: str) -> Iterator[LogLine]:
        """Yields a log's lines; AWS sorts them by time, and may have more behind a page that is empty.

        https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html
        """
        of_import = f"{{ ($.import = {json.dumps(self.import_id)}) || {_FAILED} }}"
        pages = (
            self.stack.client("logs")
            .get_paginator("filter_log_events")
            .paginate(
                logGroupName=group,
                startTime=round(self.since * 1000),
                **({"filterPattern": of_import} if self.import_id else {}),
            )
        )
        for page in pages:
            for event in page["events"]:
                line = parse_line(event["timestamp"] / 1000, function, event["message"])
                if line:
                    yield line


def named_import(stack: Stack, name: str) -> tuple[str, float | None]:
    """Returns the id of an import, and from when on there are lines about it, if that is known.

    Args:
        stack: Where to look.
        name: Its id, or the key of an object that has one import. What the import ledger does not know, or
            cannot say, is taken for an id: of an import that was never entered, there are lines all the same.

    Raises:
        UsageError: the object has several imports.
    """
    reader = ImportReader.of(stack)

    def is_known() -> bool:
        return reader.refresh(Import(name, name, name)).status != UploadStatus.WAITING or bool(
            reader.ids_of(name, 1)
        )

    if not existing(is_known):
        return name, None
    one = find_named(stack, name)
    begun = one.started_at and datetime.fromisoformat(one.started_at).timestamp() - _BEFORE_SECONDS
    return one.id or name, begun or None
