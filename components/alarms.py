"""Alarms, each with what it means in its description; a topic, if there is one, hears of their begin and end.

SQS's metrics: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/
sqs-available-cloudwatch-metrics.html
Lambda's: https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
"""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from . import defaults


@dataclass(frozen=True)
class Alarms:
    """Creates the alarms of one component, as children of `parent`."""

    parent: pulumi.Resource
    topic_arn: pulumi.Input[str] | None

    def alarm_on_depth(self, name: str, queue: pulumi.Input[str], description: str) -> None:
        """Create `{name}-depth`: something waits in a queue that should be empty."""
        self._create(
            f"{name}-depth",
            "AWS/SQS",
            "ApproximateNumberOfMessagesVisible",
            {"QueueName": queue},
            0,
            description,
            # A queue that nobody touches reports nothing after six hours, whatever is in it:
            # https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/monitoring-using-cloudwatch.html
            treat_missing_data="ignore",
        )

    def alarm_on_age(self, name: str, queue: pulumi.Input[str], seconds: int, description: str) -> None:
        """Create `{name}-age`: a queue's oldest message is older than it should ever be."""
        self._create(
            f"{name}-age",
            "AWS/SQS",
            "ApproximateAgeOfOldestMessage",
            {"QueueName": queue},
            seconds,
            description,
        )

    def alarm_on_errors(self, name: str, function: pulumi.Input[str]) -> None:
        """Create `{name}-errors` and `{name}-throttles` for a function."""
        raised = (
            f"{name} raised an error or ran out of time; its log says why. What it worked on comes again."
        )
        refused = f"{name} was refused a place to run; raise the account's Lambda concurrency."
        self._alarm_on_count(f"{name}-errors", "Errors", function, raised)
        self._alarm_on_count(f"{name}-throttles", "Throttles", function, refused)

    def alarm_on_dropped_events(self, name: str, function: pulumi.Input[str], description: str) -> None:
        """Create `{name}-dropped`: Lambda gave up events that it was to invoke a function with."""
        self._alarm_on_count(f"{name}-dropped", "AsyncEventsDropped", function, description)

    def alarm_on_failed_deliveries(self, name: str, function: pulumi.Input[str], description: str) -> None:
        """Create `{name}-undelivered`: Lambda could not put into the failure queue what it gave up."""
        self._alarm_on_count(f"{name}-undelivered", "DestinationDeliveryFailures", function, description)

    def alarm_on_iterator_age(self, name: str, function: pulumi.Input[str], description: str) -> None:
        """Create `{name}-iterator-age`: a function has fallen behind its stream (milliseconds)."""
        self._create(
            f"{name}-iterator-age",
            "AWS/Lambda",
            "IteratorAge",
            {"FunctionName": function},
            defaults.STREAM_AGE_ALARM * 1000,
            description,
        )

    def _alarm_on_count(self, name: str, metric: str, function: pulumi.Input[str], description: str) -> None:
        dimensions = {"FunctionName": function}
        self._create(name, "AWS/Lambda", metric, dimensions, 0, description, statistic="Sum")

    def _create(
        self,
        name: str,
        namespace: str,
        metric: str,
        dimensions: dict[str, pulumi.Input[str]],
        threshold: int,
        description: str,
        statistic: str = "Maximum",
        treat_missing_data: str = "notBreaching",
    ) -> None:
        actions = None if self.topic_arn is None else [self.topic_arn]
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
            # By default as for a function that nothing happens to, which reports nothing.
            treat_missing_data=treat_missing_data,
            alarm_actions=actions,
            ok_actions=actions,
            opts=pulumi.ResourceOptions(parent=self.parent),
        )
