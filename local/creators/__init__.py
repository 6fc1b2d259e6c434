"""How each resource type is created in the emulator: one small function a type, found by its type token."""

from . import cloudwatch, dynamodb, events, iam, kms, lambda_, logs, s3, s3_notification, ses, sns, sqs
from .data_sources import data_source
from .registry import NewResource, create, known_types

# Importing a service's module registers its creators.
_SERVICES = (cloudwatch, dynamodb, events, iam, kms, lambda_, logs, s3, s3_notification, ses, sns, sqs)

__all__ = ["NewResource", "create", "data_source", "known_types"]
