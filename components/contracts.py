"""What the components take from the handlers: files, names, and how they read schemas and templates.

The one place that knows where the handlers are. What it imports needs no boto3: `pulumi up` has none.
"""

from collections.abc import Mapping
from pathlib import Path

from lambdas import __path__ as _HANDLERS
from lambdas.aws.limits import SQS_MESSAGE_BYTES
from lambdas.aws.rowrelay_error import RowrelayError
from lambdas.core.environment import OnConflict, Variable
from lambdas.core.import_entries import (
    COMPONENTS,
    IMPORT_ID,
    KEY,
    KEY_INDEX,
    MAILING_PARTS,
    OPEN,
    OPEN_INDEX,
    PART,
    REPLACING_PARTS,
    STARTED_AT,
)
from lambdas.core.import_metrics import ImportMetric
from lambdas.core.mail_entries import DUE, DUE_INDEX, EXPIRES_AT, MAIL_ID, OUTBOX
from lambdas.core.mail_metrics import MailMetric
from lambdas.core.mail_template import MailTemplate, TemplateError
from lambdas.core.metrics import DIMENSION, NAMESPACE
from lambdas.core.prefixes import CONTINUATIONS_PREFIX, REPORTS_PREFIX
from lambdas.core.schema import Schema, SchemaError, key_problem, parse_schema, read_document
from lambdas.core.values import is_email
from lambdas.csvfile.encodings import encoding_problem
from lambdas.csvfile.options import DEFAULT_OPTIONS, ReadOptions
from lambdas.csvfile.transform import (
    TRANSFORM_FILE,
    TRANSFORM_FUNCTION,
    TransformError,
    TransformRow,
    compile_transform,
)

HANDLERS = Path(_HANDLERS[0])
# What each handler imports, and so carries.
FOLDERS_OF: Mapping[str, tuple[str, ...]] = {
    "process_csv": ("aws", "core", "csvfile", "process_csv"),
    "insert_records": ("aws", "core", "insert_records"),
    "send_email": ("aws", "core", "send_email"),
    "bookkeeper": ("aws", "core", "bookkeeper"),
}

__all__ = [
    "COMPONENTS",
    "CONTINUATIONS_PREFIX",
    "DEFAULT_OPTIONS",
    "DIMENSION",
    "DUE",
    "DUE_INDEX",
    "EXPIRES_AT",
    "FOLDERS_OF",
    "HANDLERS",
    "IMPORT_ID",
    "KEY",
    "KEY_INDEX",
    "MAILING_PARTS",
    "MAIL_ID",
    "NAMESPACE",
    "OPEN",
    "OPEN_INDEX",
    "OUTBOX",
    "PART",
    "REPLACING_PARTS",
    "REPORTS_PREFIX",
    "SQS_MESSAGE_BYTES",
    "STARTED_AT",
    "TRANSFORM_FILE",
    "TRANSFORM_FUNCTION",
    "ImportMetric",
    "MailMetric",
    "MailTemplate",
    "OnConflict",
    "ReadOptions",
    "RowrelayError",
    "Schema",
    "SchemaError",
    "TemplateError",
    "TransformError",
    "TransformRow",
    "Variable",
    "compile_transform",
    "encoding_problem",
    "is_email",
    "key_problem",
    "parse_schema",
    "read_document",
]
