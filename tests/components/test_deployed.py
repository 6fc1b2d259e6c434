"""What a run says of the records' key, by the outputs that the deployed stack has."""

import pulumi
import pytest

from deployed import _check


@pytest.fixture
def warnings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    warned: list[str] = []
    monkeypatch.setattr(pulumi.log, "warn", warned.append)
    return warned


@pytest.mark.parametrize("deployed_type", ["S", "N", None])
def test_another_key_is_warned_of_whatever_its_type(warnings: list[str], deployed_type: str | None) -> None:
    _check("email", deployed_type, "number", "N")
    [warning] = warnings
    assert warning.startswith("The records' key changes from 'email' to 'number'. `pulumi up` then replaces")


@pytest.mark.parametrize(("deployed_type", "key_type"), [("S", "N"), ("N", "S")])
def test_another_type_of_the_same_key_is_refused(
    warnings: list[str], deployed_type: str, key_type: str
) -> None:
    changes = f"^The type of the records' key 'number' changes from {deployed_type} to {key_type}, "
    with pytest.raises(pulumi.RunError, match=changes):
        _check("number", deployed_type, "number", key_type)
    assert warnings == []


@pytest.mark.parametrize(
    ("deployed", "deployed_type"),
    [(None, None), ("email", None), ("email", "S")],
    ids=["new stack", "deployed before key_type was an output", "unchanged"],
)
def test_nothing_is_said_of_what_is_new_or_unchanged(
    warnings: list[str], deployed: str | None, deployed_type: str | None
) -> None:
    _check(deployed, deployed_type, "email", "S")
    assert warnings == []
