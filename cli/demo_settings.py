"""The settings that the demo deploys with, where its options differ from those of Pulumi.local.yaml."""

from collections.abc import Mapping
from pathlib import Path

from lambdas.core.schema import Schema
from local.root import ROOT
from operations.errors import UsageError

from .inputs import Inputs, read_inputs

STACK = "local"
_ADDRESS = "rowrelay:addressColumn"


def demo_settings(inputs: Inputs) -> dict[str, str]:
    """Returns settings by name, after the whole of them was checked: a mail must fit another schema, too.

    Raises:
        UsageError: what an option or a setting names cannot be used.
        EmbeddedAwsError: the stack's settings cannot be read.
    """
    paths = {"schema": inputs.schema, "transformRows": inputs.transform, "mail": inputs.mail}
    settings = {name: str(Path(path).absolute()) for name, path in paths.items() if path}
    settings |= {"encoding": inputs.encoding} if inputs.encoding else {}
    if not settings:
        return {}
    from local.project import read_project  # not before: most demos do without

    config = read_project(ROOT, STACK, settings).config
    read = read_inputs(
        Inputs(
            schema=_path(config, "schema"),
            transform=_path(config, "transformRows"),
            mail=_path(config, "mail"),
            encoding=config["rowrelay:encoding"],
        )
    )
    return settings | _address_column(read.schema, config)


def _path(config: Mapping[str, str], name: str) -> str | None:
    text = config[f"rowrelay:{name}"]
    return str(ROOT / text) if text else None


def _address_column(schema: Schema, config: Mapping[str, str]) -> dict[str, str]:
    """Returns the setting of the column that mails go to, where the schema has another."""
    column = config[_ADDRESS]
    if column in schema.columns:
        return {}
    addresses = [field.name for field in schema.fields if (field.type, field.format) == ("string", "email")]
    if len(addresses) != 1:
        found = ", ".join(addresses or schema.columns)
        raise UsageError(
            f"the schema has no column {column}, which the mails would go to, and "
            f"{'several' if addresses else 'none'} of format email: {found}. Name the column in "
            f"Pulumi.{STACK}.yaml as {_ADDRESS}."
        )
    return {"addressColumn": addresses[0]}
