from typing import Any

import pytest
from ministack.services._dynamodb_keywords import parse_statement

from local.partiql import parsed_once

CLAIM = (
    'UPDATE "mails" SET "state"=? SET "claim"=? REMOVE "expires_at" '
    'WHERE "mail_id"=? AND "state"=? AND "claim"=?'
)
OWE = """INSERT INTO "mails" VALUE {'mail_id': ?, 'due': ?, 'columns': ?}"""
MIXED = """UPDATE "mails" SET "state"='owed' SET "due"=? WHERE "mail_id"=? AND "due"<?"""


class Counted:
    """MiniStack's parser, which counts how often it is asked."""

    def __init__(self) -> None:
        self.asked = 0

    def __call__(self, text: str, parameters: Any) -> dict[str, Any]:
        self.asked += 1
        parsed: dict[str, Any] = parse_statement(text, parameters)
        return parsed


def texts(*values: str) -> list[dict[str, Any]]:
    return [{"S": value} for value in values]


@pytest.mark.parametrize(
    ("statement", "first", "second"),
    [
        (CLAIM, texts("a", "b", "c", "d", "e"), texts("1", "2", "2", "1", "1")),
        (
            OWE,
            [{"S": "1"}, {"N": "7"}, {"M": {"email": {"S": "a"}}}],
            [{"S": "2"}, {"N": "008.0"}, {"M": {}}],
        ),
        (MIXED, [{"N": "1"}, {"S": "a"}, {"N": "2"}], [{"N": "1"}, {"S": "1"}, {"N": "1e2"}]),
    ],
)
def test_a_statement_that_repeats_is_parsed_once(statement: str, first: Any, second: Any) -> None:
    parser = Counted()
    cached = parsed_once(parser)
    assert cached(statement, first) == parse_statement(statement, first)
    assert cached(statement, second) == parse_statement(statement, second)
    assert cached(statement, first) == parse_statement(statement, first)
    assert parser.asked == 1


def test_each_result_is_the_callers_own() -> None:
    cached = parsed_once(parse_statement)
    item = cached(OWE, [{"S": "1"}, {"N": "7"}, {"M": {}}])["item"]
    item["more"] = {"S": "x"}
    assert cached(OWE, [{"S": "2"}, {"N": "8"}, {"M": {}}])["item"] == {
        "mail_id": {"S": "2"},
        "due": {"N": "8"},
        "columns": {"M": {}},
    }


def test_parameters_of_other_types_make_another_statement() -> None:
    """An ordering of lists is refused, that of numbers is not."""
    cached = parsed_once(parse_statement)
    cached(MIXED, [{"N": "1"}, {"S": "a"}, {"N": "2"}])
    with pytest.raises(ValueError, match="operand type: L"):
        cached(MIXED, [{"N": "1"}, {"S": "a"}, {"L": []}])


def test_a_wrong_statement_is_refused_as_it_is() -> None:
    cached = parsed_once(parse_statement)
    for parameters in (texts("a"), texts("a", "b"), None):
        with pytest.raises(ValueError, match=r".") as expected:
            parse_statement('UPDATE "mails" SET "state"=? WHERE', parameters)
        with pytest.raises(ValueError, match=r".") as refused:
            cached('UPDATE "mails" SET "state"=? WHERE', parameters)
        assert str(refused.value) == str(expected.value)


def test_sets_are_parsed_each_time() -> None:
    parser = Counted()
    cached = parsed_once(parser)
    for _ in range(2):
        assert cached(OWE, [{"S": "1"}, {"SS": ["a"]}, {"M": {}}])["item"]["due"] == {"SS": ["a"]}
    assert parser.asked == 2
