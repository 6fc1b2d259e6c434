import pytest

from lambdas.core.environment import Variable, setting


def test_a_setting_is_the_variable_of_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TABLE", "users")
    assert setting(Variable.TABLE) == "users"


def test_a_setting_that_is_missing_says_what_sets_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TABLE", raising=False)
    with pytest.raises(KeyError, match="the environment variable TABLE is not set: the component"):
        setting(Variable.TABLE)


@pytest.mark.parametrize("variable", Variable)
def test_a_variable_is_named_as_it_is_stored(variable: Variable) -> None:
    assert variable == variable.name
