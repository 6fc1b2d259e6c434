"""DynamoDB's condition and update expressions, as far as the handlers use them."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from .fakes import Item, copied, invalid

_TOKEN = re.compile(r"attribute_not_exists|[#:]?\w+|[()=,]")


def _comparable(value: Any) -> Any:
    ((kind, of),) = value.items()
    return kind, sorted(of) if kind in ("NS", "SS") else of


class Expressions:
    """A write's expressions over an item; every placeholder must be known and used."""

    def __init__(self, write: Mapping[str, Any]) -> None:
        self._names = write.get("ExpressionAttributeNames", {})
        self._values = write.get("ExpressionAttributeValues", {})
        self._used: set[str] = set()
        self._tokens: list[str] = []

    def check_all_used(self) -> None:
        if unused := {*self._names, *self._values} - self._used:
            raise invalid(f"Value provided in ExpressionAttribute… unused in expressions: {unused}")

    def holds(self, expression: str | None, item: Item) -> bool:
        if expression is None:
            return True
        self._tokens = _TOKEN.findall(expression)
        return self._either(item)

    def _either(self, item: Item) -> bool:
        holds = self._both(item)
        while self._next("OR"):
            holds = self._both(item) or holds
        return holds

    def _both(self, item: Item) -> bool:
        holds = self._not(item)
        while self._next("AND"):
            holds = self._not(item) and holds
        return holds

    def _not(self, item: Item) -> bool:
        return not self._not(item) if self._next("NOT") else self._test(item)

    def _test(self, item: Item) -> bool:
        if self._next("attribute_not_exists"):
            _, name, _ = self._tokens.pop(0), self._tokens.pop(0), self._tokens.pop(0)
            return self._name(name) not in item
        left, _, right = self._tokens.pop(0), self._tokens.pop(0), self._tokens.pop(0)
        value = self._value(right)
        found = item.get(self._name(left))
        return found is not None and _comparable(found) == _comparable(value)

    def _next(self, token: str) -> bool:
        if self._tokens and self._tokens[0] == token:
            self._tokens.pop(0)
            return True
        return False

    def updated(self, expression: str, item: Item) -> Item:
        item = copied(item)
        touched: set[str] = set()
        for verb, name, value in self._actions(expression):
            if name in touched:
                raise invalid("Two document paths overlap with each other")
            touched.add(name)
            _VERBS[verb](item, name, value)
        return item

    def _actions(self, expression: str) -> Iterator[tuple[str, str, Any]]:
        _, *parts = re.split(r"\b(SET|REMOVE|ADD|DELETE)\s", expression)
        for verb, clause in zip(parts[::2], parts[1::2], strict=True):
            for action in clause.split(","):
                name, *value = re.split(r"\s*=\s*|\s+", action.strip())
                yield verb, self._name(name), self._value(*value) if verb != "REMOVE" else None

    def _name(self, token: str) -> str:
        if not token.startswith("#"):
            return token
        self._used.add(token)
        if token not in self._names:
            raise invalid(f"An expression attribute name used in the expression is not defined: {token}")
        return str(self._names[token])

    def _value(self, token: str) -> Any:
        self._used.add(token)
        if token not in self._values:
            raise invalid(f"An expression attribute value used in expression is not defined: {token}")
        value = self._values[token]
        if "NS" in value and (not value["NS"] or len(set(value["NS"])) != len(value["NS"])):
            raise invalid("One or more parameter values were invalid: a set is empty or has duplicates")
        return value


def _set(item: Item, name: str, value: Any) -> None:
    item[name] = value


def _add(item: Item, name: str, value: Any) -> None:
    ((kind, of),) = value.items()
    standing = item.get(name, {}).get(kind)
    if kind == "N":
        item[name] = {"N": str(int(standing or "0") + int(of))}
    else:
        item[name] = {kind: sorted({*(standing or []), *of})}


def _delete(item: Item, name: str, value: Any) -> None:
    ((kind, of),) = value.items()
    left = sorted(set(item.pop(name, {}).get(kind, [])) - set(of))
    if left:
        item[name] = {kind: left}


def _remove(item: Item, name: str, _: Any) -> None:
    item.pop(name, None)


_VERBS: Mapping[str, Callable[[Item, str, Any], None]] = {
    "SET": _set,
    "REMOVE": _remove,
    "ADD": _add,
    "DELETE": _delete,
}
