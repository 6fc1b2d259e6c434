"""What runs in AWS: the handlers and what they share. Nothing in here knows of Pulumi.

Imports run one way: aws, core, csvfile, handlers.
"""
