"""The resources that a stack's outputs name, but for its functions: is each there, and can it be used?"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from .looking import existing
from .stack import Stack

GONE = "does not exist"
# Of DescribeTable's; in another state nothing can be read or written:
# https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TableDescription.html
_USABLE_TABLE = ("ACTIVE", "UPDATING")
_VERIFY = (
    "publish the stack's output dkim_records in the domain's DNS, or follow the link in SES's mail to it"
)


@dataclass(frozen=True)
class Part:
    """A resource of the stack.

    Attributes:
        output: The stack's output that names it.
        what: What it is, in words.
        service: Whose client looks at it.
        fault: Returns what is wrong with it, by that client and the output's value; empty if nothing is.
        needed: Whether rows or mails move only with it.
        mend: What to do about it while it is there; empty where that is not known.
    """

    output: str
    what: str
    service: str
    fault: Callable[[Any, str], str]
    needed: bool = True
    mend: str = ""

    def name(self, stack: Stack) -> str:
        """Returns what it is and what it is called, in words."""
        return f"the {self.what} {_last(str(stack.outputs[self.output]))}"


@dataclass(frozen=True)
class BrokenPart:
    """A part that is not as it should be; `fault` completes the sentence that `name` begins."""

    name: str
    fault: str
    needed: bool
    mend: str = ""


def parts_of(stack: Stack) -> Iterator[Part]:
    """Yields the parts that the stack has outputs for."""
    return (part for part in _PARTS if stack.outputs.get(part.output))


def _last(name: str) -> str:
    """Returns a queue's name of its URL, an identity's of its ARN."""
    return name.rsplit("/", 1)[-1]


def _there(look: Callable[[], Any]) -> str:
    return GONE if existing(look) is None else ""


def _of_bucket(s3: Any, bucket: str) -> str:
    return _there(lambda: s3.head_bucket(Bucket=bucket))


def _of_table(dynamodb: Any, table: str) -> str:
    answer = existing(lambda: dynamodb.describe_table(TableName=table))
    if answer is None:
        return GONE
    status = answer["Table"]["TableStatus"]
    return "" if status in _USABLE_TABLE else f"is {status}"


def _of_queue(sqs: Any, url: str) -> str:
    look = {"QueueUrl": url, "AttributeNames": ["QueueArn"]}
    return _there(lambda: sqs.get_queue_attributes(**look))


def _of_identity(ses: Any, arn: str) -> str:
    answer = existing(lambda: ses.get_email_identity(EmailIdentity=_last(arn)))
    if answer is None:
        return GONE
    # https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_GetEmailIdentity.html
    return "" if answer["VerifiedForSendingStatus"] else "is not verified, so SES takes no mail from it"


def _of_dashboard(cloudwatch: Any, name: str) -> str:
    return _there(lambda: cloudwatch.get_dashboard(DashboardName=name))


_PARTS = (
    Part("bucket", "bucket", "s3", _of_bucket),
    Part("queue_url", "queue of chunks", "sqs", _of_queue),
    Part("table", "table", "dynamodb", _of_table),
    Part("import_ledger", "import ledger", "dynamodb", _of_table),
    Part("mail_ledger", "mail ledger", "dynamodb", _of_table),
    Part("identity", "identity", "sesv2", _of_identity, mend=_VERIFY),
    Part("dead_letter_queue_url", "dead-letter queue", "sqs", _of_queue, needed=False),
    Part("ingest_failure_queue_url", "ingest failure queue", "sqs", _of_queue, needed=False),
    Part("notifier_failure_queue_url", "notifier failure queue", "sqs", _of_queue, needed=False),
    Part("dashboard", "dashboard", "cloudwatch", _of_dashboard, needed=False),
)
