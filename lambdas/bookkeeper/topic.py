"""What a person hears of a settlement, by an SNS topic: a text that can be read as it is."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..core.import_entries import KEY, REVISION, SETTLED_AT, STARTED_AT, UPLOADED_BY

if TYPE_CHECKING:
    from mypy_boto3_sns import SNSClient

_SHOWN_REASONS = 20


@dataclass(frozen=True)
class Topic:
    """A topic, which may tell the same twice."""

    sns: "SNSClient"
    arn: str

    def publish(self, detail: Mapping[str, Any]) -> None:
        """Publish a settlement; `detail` is its event's."""
        self.sns.publish(TopicArn=self.arn, Subject=subject_of(detail), Message=text_of(detail))


def subject_of(detail: Mapping[str, Any]) -> str:
    """Returns the subject: without the file's name, as SNS takes fewer than 100 characters.

    https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
    """
    counts = detail["counts"]
    if detail.get("reason"):
        return "An import was rejected"
    read, rejected, failed = (f"{counts[name]:,} {name}" for name in ("read", "rejected", "failed"))
    return f"Imported: rows {read}, {rejected}, {failed}"


def text_of(detail: Mapping[str, Any]) -> str:
    """Returns the text: of which file, what became of its rows, and where the reports are."""
    return "\n".join(_lines(detail))


def _lines(detail: Mapping[str, Any]) -> Iterator[str]:
    yield f"{detail[KEY]} is settled: nothing of it is under way any more."
    if detail.get("reason"):
        yield f"It was rejected as a whole: {detail['reason']}"
    if detail[REVISION] > 1:
        yield f"It was settled before, and opened again by a decision: this is revision {detail[REVISION]}."
    yield ""
    yield f"Begun       {detail[STARTED_AT]}"
    yield f"Settled     {detail[SETTLED_AT]}"
    if detail.get(UPLOADED_BY):
        yield f"Uploaded by {detail[UPLOADED_BY]}"
    yield ""
    for name, number in detail["counts"].items():
        yield f"{name:<13} {int(number):>12,}"
    yield from _reasons(detail.get("reasons") or [])
    yield ""
    for name, title in (("rejects", "The rejected rows"), ("summary", "The summary")):
        if detail.get(name):
            yield f"{title}: s3://{detail['bucket']}/{detail[name]}"
    yield f"The import's id: {detail['import']}"


def _reasons(reasons: list[Mapping[str, Any]]) -> Iterator[str]:
    if reasons:
        yield from ("", "Rows were rejected, as")
    for each in reasons[:_SHOWN_REASONS]:
        yield f"{int(each['rows']):>12,}: {each['reason']}"
    if len(reasons) > _SHOWN_REASONS:
        yield "and others: see the summary"
