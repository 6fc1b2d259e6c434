"""What is asked of resources that exist already: a table's keys, its stream's view, an identity's proof.

A queue is not asked: aws.sqs.get_queue tells its ARN, URL and tags, and nothing of its visibility timeout,
its redrive policy or its largest message. What it must be like is said where the arguments are described.
https://www.pulumi.com/registry/packages/aws/api-docs/sqs/getqueue/

A resource of this very program may be put right by the update that a preview foresees, so what a preview
finds wrong with one of those is a warning; all else is an error.
"""

import re
from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

from . import account, defaults
from .references import TableReference

_PLACE = r"[a-z0-9-]+:[0-9]{12}"
_STREAM_OF = re.compile(rf"arn:[a-z-]+:dynamodb:(?P<place>{_PLACE}):table/(?P<table>[^/]+)/stream/.+")
# A mail is made of the record as it was inserted.
# https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_StreamSpecification.html
_VIEWS = ("NEW_IMAGE", "NEW_AND_OLD_IMAGES")


def stream_of_table(table: TableReference, key: str, parent: pulumi.Resource) -> pulumi.Output[str]:
    """The ARN of the stream of a table that exists, empty if it has none.

    Raises:
        RunError: when the table is known, and has other keys than the records'.
    """
    found = _table(table["name"], parent)
    foreseen = not isinstance(table["name"], str)

    def check(known: aws.dynamodb.GetTableResult) -> str:
        _tell(table_problems(known, key), foreseen, parent)
        return known.stream_arn

    return found.apply(check)


def stream_with_new_images(stream_arn: pulumi.Input[str], parent: pulumi.Resource) -> pulumi.Output[str]:
    """The ARN of a stream, looked at if its table is of this account and region.

    Raises:
        RunError: when the stream is known, and does not bring the records as they are inserted.
    """
    foreseen = not isinstance(stream_arn, str)

    def look(known: str, here: str) -> pulumi.Output[str]:
        of = _STREAM_OF.fullmatch(known)
        if of is None or of["place"] != here:
            return pulumi.Output.from_input(known)
        return _table(of["table"], parent).apply(lambda table: check(table, known))

    def check(table: aws.dynamodb.GetTableResult, known: str) -> str:
        _tell(stream_problems(table), foreseen, parent)
        return known

    here = pulumi.Output.concat(account.region(parent), ":", account.account_id(parent))
    return pulumi.Output.all(stream_arn, here).apply(lambda both: look(*both))


def proven_identity(identity_arn: pulumi.Output[str], parent: pulumi.Resource) -> pulumi.Output[str]:
    """The ARN of an identity that exists; a warning says so if SES still waits for its owner's proof."""
    identity = identity_arn.apply(lambda arn: arn.partition(":identity/")[2])
    found: pulumi.Output[aws.sesv2.GetEmailIdentityResult] = account.provider_of(parent).apply(
        lambda options: aws.sesv2.get_email_identity_output(email_identity=identity, opts=options)
    )

    def check(arn: str, name: str, verified: bool | None) -> str:
        if verified is False:
            pulumi.log.warn(
                f"SES has not verified the identity {name!r}, and sends no mail from it until it has: mails "
                "will wait. Open the link that SES mailed to it, or, if it is a domain, add its DKIM records "
                "to its DNS.",
                parent,
            )
        return arn

    return pulumi.Output.all(identity_arn, identity, found.verified_for_sending_status).apply(
        lambda known: check(*known)
    )


def table_problems(table: aws.dynamodb.GetTableResult, key: str) -> list[str]:
    """What is wrong with a table for records that have this key; what is not known is not."""
    problems = []
    if table.hash_key not in (key, None):
        problems.append(f"expected the hash key {key!r}, got {table.hash_key!r}")
    if table.range_key:
        problems.append(f"expected no range key, got {table.range_key!r}")
    types = {attribute.name: attribute.type for attribute in table.attributes or []}
    if types.get(key, "S") not in defaults.KEY_TYPES:
        allowed = ", ".join(defaults.KEY_TYPES)
        problems.append(f"expected {key!r} of one of the types {allowed}, got {types[key]!r}")
    what = "Name a table that has these keys, or leave table out and have one created."
    return [f"the table {table.name!r}: {problem}. {what}" for problem in problems]


def stream_problems(table: aws.dynamodb.GetTableResult) -> list[str]:
    """What is wrong with a table's stream for mails about what is inserted."""
    view = table.stream_view_type
    if table.stream_enabled is False:
        got = "a table without a stream"
    elif view and view not in _VIEWS:
        got = f"the view type {view}"
    else:
        return []
    expected = f"a stream with the view type {' or '.join(_VIEWS)}"
    return [f"the table {table.name!r}: expected {expected}, got {got}. Change the table's stream settings."]


def _table(name: pulumi.Input[str], parent: pulumi.Resource) -> pulumi.Output[aws.dynamodb.GetTableResult]:
    return account.provider_of(parent).apply(
        lambda options: aws.dynamodb.get_table_output(name=name, opts=options)
    )


def _tell(problems: Sequence[str], foreseen: bool, resource: pulumi.Resource) -> None:
    if problems and foreseen and pulumi.runtime.is_dry_run():
        pulumi.log.warn("\n".join(problems), resource)
    elif problems:
        raise pulumi.RunError("\n".join(problems))
