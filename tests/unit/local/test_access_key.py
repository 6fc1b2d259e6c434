import re

from local.access_key import new_access_key


def test_a_key_has_the_form_of_awss_and_is_another_each_time() -> None:
    keys = {new_access_key() for _ in range(20)}
    assert len({key.id for key in keys}) == len({key.secret for key in keys}) == 20
    assert all(re.fullmatch("AKIA[A-Z2-7]{16}", key.id) for key in keys)


def test_the_secret_is_not_shown() -> None:
    key = new_access_key()
    assert key.secret not in repr(key)
