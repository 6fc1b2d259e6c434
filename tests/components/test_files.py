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
