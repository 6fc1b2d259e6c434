"""Reading a schema, a module and a mail from files, as the components take them."""

from pathlib import Path
from typing import Any

from .contracts import read_document
from .mail_texts import MailTexts

_TEXT = "utf-8-sig"  # some editors on Windows begin a file with a byte order mark
MAIL_FILES = {"subject": "subject.txt", "text": "body.txt", "html": "body.html"}


def load_schema(path: Path | str) -> dict[str, Any]:
    """Read a Table Schema.

    Raises:
        OSError: the file cannot be read.
        ValueError: it is no JSON object.
    """
    try:
        return read_document(Path(path).read_bytes())
    except ValueError as error:
        raise ValueError(f"{path}: expected a Table Schema in JSON, got {error}") from None


def load_transform(path: Path | str) -> str:
    """Read the source of a Python module that changes rows.

    Raises:
        OSError: the file cannot be read.
        ValueError: it is no UTF-8.
    """
    return Path(path).read_text(encoding=_TEXT)


def load_mail(folder: Path | str) -> MailTexts:
    """Read a mail from subject.txt, body.txt and body.html in a folder.

    Raises:
        OSError: one of them cannot be read.
        ValueError: one of them is no UTF-8.
    """
    subject, text, html = ((Path(folder) / name).read_text(encoding=_TEXT) for name in MAIL_FILES.values())
    # A line end closes the file's line; it is not the subject's.
    return {"subject": subject.rstrip("\r\n"), "text": text, "html": html}
