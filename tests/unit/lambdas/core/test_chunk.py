import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.aws.limits import SQS_MESSAGE_BYTES
from lambdas.core.chunk import MAX_CHUNK_BYTES, MAX_ROW_BYTES, Chunk, ChunkError, chunk_body, parse_chunk

BODY = '{"v":1,"import":"abc","chunk":2,"rows":[[7,{"email":"a@b.co","n":1.50,"big":1E+5,"x":null}]]}'


def test_a_chunk_is_what_its_message_says() -> None:
    chunk = parse_chunk(BODY)
    assert chunk == Chunk(
        "abc", 2, [(7, {"email": "a@b.co", "n": Decimal("1.50"), "big": Decimal(100000), "x": None})]
    )
    assert str(chunk.rows[0][1]["n"]) == "1.50"
    assert json.loads(chunk.dump(), parse_float=str) == json.loads(BODY, parse_float=str)


def test_a_body_of_encoded_rows_is_the_same_message() -> None:
    assert (
        chunk_body("abc", 2, ['[7,{"a":"b"}]', "[8,{}]"])
        == '{"v":1,"import":"abc","chunk":2,"rows":[[7,{"a":"b"}],[8,{}]]}'
    )


values = st.one_of(
    st.none(),
    st.booleans(),
    st.text(),
    st.integers(-(10**38) + 1, 10**38 - 1),
    st.decimals(-(10**20), 10**20, places=10),
)
rows = st.lists(
    st.tuples(st.integers(1, 10**9), st.dictionaries(st.text(), values, max_size=5)), min_size=1, max_size=5
)


@given(st.text(min_size=1), st.integers(1, 10**8), rows)
def test_a_chunk_survives_the_queue(
    import_id: str, number: int, of: list[tuple[int, dict[str, Any]]]
) -> None:
    chunk = Chunk(import_id, number, of)
    assert parse_chunk(chunk.dump()) == chunk
    assert chunk.dump().isascii()


@pytest.mark.parametrize(
    "body",
    [
        "", "null", "[]", "{}", "hello", '{"v":1}', "\ud800", "[" * 100_000, "1" * 5_000,
        BODY.replace('"v":1', '"v":2'),
        BODY.replace('"abc"', '""'),
        BODY.replace('"abc"', "null"),
        BODY.replace('"chunk":2', '"chunk":0'),
        BODY.replace('"chunk":2', '"chunk":true'),
        BODY.replace('"chunk":2', '"chunk":"2"'),
        BODY.replace("[[7,", "[[0,"),
        BODY.replace("[[7,", "[[-7,"),
        BODY.replace("[[7,", "[["),
        BODY.replace("[[7,", "[[7.0,"),
        BODY.replace("1.50", "1.5e999"),
        BODY.replace("1.50", "1." + "5" * 50),
        '{"v":1,"import":"abc","chunk":2,"rows":[]}',
        '{"v":1,"import":"abc","chunk":2,"rows":{}}',
        '{"v":1,"import":"abc","chunk":2,"rows":[[1,{},3]]}',
        '{"v":1,"import":"abc","chunk":2,"rows":[[1,[]]]}',
        '{"v":1,"import":"abc","chunk":2,"rows":[[1,{}],null]}',
    ],
)  # fmt: skip
def test_what_is_no_chunk_is_told_what_was_expected(body: str) -> None:
    with pytest.raises(ChunkError, match="expected a chunk"):
        parse_chunk(body)


json_documents = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text()),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text(), inner, max_size=4)),
    max_leaves=10,
)


@given(
    st.one_of(
        st.text(),
        json_documents.map(json.dumps),
        st.fixed_dictionaries(
            {"v": st.just(1), "import": json_documents, "chunk": json_documents, "rows": json_documents}
        ).map(json.dumps),
        json_documents.map(
            lambda document: json.dumps({"v": 1, "import": "a", "chunk": 1, "rows": [[1, document]]})
        ),
    )
)
def test_every_message_is_a_chunk_or_a_chunk_error(body: str) -> None:
    try:
        chunk = parse_chunk(body)
    except ChunkError:
        return
    assert chunk.import_id
    assert chunk.number > 0
    assert chunk.rows
    assert all(line > 0 for line, _ in chunk.rows)


def test_a_chunk_fits_a_message_with_room_for_a_reason() -> None:
    frame = len(chunk_body("0" * 20, 10**9, []))
    assert MAX_ROW_BYTES + frame <= MAX_CHUNK_BYTES
    # A reason: 500 characters, of at most four bytes.
    assert MAX_CHUNK_BYTES + 500 * 4 + 100 <= SQS_MESSAGE_BYTES
