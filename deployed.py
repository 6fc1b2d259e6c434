"""What this run of the program changes of the stack as the last `pulumi up` left it."""

import pulumi


def warn_of_new_key(key: str) -> None:
    """Warn if the records' key is another than the deployed one: DynamoDB cannot change it in place.

    The deployed key is read from the stack's own output `key`, which a stack that is new does not have.
    https://www.pulumi.com/docs/iac/concepts/stacks/#stackreferences

    Args:
        key: The column that the records are to be keyed by.
    """
    stack = f"{pulumi.get_organization()}/{pulumi.get_project()}/{pulumi.get_stack()}"
    pulumi.StackReference(stack).get_output("key").apply(lambda deployed: _warn(deployed, key))


def _warn(deployed: str | None, key: str) -> None:
    if deployed not in (None, key):
        pulumi.log.warn(
            f"The records' key changes from {deployed!r} to {key!r}. `pulumi up` then replaces the table: "
            "a new, empty one takes its place, and the old one is deleted with every record in it. "
            "To keep the records, leave the schema's primaryKey as it is, or deploy the new schema as "
            "another stack."
        )
