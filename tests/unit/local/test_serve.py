from typing import Any

from ministack.services import dynamodb

from local.serve import _cached_key_conditions

DUE = "outbox = :owed AND #due <= :now"
NAMES = {"#due": "due"}
VALUES = {":owed": {"S": "owed"}, ":now": {"N": "9"}}
MAILS = [{"mail_id": {"S": str(n)}, "outbox": {"S": "owed"}, "due": {"N": str(n % 12)}} for n in range(120)]


class Counted:
    """MiniStack's evaluation, which counts how often it is asked."""

    def __init__(self) -> None:
        self.asked = 0

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        self.asked += 1
        return dynamodb._evaluate_condition(*arguments, **named)


def test_a_query_evaluates_its_condition_once_for_each_key() -> None:
    counted = Counted()
    evaluate = _cached_key_conditions(counted, dynamodb._tokenize)

    def due(values: Any) -> list[str]:
        slot = "KeyConditionExpression"
        return [mail["mail_id"]["S"] for mail in MAILS if evaluate(DUE, mail, values, NAMES, slot=slot)]

    assert due(VALUES) == [str(n) for n in range(120) if n % 12 <= 9]
    assert counted.asked == 12
    assert due({**VALUES, ":now": {"N": "3"}}) == [str(n) for n in range(120) if n % 12 <= 3]
    assert due({**VALUES, ":owed": {"S": "held"}}) == []
    assert due(VALUES) == [str(n) for n in range(120) if n % 12 <= 9]


def test_other_conditions_are_evaluated_for_each_item() -> None:
    counted = Counted()
    evaluate = _cached_key_conditions(counted, dynamodb._tokenize)
    for mail in MAILS:
        assert evaluate(DUE, mail, VALUES, NAMES) == (int(mail["due"]["N"]) <= 9)
    assert counted.asked == len(MAILS)
