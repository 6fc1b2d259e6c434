"""Deleting letters that nothing can be done with."""

from types import SimpleNamespace
from typing import Any

import pytest

from cli.discard import Discard
from operations.messages import Letter

LETTER = Letter("m", "no chunk", "it is no chunk", 0.0, "h")


@pytest.mark.parametrize(
    ("refusal", "told"),
    [
        ("nobody knows its import", "it is no chunk; nobody knows its import"),
        ("it is no chunk", "it is no chunk"),
        (None, "it is no chunk"),
    ],
)
def test_a_reason_is_told_once(refusal: str | None, told: str) -> None:
    work: Any = SimpleNamespace(reason=lambda letter: letter.reason, refuses=lambda _: refusal)
    assert Discard(work).reason(LETTER) == told
