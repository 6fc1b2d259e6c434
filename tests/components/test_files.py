"""Files as editors save them: UTF-8, with a byte order mark or without."""

import codecs
from pathlib import Path

import pytest

from components import load_mail, load_schema, load_transform
from components.files import MAIL_FILES


@pytest.mark.parametrize("mark", [b"", codecs.BOM_UTF8], ids=["plain", "marked"])
def test_a_byte_order_mark_is_no_part_of_the_text(tmp_path: Path, mark: bytes) -> None:
    for name in ("schema.json", *MAIL_FILES.values()):
        (tmp_path / name).write_bytes(mark + '{"é": 1}'.encode())
    assert load_schema(tmp_path / "schema.json") == {"é": 1}
    assert load_transform(tmp_path / "schema.json") == '{"é": 1}'
    assert set(load_mail(tmp_path).values()) == {'{"é": 1}'}


@pytest.mark.parametrize(
    ("text", "told"),
    [("[" * 200_000, "JSON that is nested too deeply"), ("[]", "JSON that is no object"), ("{", "no JSON (")],
)
def test_a_schema_that_is_no_object_is_named(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "schema.json"
    path.write_text(text)
    with pytest.raises(ValueError) as error:  # noqa: PT011 - what it says is looked at
        load_schema(path)
    assert str(error.value).startswith(f"{path}: expected a Table Schema in JSON, got {told}")
