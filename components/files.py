"""Reading a schema and a mail from files, as the components take them."""

import json
from pathlib import Path
from typing import Any

from .stream_notifier_args import MailTexts

MAIL_FILES = {"subject": "subject.txt", "text": "body.txt", "html": "body.html"}


def load_schema(path: Path) -> dict[str, Any]:
    """Read a Table Schema.

    Raises:
        OSError: the file cannot be read.
        ValueError: it is no JSON object.
    """
    document = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(document, dict):
        raise ValueError("its JSON is no object")
    return document


def load_mail(folder: Path) -> MailTexts:
    """Read a mail from subject.txt, body.txt and body.html in a folder.

    Raises:
        OSError: one of them cannot be read.
        ValueError: one of them is no UTF-8.
    """
    subject, text, html = ((folder / name).read_text(encoding="utf-8") for name in MAIL_FILES.values())
    # A line end closes the file's line; it is not the subject's.
    return {"subject": subject.rstrip("\r\n"), "text": text, "html": html}
