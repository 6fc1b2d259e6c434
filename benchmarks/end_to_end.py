"""From the upload to the last mail: how long, and what it took."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from .meter import Meter, Usage
from .pipelines import Kind, Pipeline, deployed
from .rows import people

WARM_ROWS = 200  # of a file that goes before, so that the functions' processes are there
_LOOK_SECONDS = 0.05  # between two looks, each of which costs the emulator a millisecond


@dataclass(frozen=True)
class Run:
    """One file's way through a pipeline; times in seconds from the upload."""

    rows: int
    deployed: float
    first_record: float
    first_mail: float
    last_mail: float
    usage: Usage

    @property
    def rate(self) -> float:
        """Rows a second to the last mail."""
        return self.rows / self.last_mail


def run(kind: Kind, rows: int, *, warm: bool) -> Run:
    """Deploy a pipeline, and import a file of so many rows.

    Raises:
        RuntimeError: a row or a mail is missing, or there are too many.
    """
    with deployed(kind) as pipeline:
        before = WARM_ROWS if warm else 0
        if warm:
            pipeline.upload(people(WARM_ROWS, first=rows))
            _wait(lambda: pipeline.mailed() == WARM_ROWS)
            time.sleep(1)  # for what comes after the mails
        measured = _measure(pipeline, rows, before)
        records, mails = pipeline.recorded(), pipeline.mailed()
        if (records, mails) != (rows + before, rows + before):
            raise RuntimeError(
                f"{kind.name}: of {rows + before:,} rows, {records:,} records, {mails:,} mails"
            )
        return measured


def _measure(pipeline: Pipeline, rows: int, before: int) -> Run:
    data = people(rows)
    meter = Meter(pipeline)
    started = time.perf_counter()

    def since(holds: Callable[[], bool]) -> float:
        _wait(holds)
        return time.perf_counter() - started

    pipeline.upload(data)
    first_record = since(pipeline.has_records) if not before else float("nan")
    first_mail = since(lambda: pipeline.mailed() > before)
    last_mail = since(lambda: pipeline.mailed() >= rows + before)
    time.sleep(1)
    return Run(rows, pipeline.deployment.seconds, first_record, first_mail, last_mail, meter.read())


def _wait(holds: Callable[[], bool]) -> None:
    deadline = time.perf_counter() + 3600
    while not holds():
        if time.perf_counter() > deadline:
            raise RuntimeError("the pipeline does not end")
        time.sleep(_LOOK_SECONDS)
