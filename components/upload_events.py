"""How process_csv hears of uploads: by the bucket's notification, or by EventBridge."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import pulumi
import pulumi_aws as aws

from . import account, defaults
from .notified_buckets import Listener, Notification
from .references import BucketReference, QueueReference
from .rule_target import invoke_by_rule


@dataclass
class UploadEvents:
    """Creates what one CsvIngest needs to hear of uploads, as children of `parent`.

    Their names begin with `name`; `is_new` says whether the bucket is the component's. `rule`, which matches
    uploads and is created at once, is None unless they come by EventBridge.
    """

    name: str
    bucket: BucketReference
    is_new: bool
    listener: Listener
    parent: pulumi.Resource
    rule: aws.cloudwatch.EventRule | None = field(init=False)

    def __post_init__(self) -> None:
        """Create `{name}-rule`."""
        by_rule = self.listener.notification == Notification.EVENTBRIDGE
        self.rule = self._match_uploads() if by_rule else None

    def invoke(
        self,
        function: aws.lambda_.Function,
        dead_letters: QueueReference,
        after: Sequence[pulumi.Resource],
    ) -> None:
        """Have uploads invoke the function, once everything in `after` is there.

        `{name}-permission`; with a rule `{name}-target`, whose dead letters go to the queue;
        `{name}-notification`, but not with a rule on a bucket that exists: it would replace what its owner
        has there.
        """
        if self.rule is not None:
            target = invoke_by_rule(
                self.name,
                self.rule,
                function,
                self.parent,
                retries=defaults.UPLOAD_EVENT_RETRIES,
                age=defaults.ASYNC_AGE,
                after=after,
                dead_letters_arn=dead_letters["arn"],
            )
            if self.is_new:
                self._send_to_eventbridge(target)
        elif self.listener.notification == Notification.CREATE:
            self._invoke_by_notification(function, after)

    def _invoke_by_notification(
        self, function: aws.lambda_.Function, after: Sequence[pulumi.Resource]
    ) -> None:
        permission = aws.lambda_.Permission(
            f"{self.name}-permission",
            action="lambda:InvokeFunction",
            function=function.name,
            principal="s3.amazonaws.com",
            source_arn=self.bucket["arn"],
            # A bucket's ARN does not name its owner, and a name can be taken by another when it is given up.
            source_account=account.account_id(self.parent),
            opts=pulumi.ResourceOptions(parent=self.parent),
        )
        # Every upload under the prefix; the function itself looks at the suffix, in any case.
        on_upload = aws.s3.BucketNotificationLambdaFunctionArgs(
            lambda_function_arn=function.arn,
            events=["s3:ObjectCreated:*"],
            filter_prefix=self.listener.prefix,
        )
        aws.s3.BucketNotification(
            f"{self.name}-notification",
            bucket=self.bucket["name"],
            lambda_functions=[on_upload],
            # S3 tries the invocation out when it is told of it.
            opts=pulumi.ResourceOptions(parent=self.parent, depends_on=[permission, *after]),
        )

    def _match_uploads(self) -> aws.cloudwatch.EventRule:
        # https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html
        detail = {
            "bucket": {"name": [self.bucket["name"]]},
            "object": {"key": [{"prefix": self.listener.prefix}]},
        }
        pattern = {"source": ["aws.s3"], "detail-type": ["Object Created"], "detail": detail}
        return aws.cloudwatch.EventRule(
            f"{self.name}-rule",
            description="Has uploads imported",
            event_pattern=pulumi.Output.json_dumps(pattern),
            opts=pulumi.ResourceOptions(parent=self.parent),
        )

    def _send_to_eventbridge(self, target: aws.cloudwatch.EventTarget) -> None:
        # All that happens to the bucket's objects; AWS has no choice of events here.
        aws.s3.BucketNotification(
            f"{self.name}-notification",
            bucket=self.bucket["name"],
            eventbridge=True,
            opts=pulumi.ResourceOptions(parent=self.parent, depends_on=[target]),
        )
