"""What the components take from the handlers: files, names, and how they read schemas and templates.

The one place that knows where the handlers are. What it imports needs no boto3: `pulumi up` has none.
"""

from collections.abc import Mapping
from pathlib import Path

import lambdas
from lambdas.aws.limits import SQS_MESSAGE_BYTES
from lambdas.aws.rowrelay_error import RowrelayError
from lambdas.core.environment import OnConflict, Variable
from lambdas.core.import_entries import IMPORT_ID, KEY, KEY_INDEX, PART, STARTED_AT
from lambdas.core.mail_entries import MAIL_ID
from lambdas.core.mail_template import MailTemplate, TemplateError
from lambdas.core.prefixes import CONTINUATIONS_PREFIX, REPORTS_PREFIX
from lambdas.core.schema import Schema, SchemaError, parse_schema
from lambdas.core.values import is_email

HANDLERS = Path(lambdas.__path__[0])
# What each handler imports, and so carries.
FOLDERS_OF: Mapping[str, tuple[str, ...]] = {
    "process_csv": ("aws", "core", "csvfile", "process_csv"),
    "insert_records": ("aws", "core", "insert_records"),
    "send_email": ("aws", "core", "send_email"),
}

__all__ = [
    "CONTINUATIONS_PREFIX",
    "FOLDERS_OF",
    "HANDLERS",
    "IMPORT_ID",
    "KEY",
    "KEY_INDEX",
    "MAIL_ID",
    "PART",
    "REPORTS_PREFIX",
    "SQS_MESSAGE_BYTES",
    "STARTED_AT",
    "MailTemplate",
    "OnConflict",
    "RowrelayError",
    "Schema",
    "SchemaError",
    "TemplateError",
    "Variable",
    "is_email",
    "parse_schema",
]
