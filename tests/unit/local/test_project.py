from pathlib import Path

import pytest

from local.errors import EmbeddedAwsError
from local.project import read_project

PROJECT = """
name: shop
runtime: python
config:
  shop:size: {type: integer, default: 10}
  colour: {type: string, description: no default}
  tags: {type: array, items: {type: string}, default: [a, 1]}
  aws:region: {value: eu-west-1}
  short: plain
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "Pulumi.yaml").write_text(PROJECT)
    (tmp_path / "Pulumi.dev.yaml").write_text("config:\n  shop:colour: red\n")
    return tmp_path


def test_defaults_stack_values_and_settings_come_in_that_order(root: Path) -> None:
    (root / "Pulumi.dev.yaml").write_text("config: {'shop:size': 20, 'shop:short': stack}")

    assert read_project(root, "dev", {}).config["shop:size"] == "20"
    assert read_project(root, "dev", {"size": "30"}).config["shop:size"] == "30"
    config = read_project(root, "dev", {"shop:size": "30", "colour": "blue"}).config
    assert config == {
        "shop:size": "30",
        "shop:short": "stack",
        "shop:colour": "blue",
        "shop:tags": '["a", 1]',
        "aws:region": "eu-west-1",
    }


def test_a_setting_declared_without_a_default_has_no_value(root: Path) -> None:
    (root / "Pulumi.dev.yaml").write_text("")
    assert "shop:colour" not in read_project(root, "dev", {}).config


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("true", "true"),
        ("1.0", "1.0"),
        ("0o17", "0o17"),
        ("2026-01-31", "2026-01-31"),
        ("'7'", "7"),
        ("[1, true, x]", '[1, true, "x"]'),
        ("{a: {b: 1}}", '{"a": {"b": 1}}'),
        ("[]", "[]"),
    ],
)
def test_values_are_texts_as_written_and_json(root: Path, written: str, text: str) -> None:
    (root / "Pulumi.dev.yaml").write_text(f"config:\n  shop:colour: {written}\n")
    assert read_project(root, "dev", {}).config["shop:colour"] == text


def test_an_undeclared_setting_is_an_error_that_names_the_declared(root: Path) -> None:
    with pytest.raises(EmbeddedAwsError, match=r"no setting shop:colr\. .*shop:colour, shop:short"):
        read_project(root, "dev", {"colr": "red"})


def test_settings_of_other_namespaces_pass(root: Path) -> None:
    assert read_project(root, "dev", {"aws:profile": "x"}).config["aws:profile"] == "x"


def test_a_stack_that_does_not_exist_is_an_error_that_names_those_that_do(root: Path) -> None:
    with pytest.raises(EmbeddedAwsError, match=r"no stack 'prod' here; there are: dev"):
        read_project(root, "prod", {})


def test_an_encrypted_value_is_an_error(root: Path) -> None:
    (root / "Pulumi.dev.yaml").write_text("config:\n  shop:colour:\n    secure: AAAB\n")
    with pytest.raises(EmbeddedAwsError, match=r"shop:colour in Pulumi\.dev\.yaml is encrypted"):
        read_project(root, "dev", {})


def test_a_file_that_is_no_yaml_is_an_error(root: Path) -> None:
    (root / "Pulumi.dev.yaml").write_text("config: [")
    with pytest.raises(EmbeddedAwsError, match=r"Pulumi\.dev\.yaml is no YAML"):
        read_project(root, "dev", {})


def test_a_folder_without_a_project_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(EmbeddedAwsError, match=r"Cannot read .*Pulumi\.yaml"):
        read_project(tmp_path, "dev", {})
