import pytest

# Their assertions are to say what they found, as those of a test do.
pytest.register_assert_rewrite(f"{__name__}.accounts", f"{__name__}.command")
