"""More users than a daily quota allows for weeks: everyone is mailed once, and nothing else waits for it."""

from dataclasses import dataclass
from random import Random

from .books import faults_of
from .faults import Faults
from .pipeline import FAILURES, Pipeline
from .substitutes import substituted
from .uploads import File, Row
from .world import World

DAY = 24 * 60 * 60
_PIECE_BYTES, _GROUP, _ROWS_PER_CHUNK, _STREAM_BATCH = 64 * 1024, 50, 100, 1_000  # as deployed


@dataclass(frozen=True)
class Backlog:
    """What became of it."""

    wrong: list[str]
    mailed: int
    days: float
    invocations: int
    stream_seconds: float  # that a record of the stream waited, at most
    given_up: int


def work_off(users: int, quota: int) -> Backlog:
    """Import so many users at a quota of so many mails in 24 hours."""
    rows = tuple(Row(n + 2, f"p{n}@example.com") for n in range(users))
    data = "email,name\n" + "".join(f"{row.email},Ann\n" for row in rows)
    file = File("uploads/users.csv", data.encode(), rows)
    with substituted(_PIECE_BYTES, _GROUP):
        world = World(0)
        drawn_faults = Faults(Random(0))
        drawn_faults.calm = True
        pipeline = Pipeline(
            world, drawn_faults, daily_quota=quota, rows_per_chunk=_ROWS_PER_CHUNK, stream_batch=_STREAM_BATCH
        )
        pipeline.upload(file)
        world.run()
        return Backlog(
            wrong=faults_of(pipeline, [file], mended=True),
            mailed=len(pipeline.mail.sent),
            days=world.now / DAY,
            invocations=pipeline.functions.count,
            stream_seconds=pipeline.stream.oldest,
            given_up=len(pipeline.bodies(FAILURES)),
        )
