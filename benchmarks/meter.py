"""What a pipeline uses: calls to AWS, invocations, processor time of the emulator and of the functions."""

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import psutil

from .pipelines import Pipeline

# What the emulator, like Lambda, writes into the log after each invocation.
_REPORT = re.compile(r"REPORT RequestId: .*?Billed Duration: (\d+) ms")


@dataclass
class Usage:
    """Used since the meter was made.

    Attributes:
        calls: calls by operation, as the functions made them.
        entries: what these calls were about, by operation: items, messages, mails.
        entries_of: the same by function.
        units_of: DynamoDB's write units, by function.
        message_bytes: the bodies of all messages sent.
        invocations: by function.
        billed_seconds: likewise, as long as each ran on this machine.
        memory_gb: likewise.
        emulator_seconds: the emulator's processor time.
        function_seconds: that of the functions' processes.
    """

    calls: Counter[str] = field(default_factory=Counter)
    entries: Counter[str] = field(default_factory=Counter)
    entries_of: dict[str, Counter[str]] = field(default_factory=dict)
    units_of: Counter[str] = field(default_factory=Counter)
    message_bytes: int = 0
    invocations: Counter[str] = field(default_factory=Counter)
    billed_seconds: dict[str, float] = field(default_factory=dict)
    memory_gb: dict[str, float] = field(default_factory=dict)
    emulator_seconds: float = 0
    function_seconds: float = 0


class Meter:
    """Measures a pipeline from now on."""

    def __init__(self, pipeline: Pipeline) -> None:
        self._pipeline = pipeline
        self._functions: dict[str, str] = pipeline.deployment.outputs["functions"]
        self._lines = self._written()
        self._reports = self._reported()
        self._cpu = processor_seconds()

    def read(self) -> Usage:
        """What was used since."""
        emulator, functions = processor_seconds()  # first, for reading costs some
        usage = Usage(emulator_seconds=emulator - self._cpu[0], function_seconds=functions - self._cpu[1])
        for function, written in self._written().items():
            of = usage.entries_of[function] = Counter[str]()
            for line in (written - self._lines[function]).elements():
                operation, entries, size, units = line.split()
                usage.calls[operation] += 1
                of[operation] += int(entries)
                usage.message_bytes += int(size)
                usage.units_of[function] += int(units)
            usage.entries += of
        for function, (memory_mb, reports) in self._reported().items():
            new = reports[len(self._reports[function][1]) :]
            usage.invocations[function] = len(new)
            usage.billed_seconds[function] = sum(new) / 1000
            usage.memory_gb[function] = memory_mb / 1024
        return usage

    def _written(self) -> dict[str, Counter[str]]:
        """By function, the lines that its processes wrote, and how often."""
        folders = {function: self._pipeline.counts / function for function in self._functions}
        return {
            function: Counter(line for file in folder.iterdir() for line in file.read_text().splitlines())
            for function, folder in folders.items()
        }

    def _reported(self) -> dict[str, tuple[int, list[int]]]:
        """By function, its memory in MB, and the milliseconds of each invocation."""
        client = self._pipeline.client("lambda")
        configurations = {
            function: client.get_function_configuration(FunctionName=name)
            for function, name in self._functions.items()
        }
        return {
            function: (configuration["MemorySize"], self._durations(configuration))
            for function, configuration in configurations.items()
        }

    def _durations(self, configuration: Any) -> list[int]:
        logs = self._pipeline.client("logs")
        default = f"/aws/lambda/{configuration['FunctionName']}"
        group = configuration.get("LoggingConfig", {}).get("LogGroup", default)
        if not logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"]:
            return []
        pages = logs.get_paginator("filter_log_events").paginate(logGroupName=group)
        found = (_REPORT.search(event["message"]) for page in pages for event in page["events"])
        return [int(report[1]) for report in found if report]


def processor_seconds() -> tuple[float, float]:
    """The processor time so far of the emulator that this process started, and of its functions."""
    emulator = functions = 0.0
    for process in psutil.Process().children(recursive=True):
        try:
            times = process.cpu_times()
            if any(part.endswith("serve.py") for part in process.cmdline()[:3]):
                emulator += times.user + times.system
                functions += times.children_user + times.children_system  # those that have ended
            else:
                functions += times.user + times.system
        except psutil.NoSuchProcess:
            continue
    return emulator, functions
