import html
import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.aws.limits import SES_BULK_DESTINATIONS, SES_INLINE_INPUT_BYTES, SES_TEMPLATE_DATA_BYTES
from lambdas.core.mail_template import TEMPLATE_BYTES, MailTemplate, TemplateError


def render(template: MailTemplate, values: dict[str, str]) -> tuple[str, str, str]:
    """Subject, text and HTML as SES renders them: it puts values in as they are, and nothing twice."""
    data = json.loads(template.data(values))
    content = template.content
    return tuple(  # type: ignore[return-value]
        re.sub(r"\{\{([a-z0-9]+)\}\}", lambda match: data[match[1]], part)
        for part in (content["Subject"], content["Text"], content["Html"])
    )


def problems(subject: str = "Hi", text: str = "Hello", html_part: str = "<p>Hello</p>") -> list[str]:
    with pytest.raises(TemplateError) as error:
        MailTemplate.parse(subject, text, html_part)
    assert all(problem in str(error.value) for problem in error.value.problems)
    return error.value.problems


def test_columns_are_put_in_by_name() -> None:
    template = MailTemplate.parse(
        "Hi {{first_name}}\n", "{{ first_name }} {{company}}", "<b>{{first_name}}</b>{{x y}}"
    )
    assert template.columns == ("first_name", "company", "x y")
    values = {"first_name": "Ann", "company": "ACME", "x y": "z"}
    assert render(template, values) == ("Hi Ann", "Ann ACME", "<b>Ann</b>z")
    assert render(template, {}) == ("Hi ", " ", "<b></b>")


awkward = st.text(
    st.one_of(st.sampled_from("<>&'\"{}\r\n\t\0 \\$\u2028"), st.characters(codec="utf-8")), max_size=30
)


@given(awkward, awkward)
def test_no_value_changes_what_surrounds_it(first: str, second: str) -> None:
    template = MailTemplate.parse("[{{a}}|{{b}}]", "[{{a}}|{{b}}]", "[{{a}}|{{b}}]")
    subject, text, body = render(template, {"a": first, "b": second})
    assert text == f"[{first}|{second}]"
    assert body == f"[{html.escape(first)}|{html.escape(second)}]"
    assert not set("<>\"'") & set(body)
    assert len(subject.splitlines()) == 1
    assert subject.isprintable() or not any(c < " " or c == "\x7f" for c in subject)


def test_a_value_adds_no_header_line_to_a_subject() -> None:
    template = MailTemplate.parse("Hi {{a}}!", "t", "h")
    assert render(template, {"a": "Ann\r\nBcc: x@y.de"})[0] == "Hi Ann Bcc: x@y.de!"


names = st.text(st.characters(codec="utf-8", exclude_characters="{}"), min_size=1).filter(
    lambda name: name.strip() == name and name[0] not in "#/>!&^" and name.isprintable()
)


@given(st.lists(names, min_size=1, unique=True))
def test_columns_of_any_name_can_be_used(columns: list[str]) -> None:
    part = "|".join(f"{{{{{name}}}}}" for name in columns)
    template = MailTemplate.parse(part, part, part)
    assert template.columns == tuple(columns)
    values = {name: f"value{n}" for n, name in enumerate(columns)}
    assert render(template, values) == ("|".join(values.values()),) * 3
    assert all(re.fullmatch("[a-z0-9]+", name) for name in json.loads(template.data(values)))


@pytest.mark.parametrize("part", ["", " \n\t"])
def test_an_empty_part_is_a_problem(part: str) -> None:
    assert problems(part, part, part) == ["the subject is empty", "the text is empty", "the html is empty"]


@pytest.mark.parametrize(
    "text",
    [
        "{{", "}}", "Hello {{name}", "Hello {name}}", "{{}}", "{{ }}", "{{#if a}}", "{{/if}}",
        "{{> partial}}",
        "{{!comment}}", "{{&a}}", "{{^a}}", "{{{a}}}", "{{{{a}}}}", "{{a}} and {{{b}}}", "{{{a}}", "\\{{a}}",
        "{{a{b}}}",
    ],
)  # fmt: skip
def test_braces_that_are_no_column_are_a_problem(text: str) -> None:
    for problem in problems(text=text):
        assert problem.startswith("the text has braces that are no {{column}}, near ")


def test_braces_that_are_text_are_to_be_set_apart() -> None:
    style = "<style>@media(max-width:600px){.a{width:100%}}</style>"
    (found,) = problems(html_part=style)
    assert found.endswith(
        "near 'width:100%}}</style>'; where they are text, as in CSS, put a space between: } }"
    )
    MailTemplate.parse("s", "t", style.replace("}}", "} }"))
    assert problems(text="{{")[0].endswith("put a space between: { {")


@pytest.mark.parametrize("letter", ["x", "é", '"'])
def test_a_template_is_as_large_as_leaves_room_for_the_values_of_mails(letter: str) -> None:
    room = TEMPLATE_BYTES - len(json.dumps(MailTemplate.parse("Hi {{a}}", "t", "<").content)) + 1
    most = room // len(json.dumps(letter)[1:-1])
    MailTemplate.parse("Hi {{a}}", "t", letter * most)
    (found,) = problems("Hi {{a}}", "t", letter * (most + 1))
    assert found.startswith(
        "subject, text and html: expected at most 500,000 bytes together, as JSON, got 500,00"
    )
    assert found.endswith("; shorten them, and link to pictures instead of including them")


def test_one_mail_fits_a_call_and_so_do_fifty_of_ten_thousand_bytes() -> None:
    assert TEMPLATE_BYTES + SES_TEMPLATE_DATA_BYTES < SES_INLINE_INPUT_BYTES
    assert TEMPLATE_BYTES + SES_BULK_DESTINATIONS * 10_000 <= SES_INLINE_INPUT_BYTES


@pytest.mark.parametrize(
    "text", ["p { color: red }", "{{a}}}", "{ {{a}} }", "}{{a}}{", "}{{a}}}", "{{a}}{{b}}", "{a}"]
)
def test_other_braces_are_text(text: str) -> None:
    template = MailTemplate.parse("s", text, text)
    values = {"a": "1", "b": "2"}
    expected = text.replace("{{a}}", "1").replace("{{b}}", "2")
    assert render(template, values) == ("s", expected, expected)


def test_every_problem_is_told() -> None:
    found = problems("two\nlines {{", "{{x", " ")
    assert [problem.split(",")[0] for problem in found] == [
        "the subject has braces that are no {{column}}",
        "the subject has more than one line",
        "the text has braces that are no {{column}}",
        "the html is empty",
    ]
