"""Components that share a bucket: who goes with whom, and when it shows that one does not."""

import gc
from collections.abc import Callable
from typing import Any

import pulumi
import pulumi_aws as aws
import pytest

from components import ArgumentsError, CsvIngest
from components.notified_buckets import _RUNS

from . import recording
from .recording import Recording, record
from .samples import BUCKET_ARN, ingest_args

NOTIFICATION = "s3/bucketNotification:BucketNotification"
ALL = ("create", "eventbridge", "none")
TOGETHER = {("eventbridge", "eventbridge"), *(("none", other) for other in ALL)}
PAIRS = [(one, other) for one in ALL for other in ALL]
REFUSED = [pair for pair in PAIRS if not TOGETHER & {pair, pair[::-1]}]


Bucket = str | Callable[[], pulumi.Output[str]]


def output() -> pulumi.Output[str]:
    return pulumi.Output.from_input("files")


def ingest(name: str, notification: str, bucket: Any = None, prefix: str = "") -> CsvIngest:
    args = ingest_args(notification=notification, upload_prefix=prefix or f"{name}/", bucket=bucket)
    return CsvIngest(name, args)


def named(name: Any = "files") -> dict[str, Any]:
    return {"name": name, "arn": BUCKET_ARN}


def refused(create: Callable[[], Any], program: Callable[[Callable[[], Any]], None]) -> tuple[str, Recording]:
    """What the constructor says, which the program calls by the function that it is given."""
    told: list[str] = []

    def constructor() -> None:
        with pytest.raises(ArgumentsError) as caught:
            create()
        told.append(str(caught.value))

    recorded = record(lambda: program(constructor))
    return told[0], recorded


def children(recorded: Recording, name: str) -> set[str]:
    return {each for each in recorded.names() if each == name or each.startswith(f"{name}-")}


@pytest.mark.parametrize(("first", "second"), REFUSED)
def test_two_that_do_not_go_together_on_one_name(first: str, second: str) -> None:
    def program(constructor: Callable[[], Any]) -> None:
        ingest("a", first, named())
        constructor()

    told, recorded = refused(lambda: ingest("b", second, named()), program)
    assert told.startswith("CsvIngest 'b' cannot be created:\n  - notification: ")
    assert f"{second!r} contradicts {first!r} of CsvIngest 'a' on the same bucket" in told
    assert children(recorded, "b") == set()


@pytest.mark.parametrize(("first", "second"), [pair for pair in PAIRS if pair not in REFUSED])
def test_two_that_go_together(first: str, second: str) -> None:
    def program() -> None:
        ingest("a", first, named())
        ingest("b", second, named())

    recorded = record(program)
    assert len(recorded.all(NOTIFICATION)) == (first, second).count("create")
    rules = [rule.name for rule in recorded.all("cloudwatch/eventRule:EventRule")]
    uploads = [name for name in rules if name.endswith("-upload-rule")]
    assert len(uploads) == (first, second).count("eventbridge")


def test_there_are_three_ways_of_going_wrong() -> None:
    assert REFUSED == [("create", "create"), ("create", "eventbridge"), ("eventbridge", "create")]


@pytest.mark.parametrize(("first", "second"), REFUSED)
def test_the_bucket_of_another_component(first: str, second: str) -> None:
    made: list[CsvIngest] = []

    def program(constructor: Callable[[], Any]) -> None:
        made.append(ingest("a", first))
        constructor()

    told, recorded = refused(lambda: ingest("b", second, made[0].bucket), program)
    assert f"{second!r} contradicts {first!r} of CsvIngest 'a'" in told
    assert children(recorded, "b") == set()


def test_components_that_share_the_bucket_of_one() -> None:
    def program() -> None:
        owner = ingest("a", "eventbridge")
        ingest("b", "eventbridge", owner.bucket)

    (notification,) = record(program).all(NOTIFICATION)
    assert (notification.name, notification.inputs["eventbridge"]) == ("a-upload-notification", True)


def test_one_output_twice_is_refused_before_its_name_is_known() -> None:
    made: list[aws.s3.Bucket] = []

    def program(constructor: Callable[[], Any]) -> None:
        made.append(aws.s3.Bucket("files"))
        ingest("a", "create", named(made[0].bucket))
        constructor()

    told, recorded = refused(lambda: ingest("b", "create", named(made[0].bucket)), program)
    assert "contradicts 'create' of CsvIngest 'a'" in told
    assert children(recorded, "b") == set()


@pytest.mark.parametrize(
    ("first", "second"),
    [("files", output), (output, "files"), (output, output), ("files", "files")],
    ids=["name, output", "output, name", "outputs", "names"],
)
def test_two_outputs_of_one_name_make_one_notification_at_most(
    first: Bucket, second: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorded = Recording()
    monkeypatch.setattr(recording, "Recording", lambda: recorded)

    def program() -> None:
        ingest("a", "create", named(first if isinstance(first, str) else first()))
        ingest("b", "create", named(second if isinstance(second, str) else second()))

    with pytest.raises(ValueError, match="on the same bucket"):
        record(program)
    assert len(recorded.all(NOTIFICATION)) < 2


def test_prefixes_that_overlap_would_import_files_twice() -> None:
    def program(constructor: Callable[[], Any]) -> None:
        ingest("a", "eventbridge", named(), "in/")
        ingest("c", "eventbridge", named("others"), "in/csv/")
        constructor()

    told, _ = refused(lambda: ingest("b", "eventbridge", named(), "in/csv/"), program)
    assert "upload_prefix: 'in/csv/' overlaps 'in/' of CsvIngest 'a' on the same bucket" in told


def test_what_is_wrong_besides_is_told_with_it() -> None:
    def program(constructor: Callable[[], Any]) -> None:
        ingest("a", "create", named())
        constructor()
        ingest("b", "none", named())  # what was refused has left nothing behind

    told, _ = refused(lambda: ingest("b", "create", named(), "wrong"), program)
    assert len(told.splitlines()) == 3


def test_each_run_begins_anew() -> None:
    for _ in range(2):
        recorded = record(lambda: ingest("a", "create", named()))
        assert len(recorded.all(NOTIFICATION)) == 1
    before = len(_RUNS)
    for _ in range(3):
        record(lambda: ingest("a", "create", named()))
    gc.collect()
    assert len(_RUNS) <= before
