"""PartiQL in the emulator: its writes go the way of every other, and a statement that repeats is parsed once.

MiniStack 1.5.33 neither checks what PartiQL's INSERT and UPDATE write nor tells the table's stream of it.
"""

import functools
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

Parse: TypeAlias = Callable[[str, Any], dict[str, Any]]

# A value of each type that a parameter may have. Of other types nothing is cached.
_STAND_INS: Mapping[str, Any] = {"S": "s", "N": "1", "BOOL": True, "NULL": True, "M": {}, "L": []}


def check_writes_and_tell_streams() -> None:
    """Let PartiQL's INSERT and UPDATE check their values and write to the table's stream."""
    from ministack.services import dynamodb

    insert, update = dynamodb._partiql_insert, dynamodb._partiql_update

    def checked_insert(table: Any, parsed: dict[str, Any]) -> Any:
        item = parsed["item"]
        refusal = dynamodb._validate_item(
            item, table["pk_name"], table["sk_name"]
        ) or dynamodb._validate_index_key_values(table, item)
        answer = refusal or insert(table, parsed)
        if answer[0] == 200:
            dynamodb._emit_stream_event(table["TableName"], "INSERT", None, item)
        return answer

    def checked_update(table: Any, parsed: dict[str, Any], data: Any = None) -> Any:
        if refusal := _refusal_of_update(dynamodb, table, parsed):
            return refusal
        hash_key, range_key, _, _ = dynamodb._partiql_key_target(table, parsed)
        before = table["items"].get(hash_key, {}).get(range_key)
        answer = update(table, parsed, data)
        if answer[0] == 200 and (after := table["items"][hash_key][range_key]) != before:
            dynamodb._emit_stream_event(table["TableName"], "MODIFY", before, after)
        return answer

    dynamodb._partiql_insert, dynamodb._partiql_update = checked_insert, checked_update


def _refusal_of_update(dynamodb: Any, table: Any, parsed: Mapping[str, Any]) -> Any:
    """What UpdateItem would say of the attributes that an UPDATE sets and removes; None if nothing."""
    changed = [path[0] for path, _ in parsed["assignments"]] + [path[0] for path in parsed["removes"]]
    for key in (table["pk_name"], table["sk_name"]):
        if key in changed:
            text = f"Cannot update attribute {key}. This attribute is part of the key"
            return dynamodb.error_response_json("ValidationException", text, 400)
    values = {
        path[0]: value[1] for path, value in parsed["assignments"] if (len(path), value[0]) == (1, "lit")
    }
    return dynamodb._validate_item(values) or dynamodb._validate_index_key_values(
        table, values, update_expr=True
    )


def parsed_once(parse: Parse) -> Parse:
    """PartiQL's parser with a cache: a statement's text and its parameters' types make its whole shape."""

    @functools.lru_cache
    def shape(text: str, types: tuple[str, ...]) -> tuple[dict[str, Any], list[Any]] | None:
        stand_ins = [{each: _STAND_INS[each]} for each in types]
        try:
            parsed = parse(text, stand_ins)
        except ValueError:
            return None  # what is wrong, the parser says of the statement as it is
        unused = {id(each) for each in stand_ins}
        _replace(parsed, lambda value: unused.discard(id(value)))
        return None if unused else (parsed, stand_ins)

    def parsed(text: str, parameters: Sequence[Mapping[str, Any]] | None) -> dict[str, Any]:
        types = tuple(next(iter(each), "") for each in parameters or ())
        found = shape(text, types) if _STAND_INS.keys() >= set(types) else None
        if found is None:
            return parse(text, parameters)
        given = {id(stand_in): each for stand_in, each in zip(found[1], parameters or (), strict=True)}
        copied: dict[str, Any] = _replace(found[0], lambda value: given.get(id(value)))
        return copied

    return parsed


def _replace(value: Any, replacement: Callable[[Any], Any]) -> Any:
    """A copy of a nested value in which some values are replaced, those that have a replacement."""
    if isinstance(value, dict):
        if (found := replacement(value)) is not None:
            return found
        return {key: _replace(each, replacement) for key, each in value.items()}
    if isinstance(value, list):
        return [_replace(each, replacement) for each in value]
    return tuple([_replace(each, replacement) for each in value]) if isinstance(value, tuple) else value
