"""The mail's subject, text and HTML with `{{column}}`, as SES renders them.

SES puts values in as they are, so each part gets its own, safe for that part: HTML-escaped for the HTML,
without line breaks for the subject. To tell them apart, the placeholders are renamed (`{{h0}}` for the
first column in the HTML part, and so on); that also allows columns whose names SES would not take.
https://docs.aws.amazon.com/ses/latest/dg/send-personalized-email-advanced.html
"""

import html
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..aws.limits import SES_INLINE_INPUT_BYTES
from ..aws.rowrelay_error import RowrelayError

if TYPE_CHECKING:
    from mypy_boto3_sesv2.type_defs import EmailTemplateContentTypeDef

# Not `{{{` nor `\{{`, which mean something else to SES.
_PLACEHOLDER = re.compile(r"(?<![{\\])\{\{\s*([^\s{}#/>!&^][^{}]*?)\s*\}\}")
# Half of a call to SES, so that there is room in it for the values of fifty mails, 10,000 bytes each, and for
# those of one mail in any case. SES refuses a larger call, and the mails are then sent by smaller ones.
TEMPLATE_BYTES = SES_INLINE_INPUT_BYTES // 2
_CONTROLS = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]+")


class TemplateError(RowrelayError, ValueError):
    """A mail that cannot be sent; `problems` has one sentence for each thing that is wrong."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("the mail cannot be used:\n" + "\n".join(f"  - {p}" for p in problems))


def _one_line(value: str) -> str:
    return _CONTROLS.sub(" ", value)


# A part's prefix, and what makes a value safe in it.
_PARTS: Mapping[str, tuple[str, Callable[[str], str]]] = {
    "subject": ("s", _one_line),
    "text": ("t", str),
    "html": ("h", html.escape),
}


@dataclass(frozen=True)
class MailTemplate:
    """A mail in SES's terms: `content` for TemplateContent, and the `columns` it shows."""

    content: "EmailTemplateContentTypeDef"
    columns: tuple[str, ...]

    @classmethod
    def parse(cls, subject: str, text: str, html: str) -> "MailTemplate":
        """Read the three parts.

        Raises:
            TemplateError: a part is empty, or has braces that are no `{{column}}`; or all are too large.
        """
        parts = {"subject": subject.strip(), "text": text, "html": html}
        problems = [problem for name, part in parts.items() for problem in _problems(name, part)]
        if problems:
            raise TemplateError(problems)
        columns = tuple(dict.fromkeys(name for part in parts.values() for name in _PLACEHOLDER.findall(part)))
        renamed = {name: _renamed(part, _PARTS[name][0], columns) for name, part in parts.items()}
        content: EmailTemplateContentTypeDef = {
            "Subject": renamed["subject"],
            "Text": renamed["text"],
            "Html": renamed["html"],
        }
        _check_size(content)
        return cls(content, columns)

    def data(self, values: Mapping[str, str]) -> str:
        """Returns a recipient's ReplacementTemplateData: JSON with each value made safe for each part."""
        return json.dumps(
            {
                f"{prefix}{n}": make_safe(values.get(column, ""))
                for prefix, make_safe in _PARTS.values()
                for n, column in enumerate(self.columns)
            }
        )


def _problems(name: str, part: str) -> Iterable[str]:
    if not part.strip():
        yield f"the {name} is empty"
    left = _PLACEHOLDER.sub(" ", part)
    for braces in ("{{", "}}"):
        if braces in left:
            at = left.index(braces)
            near = left[max(0, at - 10) : at + 20]
            yield (
                f"the {name} has braces that are no {{{{column}}}}, near {near!r}; where they are text, as "
                f"in CSS, put a space between: {' '.join(braces)}"
            )
    if name == "subject" and _CONTROLS.search(part):
        yield "the subject has more than one line"


def _check_size(content: "EmailTemplateContentTypeDef") -> None:
    size = len(json.dumps(content))  # as a call has it
    if size > TEMPLATE_BYTES:
        expected = f"subject, text and html: expected at most {TEMPLATE_BYTES:,} bytes together, as JSON"
        do = "shorten them, and link to pictures instead of including them"
        raise TemplateError([f"{expected}, got {size:,}; {do}"])


def _renamed(part: str, prefix: str, columns: tuple[str, ...]) -> str:
    return _PLACEHOLDER.sub(lambda match: f"{{{{{prefix}{columns.index(match[1])}}}}}", part)
