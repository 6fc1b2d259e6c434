"""DynamoDB's condition, update and key condition expressions, as far as the handlers use them.

A text is parsed once: what it comes to is kept, and takes the placeholders' names and values from each
request.
"""

import operator
import re
from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from .fakes import Item, invalid

_TOKEN = re.compile(r"[#:]?\w+|<>|<=|>=|[=<>(),]")
_ORDERS: Mapping[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
# Over an item, with the placeholders' names and values.
Condition = Callable[[Item, Mapping[str, str], Item], bool]


class _Tokens:
    """An expression's tokens, one after another."""

    def __init__(self, text: str) -> None:
        self._left: list[str] = _TOKEN.findall(text)[::-1]
        assert "".join(self._left[::-1]) == "".join(text.split()), f"the fakes do not know {text!r}"

    def next(self) -> str:
        assert self._left, "the expression ends early"
        return self._left.pop()

    def take(self, *tokens: str) -> str:
        """The next token, if it is one of these; else nothing."""
        return self._left.pop() if self._left and self._left[-1] in tokens else ""

    def expect(self, token: str) -> None:
        assert (found := self.next()) == token, f"expected {token!r}, got {found!r}"

    def end(self) -> None:
        assert not self._left, f"the fakes do not know what to do with {self._left[::-1]}"


def number(text: str) -> int | Decimal:
    """A number as DynamoDB compares it."""
    return int(text) if text.lstrip("-").isdigit() else Decimal(text)


def same(found: Item | None, value: Item) -> bool:
    """Whether an attribute has this value."""
    if found is None or found == value:
        return found is not None
    ((kind, of),), ((other_kind, other),) = found.items(), value.items()
    if kind != other_kind:
        return False
    if kind == "N":
        return number(of) == number(other)
    return kind in ("NS", "SS") and set(of) == set(other)


def _in_order(order: str, found: Item | None, value: Item) -> bool:
    if found is None:
        return False
    ((kind, of),), ((other_kind, other),) = found.items(), value.items()
    if kind != other_kind:
        return False
    assert kind in ("N", "S"), f"the fakes do not order {kind}"
    return _ORDERS[order](number(of), number(other)) if kind == "N" else _ORDERS[order](of, other)


@lru_cache(maxsize=1024)
def _condition(text: str) -> Condition:
    tokens = _Tokens(text)
    condition = _either(tokens)
    tokens.end()
    return condition


def _either(tokens: _Tokens) -> Condition:
    some = [_both(tokens)]
    while tokens.take("OR"):
        some.append(_both(tokens))
    return some[0] if len(some) == 1 else lambda *of: any(one(*of) for one in some)


def _both(tokens: _Tokens) -> Condition:
    some = [_not(tokens)]
    while tokens.take("AND"):
        some.append(_not(tokens))
    return some[0] if len(some) == 1 else lambda *of: all(one(*of) for one in some)


def _not(tokens: _Tokens) -> Condition:
    if tokens.take("NOT"):
        negated = _not(tokens)
        return lambda *of: not negated(*of)
    if tokens.take("("):
        inner = _either(tokens)
        tokens.expect(")")
        return inner
    return _test(tokens)


def _test(tokens: _Tokens) -> Condition:
    if function := tokens.take("attribute_exists", "attribute_not_exists"):
        tokens.expect("(")
        path = tokens.next()
        tokens.expect(")")
        wanted = function == "attribute_exists"
        return lambda item, names, _: (names.get(path, path) in item) == wanted
    name, compared, value = tokens.next(), tokens.next(), tokens.next()
    if compared == "=":
        return lambda item, names, values: same(item.get(names.get(name, name)), values[value])
    if compared == "<>":
        return lambda item, names, values: not same(item.get(names.get(name, name)), values[value])
    assert compared in _ORDERS, f"the fakes do not know {compared!r}"
    return lambda item, names, values: _in_order(compared, item.get(names.get(name, name)), values[value])


@lru_cache(maxsize=1024)
def _actions(text: str) -> tuple[tuple[str, str, str], ...]:
    """An update expression: verb, name and value (none with REMOVE) of each action.

    The verb is "DEFAULT" where if_not_exists keeps what is there.
    """
    tokens = _Tokens(text)
    actions = []
    while verb := tokens.take("SET", "REMOVE", "ADD", "DELETE"):
        while True:
            name = tokens.next()
            if verb == "SET":
                tokens.expect("=")
            if verb == "SET" and tokens.take("if_not_exists"):
                actions.append(("DEFAULT", name, _default(tokens, name)))
            else:
                actions.append((verb, name, "" if verb == "REMOVE" else tokens.next()))
            if not tokens.take(","):
                break
    tokens.end()
    return tuple(actions)


def _default(tokens: _Tokens, name: str) -> str:
    """The value of `if_not_exists(name, value)`, of the attribute itself."""
    tokens.expect("(")
    tokens.expect(name)
    tokens.expect(",")
    value = tokens.next()
    tokens.expect(")")
    return value


@dataclass(frozen=True)
class KeyCondition:
    """A hash key's name and value, and a range key's bound, if any."""

    hash_name: str
    hash_value: Item
    range_name: str = ""
    order: str = ""
    range_value: Item | None = None


@lru_cache(maxsize=1024)
def _placeholders(*texts: str) -> tuple[frozenset[str], frozenset[str]]:
    tokens = [token for text in texts for token in _TOKEN.findall(text)]
    names, values = ({token for token in tokens if token.startswith(sign)} for sign in "#:")
    return frozenset(names), frozenset(values)


def _wrong_placeholders(used: Set[str], defined: Set[str]) -> Exception:
    if unknown := used - defined:
        return invalid(
            f"An expression attribute name or value used in the expression is not defined: {unknown}"
        )
    return invalid(f"Value provided in ExpressionAttribute… unused in expressions: {defined - used}")


class Expressions:
    """A request's expressions; every placeholder must be known and used.

    Raises:
        ClientError: One is not, or a value is none.
    """

    def __init__(self, request: Mapping[str, Any]) -> None:
        self._request = request
        self._names: Mapping[str, str] = request.get("ExpressionAttributeNames", {})
        self._values: Item = request.get("ExpressionAttributeValues", {})
        names, values = _placeholders(
            request.get("ConditionExpression", ""),
            request.get("UpdateExpression", ""),
            request.get("KeyConditionExpression", ""),
        )
        if names != self._names.keys() or values != self._values.keys():
            raise _wrong_placeholders(names | values, self._names.keys() | self._values.keys())
        if not (self._names and self._values):
            for empty in ("ExpressionAttributeNames", "ExpressionAttributeValues"):
                if empty in request and not request[empty]:
                    raise invalid(f"{empty} must not be empty")
        for value in self._values.values():
            if "NS" in value and (not value["NS"] or len(set(value["NS"])) != len(value["NS"])):
                raise invalid("One or more parameter values were invalid: a set is empty or has duplicates")

    def holds(self, item: Item) -> bool:
        """Whether the condition holds of an item; empty, where there is none."""
        text = self._request.get("ConditionExpression")
        return text is None or _condition(text)(item, self._names, self._values)

    def update(self, item: Item) -> set[str]:
        """Change an item as the update expression says; returns the names that it touches."""
        touched: set[str] = set()
        for verb, placeholder, value in _actions(self._request["UpdateExpression"]):
            name = self._names.get(placeholder, placeholder)
            if name in touched:
                raise invalid("Two document paths overlap with each other")
            touched.add(name)
            _VERBS[verb](item, name, self._values[value] if value else None)
        return touched

    def key_condition(self) -> KeyCondition:
        """What a query asks for."""
        name, order, value, *more = _key_condition(self._request["KeyConditionExpression"])
        if order != "=":
            raise invalid("Query key condition not supported")
        of_hash = self._names.get(name, name), self._values[value]
        if not more:
            return KeyCondition(*of_hash)
        return KeyCondition(*of_hash, self._names.get(more[0], more[0]), more[1], self._values[more[2]])


@lru_cache(maxsize=1024)
def _key_condition(text: str) -> tuple[str, ...]:
    tokens = _Tokens(text)
    found = [tokens.next(), tokens.next(), tokens.next()]
    if tokens.take("AND"):
        found += [tokens.next(), tokens.next(), tokens.next()]
        assert found[4] in ("=", *_ORDERS), f"the fakes do not know {found[4]!r}"
    tokens.end()
    return tuple(found)


def _set(item: Item, name: str, value: Any) -> None:
    item[name] = value


def _add(item: Item, name: str, value: Any) -> None:
    ((kind, of),) = value.items()
    standing = item.get(name, {}).get(kind)
    if kind == "N":
        item[name] = {"N": str(number(standing or "0") + number(of))}
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
    "DEFAULT": Item.setdefault,
    "SET": _set,
    "REMOVE": _remove,
    "ADD": _add,
    "DELETE": _delete,
}
