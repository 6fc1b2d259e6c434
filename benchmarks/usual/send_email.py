"""The table's stream invokes it with records: each new user is mailed."""

import os
from pathlib import Path
from typing import Any

import boto3

ses = boto3.client("sesv2")
# Rowrelay's own mail, so that both send the same.
subject, text, html = (
    Path(__file__).with_name(name).read_text() for name in ("subject.txt", "body.txt", "body.html")
)


def handler(event: Any, _context: Any) -> None:
    """Mail the records that were inserted."""
    count = 0
    for record in event["Records"]:
        if record["eventName"] == "INSERT":
            user = {name: next(iter(of.values())) for name, of in record["dynamodb"]["NewImage"].items()}
            body: Any = {"Text": {"Data": filled(text, user)}, "Html": {"Data": filled(html, user)}}
            ses.send_email(
                FromEmailAddress=os.environ["SENDER"],
                Destination={"ToAddresses": [user["email"]]},
                Content={"Simple": {"Subject": {"Data": filled(subject, user)}, "Body": body}},
            )
            count += 1
    print(f"{count} mails sent")


def filled(template: str, user: dict[str, str]) -> str:
    """The template with the user's values."""
    for name in ("first_name", "email"):
        template = template.replace(f"{{{{{name}}}}}", user[name])
    return template
