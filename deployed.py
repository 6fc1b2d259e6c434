"""What this run of the program changes of the stack as the last `pulumi up` left it."""

import pulumi


def check_key(key: str, key_type: str) -> pulumi.Resource:
    """Warn of another key than the deployed one; refuse another type of the same key.

    DynamoDB changes neither in place. For another key the provider replaces the table. Another type of the
    same key it does not see as a change: the table would stay, and refuse every record.
    https://github.com/hashicorp/terraform-provider-aws/issues/23618

    The deployed key is read from the stack's own outputs, which a stack that is new does not have; one that
    an older program deployed may lack the type, which then is not compared:
    https://www.pulumi.com/docs/iac/concepts/stacks/#stackreferences

    They must have been read before the engine saves the state again, as it does with each resource. In a
    folder (`pulumi login --local`) it does not replace a file's attributes in one step, and a reader between
    gets "failed to load checkpoint: EOF":
    https://github.com/google/go-cloud/blob/master/blob/fileblob/attrs.go

    Args:
        key: The column that the records are to be keyed by.
        key_type: Its type in DynamoDB, S or N.

    Returns:
        What every resource of the program has to depend on.

    Raises:
        RunError: The type is known and differs; when the outputs are known.
    """
    stack = f"{pulumi.get_organization()}/{pulumi.get_project()}/{pulumi.get_stack()}"
    before = pulumi.StackReference(stack)
    deployed = pulumi.Output.all(before.get_output("key"), before.get_output("key_type"))
    deployed.apply(lambda known: _check(known[0], known[1], key, key_type))
    return before


def _check(deployed: str | None, deployed_type: str | None, key: str, key_type: str) -> None:
    if deployed is None:
        return
    if deployed != key:
        pulumi.log.warn(
            f"The records' key changes from {deployed!r} to {key!r}. `pulumi up` then replaces the table: "
            "a new, empty one takes its place, and the old one is deleted with every record in it. "
            "To keep the records, leave the schema's primaryKey as it is, or deploy the new schema as "
            "another stack."
        )
    elif deployed_type is not None and deployed_type != key_type:
        raise pulumi.RunError(
            f"The type of the records' key {key!r} changes from {deployed_type} to {key_type}, which neither "
            "DynamoDB nor Pulumi's provider does to a table that exists: every record would be refused. "
            "Leave the field's type in the schema as it is, or deploy the new schema as another stack."
        )
