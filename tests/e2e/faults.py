"""Faults in the deployed pipeline: what its functions suffer, and what is taken from them for a while."""

import contextlib
import json
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.ses_limits import SesLimits

from .pipeline import Pipeline

FAULTY = Path(__file__).parent / "faulty"
# After which a queue gives a message again, and mails are taken over, for minutes are too long for a test.
RETRY_SECONDS = 2
RECEIVES = 100
# Between two rounds, for a minute is too long, too.
ROUND_SECONDS = 1.0
# By operation and kind (see faulty/sitecustomize.py), how often each happens.
Tickets = Mapping[str, Mapping[str, int]]


@dataclass(frozen=True)
class Faults:
    """Brings faults upon a pipeline; `folder` is where the tickets of its functions are."""

    pipeline: Pipeline
    folder: Path

    def hasten(self, receives: int = RECEIVES, visibility: int = RETRY_SECONDS) -> None:
        """Let the queue give messages again soon, so often until it gives up; mails are taken over.

        Few receives need a visibility that no delivery outlasts: else the queue gives up before the function.
        """
        sqs, url = self.pipeline.deployment.client("sqs"), self.pipeline.outputs["queue_url"]
        answer = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["RedrivePolicy"])
        policy = json.loads(answer["Attributes"]["RedrivePolicy"]) | {"maxReceiveCount": receives}
        attributes = {"VisibilityTimeout": str(visibility), "RedrivePolicy": json.dumps(policy)}
        sqs.set_queue_attributes(QueueUrl=url, Attributes=attributes)
        self.set_variables("insert_records", MAX_RECEIVE_COUNT=str(receives))
        # A killed invocation's mails are taken over 30 seconds after its time-out.
        for function in ("send_email", "mail_round"):
            self.set_variables(function, CLAIM_SECONDS=str(RETRY_SECONDS - 30))
        # MiniStack's own are those of a new account, at whose rate the tests' mails would take minutes.
        self.pipeline.deployment.limit_mails(SesLimits(max_send_rate=10_000, max_24_hour_send=-1))

    @contextlib.contextmanager
    def rounds(self) -> Iterator[None]:
        """Let rounds follow each other soon, whatever becomes of each, and beside those of the schedule."""
        client, ended = self.pipeline.deployment.client("lambda"), threading.Event()
        name = self.pipeline.outputs["functions"]["mail_round"]

        def run() -> None:
            while not ended.wait(ROUND_SECONDS):
                client.invoke(FunctionName=name)

        thread = threading.Thread(target=run)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()

    def strike(self, function: str, tickets: Tickets) -> None:
        """Have the calls of a function (`process_csv`, ...) fail so often."""
        folder = self.folder / function
        folder.mkdir(exist_ok=True)
        for operation, kinds in tickets.items():
            for kind, number in kinds.items():
                for n in range(number):
                    (folder / f"{operation}.{kind}.{n}").touch()
        self.set_variables(function, PYTHONPATH=str(FAULTY), FAULTS=str(folder))

    def outstanding(self) -> set[str]:
        """The faults that have not happened."""
        return {f"{ticket.parent.name}/{ticket.name}" for ticket in self.folder.glob("*/*")}

    def configure(self, function: str, **settings: Any) -> None:
        """Change a function's configuration; its processes are made anew."""
        name = self.pipeline.outputs["functions"][function]
        client = self.pipeline.deployment.client("lambda")
        client.update_function_configuration(FunctionName=name, **settings)

    def set_variables(self, function: str, **variables: str) -> None:
        """Set variables of a function's environment."""
        standing = self._configuration(function)["Environment"]["Variables"]
        self.configure(function, Environment={"Variables": {**standing, **variables}})

    @contextlib.contextmanager
    def without_permissions(self, function: str, *sids: str) -> Iterator[None]:
        """Take these statements (or all) out of a function's role, and give them back."""
        iam = self.pipeline.deployment.client("iam")
        role = self._configuration(function)["Role"].rpartition("/")[2]
        [name] = iam.list_role_policies(RoleName=role)["PolicyNames"]
        document = iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
        kept = [each for each in document["Statement"] if sids and each["Sid"] not in sids]
        iam.delete_role_policy(RoleName=role, PolicyName=name)
        if kept:
            part = json.dumps({**document, "Statement": kept})
            iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=part)
        yield
        iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=json.dumps(document))

    @contextlib.contextmanager
    def without_consumer(self, source: str) -> Iterator[None]:
        """Disable what feeds a function from the queue or stream whose ARN has this in it, and enable it."""
        client = self.pipeline.deployment.client("lambda")
        mapping = self.mapping(source)["UUID"]
        client.update_event_source_mapping(UUID=mapping, Enabled=False)
        yield
        client.update_event_source_mapping(UUID=mapping, Enabled=True)

    @contextlib.contextmanager
    def without_schedule(self, function: str = "mail_round") -> Iterator[None]:
        """Disable the schedule of a function, and enable it."""
        client = self.pipeline.deployment.client("events")
        rules = client.list_rules()["Rules"]
        [rule] = [each for each in rules if function.replace("_", "-") in each["Name"]]
        client.disable_rule(Name=rule["Name"])
        yield
        client.enable_rule(Name=rule["Name"])

    def read_stream_again(self) -> None:
        """Delete what feeds `send_email` from the stream, and create it anew: it begins at the start."""
        client = self.pipeline.deployment.client("lambda")
        mapping = self.mapping(":dynamodb:")
        client.delete_event_source_mapping(UUID=mapping["UUID"])
        same = {name: mapping[name] for name in ("EventSourceArn", "BatchSize", "FilterCriteria")}
        client.create_event_source_mapping(
            FunctionName=mapping["FunctionArn"], StartingPosition="TRIM_HORIZON", **same
        )

    def mapping(self, source: str) -> dict[str, Any]:
        """What feeds a function from the queue or stream whose ARN has this in it."""
        client = self.pipeline.deployment.client("lambda")
        mappings: list[dict[str, Any]] = client.list_event_source_mappings()["EventSourceMappings"]
        [found] = [each for each in mappings if source in each["EventSourceArn"]]
        return found

    def _configuration(self, function: str) -> Any:
        name = self.pipeline.outputs["functions"][function]
        return self.pipeline.deployment.client("lambda").get_function_configuration(FunctionName=name)
