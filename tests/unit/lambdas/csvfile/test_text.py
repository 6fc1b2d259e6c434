import pytest

from lambdas.csvfile.text import is_text, printable


@pytest.mark.parametrize("value", ["", "a", "é", "😀", "\ufffd", "\ufeff", "\x01\x7f", "\ud7ff\ue000"])
def test_text_is_text(value: str) -> None:
    assert is_text(value)
    assert printable(value) == value


@pytest.mark.parametrize("value", ["\0", "a\0b", "é\0", b"caf\xe9".decode("utf-8", "surrogateescape")])
def test_nul_and_bytes_that_are_no_utf8_are_no_text(value: str) -> None:
    assert not is_text(value)
    assert is_text(printable(value))


def test_every_byte_that_can_be_no_utf8_is_found() -> None:
    for byte in range(0x80, 0x100):
        assert not is_text(bytes([byte]).decode("utf-8", "surrogateescape"))


def test_what_is_shown_keeps_everything_else() -> None:
    assert printable("caf\udce9\0!") == "caf\ufffd\ufffd!"
