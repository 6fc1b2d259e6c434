"""What the components take from the handlers: files, names, and how they read schemas and templates.

The one place that knows where the handlers are. What it imports needs no boto3: `pulumi up` has none.
"""

from pathlib import Path

import lambdas
from lambdas.shared.limits import SQS_MESSAGE_BYTES
from lambdas.shared.mail_template import MailTemplate, TemplateError
from lambdas.shared.prefixes import CONTINUATIONS_PREFIX, REPORTS_PREFIX
from lambdas.shared.schema import Schema, SchemaError, parse_schema
from lambdas.shared.values import is_email

HANDLERS = Path(lambdas.__path__[0])

__all__ = [
    "CONTINUATIONS_PREFIX",
    "HANDLERS",
    "REPORTS_PREFIX",
    "SQS_MESSAGE_BYTES",
    "MailTemplate",
    "Schema",
    "SchemaError",
    "TemplateError",
    "is_email",
    "parse_schema",
]
