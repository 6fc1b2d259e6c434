"""The two pipelines that are measured, each deployed into an emulator of its own."""

import contextlib
import json
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from local.embedded import Deployment, embedded_aws
from local.root import ROOT

from .aws_times import SECONDS

_CALL_COUNTING = Path(__file__).parent / "call_counting"


@dataclass(frozen=True)
class Kind:
    """A pipeline to measure: what it is called, its Pulumi program, and what of its settings is changed.

    `as_aws_answers`: whether its functions' calls take as long as AWS takes, on top of the emulator.
    """

    name: str
    root: Path
    settings: Mapping[str, str] = field(default_factory=dict)
    as_aws_answers: bool = False

    @property
    def slow(self) -> "Kind":
        """Returns the same as AWS answers."""
        return replace(self, name=f"{self.name}, as AWS answers", as_aws_answers=True)


ROWRELAY = Kind("Rowrelay", ROOT)
REPLACING = Kind("Rowrelay, onConflict: replace", ROOT, {"onConflict": "replace"})
USUAL = Kind("the usual way", Path(__file__).parent / "usual")


@dataclass
class Pipeline:
    """A deployed pipeline; in the folder `counts`, each function has one for what it counts."""

    deployment: Deployment
    counts: Path
    uploads: int = 0

    def client(self, service: str) -> Any:
        """A client of the emulator."""
        return self.deployment.client(service)

    def upload(self, data: bytes) -> None:
        """Put a file under a key of its own."""
        self.uploads += 1
        outputs = self.deployment.outputs
        key = f"{outputs['upload_prefix']}{self.uploads}.csv"
        self.client("s3").put_object(Bucket=outputs["bucket"], Key=key, Body=data)

    def mailed(self) -> int:
        """How many mails SES has taken."""
        return int(self.client("sesv2").get_account()["SendQuota"]["SentLast24Hours"])

    def has_records(self) -> bool:
        """Whether the table has any."""
        table = self.deployment.outputs["table"]
        return bool(self.client("dynamodb").scan(TableName=table, Limit=1, Select="COUNT")["Count"])

    def recorded(self) -> int:
        """How many records the table has."""
        pages = self.client("dynamodb").get_paginator("scan")
        answers = pages.paginate(TableName=self.deployment.outputs["table"], Select="COUNT")
        return sum(answer["Count"] for answer in answers)


@contextlib.contextmanager
def deployed(kind: Kind) -> Iterator[Pipeline]:
    """Deploy a pipeline, its functions counting their calls."""
    with (
        tempfile.TemporaryDirectory() as counts,
        embedded_aws(root=kind.root, settings=kind.settings) as deployment,
    ):
        client = deployment.client("lambda")
        for function, name in deployment.outputs["functions"].items():
            (Path(counts) / function).mkdir()
            standing = client.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
            counting = {"PYTHONPATH": str(_CALL_COUNTING), "COUNTS": f"{counts}/{function}"}
            counting |= {"DELAYS": json.dumps(SECONDS)} if kind.as_aws_answers else {}
            client.update_function_configuration(
                FunctionName=name, Environment={"Variables": {**standing, **counting}}
            )
        yield Pipeline(deployment, Path(counts))
