"""A Pulumi plugin that answers for the AWS provider, over the creators of the embedded AWS."""
