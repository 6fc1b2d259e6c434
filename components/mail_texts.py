"""The mail's templates, as StreamNotifier takes them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypedDict

from .arguments import Arguments
from .contracts import MailTemplate, TemplateError


class MailTexts(TypedDict):
    """The mail's three templates; {{column}} stands for the record's value."""

    subject: str
    """The subject, one line."""
    text: str
    """The plain text."""
    html: str
    """The HTML; values are escaped."""


@dataclass(frozen=True)
class MailPlan:
    """The templates, checked, and the columns that they use."""

    texts: dict[str, Any]
    columns: tuple[str, ...] = ()


def read_mail(arguments: Arguments, columns: list[str] | None) -> MailPlan:
    """Read the argument `mail`; `columns` are all there are, None if that is not known."""
    mail = arguments.document("mail", "an object of texts; load_mail reads one from a folder")
    if mail is None:
        return MailPlan({})
    parts = MailTexts.__annotations__
    if set(mail) != set(parts) or not all(isinstance(text, str) for text in mail.values()):
        return _refuse(arguments, mail, [f"expected the texts {', '.join(parts)}, got {', '.join(mail)}"])
    try:
        return MailPlan(mail, used_columns(mail, columns))
    except TemplateError as error:
        return _refuse(arguments, mail, error.problems)


def used_columns(mail: Mapping[str, Any], columns: Sequence[str] | None) -> tuple[str, ...]:
    """Returns the columns that a mail's three templates use.

    Args:
        mail: The templates, as `MailTexts` names them.
        columns: All columns that there are; None if that is not known.

    Raises:
        TemplateError: the mail cannot be sent, or uses what is no column.
    """
    used = MailTemplate.parse(**mail).columns
    if columns is not None and (unknown := sorted(set(used) - set(columns))):
        among = f"which is not among the columns {', '.join(columns)}"
        raise TemplateError([f"uses the column {column!r}, {among}" for column in unknown])
    return used


def _refuse(arguments: Arguments, mail: dict[str, Any], problems: list[str]) -> MailPlan:
    for problem in problems:
        arguments.add_problem("mail", "a mail that can be sent", mail, detail=problem)
    return MailPlan({})
