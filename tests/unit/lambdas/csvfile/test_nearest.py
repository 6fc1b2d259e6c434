import time

import pytest

from lambdas.csvfile.nearest import nearest_columns

from ...helpers.csv_files import USERS


@pytest.mark.parametrize(
    ("unknown", "nearest"),
    [
        ("Frist name", "first_name"),
        ("e\u200bmial", "email"),
        ("joined at", "joined_on"),
        ("Shoe size", None),
        ("x" * 1000, None),
    ],
)
def test_a_column_s_nearest_is_the_one_that_it_resembles(unknown: str, nearest: str | None) -> None:
    assert nearest_columns([unknown], USERS, set()) == ({unknown: nearest} if nearest else {})


def test_what_the_file_has_is_nobody_s_nearest() -> None:
    assert nearest_columns(["emial", "companny"], USERS, {"email"}) == {"companny": "company"}


def test_many_unknown_columns_are_compared_in_no_time() -> None:
    started = time.process_time()
    nearest_columns([f"emial {n}" for n in range(200_000)], USERS, set())
    assert time.process_time() - started < 2
