import pytest

from local.creators import create
from local.errors import UnsupportedError

from ...helpers.creators import new_resource


def test_a_function_without_code_is_an_error() -> None:
    with pytest.raises(UnsupportedError, match="cannot bundle 'code' of aws:lambda/function:Function 'f'"):
        create(new_resource("aws:lambda/function:Function", "f", {"imageUri": "x"}))
