"""What the components take from the handlers: files, names, and how they read schemas and templates.

The one place that knows where the handlers are.
"""

from pathlib import Path

import lambdas
from lambdas.process_csv.checkpoint import PREFIX as CONTINUATIONS_PREFIX
from lambdas.process_csv.reports import PREFIX as REPORTS_PREFIX
from lambdas.shared.limits import SQS_MESSAGE_BYTES
from lambdas.shared.mail_template import MailTemplate, TemplateError
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
