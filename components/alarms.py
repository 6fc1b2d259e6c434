"""Alarms, each with what it means in its description; a topic, if there is one, hears of them."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from . import defaults


@dataclass(frozen=True)
class Alarms:
    """Creates the alarms of one component, as children of `parent`."""

    parent: pulumi.Resource
    topic_arn: pulumi.Input[str] | None

    def waiting(self, name: str, queue: pulumi.Input[str], description: str) -> None:
        """Create `{name}-depth`: something waits in a queue that should be empty."""
        self._create(
            f"{name}-depth",
            "AWS/SQS",
            "ApproximateNumberOfMessagesVisible",
            {"QueueName": queue},
            0,
            description,
        )

    def late(self, name: str, queue: pulumi.Input[str], seconds: int, description: str) -> None:
        """Create `{name}-age`: a queue's oldest message is older than it should ever be."""
        self._create(
            f"{name}-age",
            "AWS/SQS",
            "ApproximateAgeOfOldestMessage",
            {"QueueName": queue},
            seconds,
            description,
        )

    def failing(self, name: str, function: pulumi.Input[str]) -> None:
        """Create `{name}-errors` and `{name}-throttles` for a function."""
        dimensions = {"FunctionName": function}
        raised = (
            f"{name} raised an error or ran out of time; its log says why. What it worked on comes again."
        )
        refused = f"{name} was refused a place to run; raise the account's Lambda concurrency."
        self._create(f"{name}-errors", "AWS/Lambda", "Errors", dimensions, 0, raised, statistic="Sum")
        self._create(f"{name}-throttles", "AWS/Lambda", "Throttles", dimensions, 0, refused, statistic="Sum")

    def behind(self, name: str, function: pulumi.Input[str], description: str) -> None:
        """Create `{name}-iterator-age`: a function has fallen behind its stream (milliseconds)."""
        self._create(
            f"{name}-iterator-age",
            "AWS/Lambda",
            "IteratorAge",
            {"FunctionName": function},
            defaults.STREAM_AGE_ALARM * 1000,
            description,
        )

    def _create(
        self,
        name: str,
        namespace: str,
        metric: str,
        dimensions: dict[str, pulumi.Input[str]],
        threshold: int,
        description: str,
        statistic: str = "Maximum",
    ) -> None:
        aws.cloudwatch.MetricAlarm(
            name,
            alarm_description=description,
            namespace=namespace,
            metric_name=metric,
            dimensions=dimensions,
            statistic=statistic,
            comparison_operator="GreaterThanThreshold",
            threshold=threshold,
            period=defaults.ALARM_PERIOD,
            evaluation_periods=1,
            # A queue or function that nothing happens to reports nothing.
            treat_missing_data="notBreaching",
            alarm_actions=None if self.topic_arn is None else [self.topic_arn],
            opts=pulumi.ResourceOptions(parent=self.parent),
        )
