"""One run: a seed's files through the pipeline under the seed's faults, and then the books."""

import gc
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from .books import faults_of, import_id_of, lost_of
from .faults import Faults
from .operator import decide_once_settled, interfere, mend_mails, mend_rows
from .pipeline import Pipeline
from .uploads import draw_file
from .world import World

_MOST_FILES = 3
_UPLOADED_WITHIN = 30.0  # seconds


@dataclass
class Result:
    """What a run came to."""

    seed: int
    wrong: list[str]
    rows: int = 0
    lost: int = 0
    mails: int = 0
    twice: int = 0
    invocations: int = 0
    injected: Counter[str] = field(default_factory=Counter)


def run(seed: int, say: Callable[[str], None] | None = None) -> Result:
    """Run a seed to its end; within `substituted()`."""
    # A run leaves little before its end; looking for it again and again takes a fifth of the time.
    gc.disable()
    try:
        return _run(seed, say)
    finally:
        gc.enable()
        gc.collect(0)


def _run(seed: int, say: Callable[[str], None] | None) -> Result:
    random = Random(seed)
    world = World(seed, say)
    drawn_faults = Faults(world.random)
    pipeline = Pipeline(world, drawn_faults)
    watch = pipeline.watched()
    files = [draw_file(random, number) for number in range(random.randint(1, _MOST_FILES))]
    for file in files:
        world.after(random.uniform(0, _UPLOADED_WITHIN), lambda file=file: pipeline.upload(file))  # type: ignore[misc]
    pipeline.poison(random)
    interfere(pipeline, [import_id_of(file) for file in files])
    decide_once_settled(pipeline)
    try:
        world.run()
        wrong = faults_of(pipeline, files, mended=False)
        mend_mails(pipeline)  # with faults still drawn
        world.run()
        drawn_faults.calm = True
        mend_rows(pipeline)
        world.run()
        mend_mails(pipeline)
        wrong += faults_of(pipeline, files, mended=True)
    except AssertionError as error:
        wrong = [str(error)]
    wrong += watch.wrong
    sent = pipeline.mail.sent
    return Result(
        seed,
        wrong,
        rows=sum(len(file.rows) for file in files),
        lost=lost_of(pipeline, files),
        mails=sum(sent.values()),
        twice=sum(count - 1 for count in sent.values()),
        invocations=pipeline.functions.counts.total(),
        injected=drawn_faults.injected,
    )
