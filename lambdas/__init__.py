"""The three handlers and what they share. Nothing in here knows of Pulumi."""
