"""How each resource type is created in the emulator: one small function a type, found by its type token."""

from . import cloudwatch, dynamodb, iam, lambda_, logs, s3, s3_notification, ses, sns, sqs
from .calls import answer
from .registry import Order, create, known_types

# Importing a service's module registers its creators.
_SERVICES = (cloudwatch, dynamodb, iam, lambda_, logs, s3, s3_notification, ses, sns, sqs)

__all__ = ["Order", "answer", "create", "known_types"]
