"""What the unit tests share; the simulation stands on it, too."""

import pytest

# Its assertions are to say what they found, as those of a test do.
pytest.register_assert_rewrite(f"{__name__}.imports")
