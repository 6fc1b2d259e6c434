"""What the package exports."""

import warnings

import pulumi_aws as aws

with warnings.catch_warnings():
    # A package of pulumi_aws is loaded when it is first used, and may warn then of deprecated resources in it
    # that nobody uses. Loaded in silence here; a warning that comes later is of our own doing (none must).
    warnings.simplefilter("ignore", DeprecationWarning)
    _LOADED = (
        aws.cloudwatch.LogGroup,
        aws.dynamodb.Table,
        aws.iam.Role,
        aws.lambda_.Function,
        aws.s3.Bucket,
        aws.sesv2.EmailIdentity,
        aws.sqs.Queue,
    )

from .alarm_args import AlarmArgs
from .buffered_writer import BufferedWriter, BufferedWriterArgs
from .contracts import TransformRow
from .csv_ingest import CsvIngest, CsvIngestArgs
from .dashboard import create_dashboard
from .files import load_mail, load_schema, load_transform
from .function_args import FunctionArgs, VpcArgs
from .import_ledger import ImportLedger, ImportLedgerArgs
from .problems import ArgumentsError
from .references import BucketReference, ImportLedgerReference, QueueReference, TableReference
from .stream_notifier import MailTexts, StreamNotifier, StreamNotifierArgs

# What the plugin offers to programs in other languages.
COMPONENTS = (CsvIngest, BufferedWriter, StreamNotifier, ImportLedger)

__all__ = [
    "COMPONENTS",
    "AlarmArgs",
    "ArgumentsError",
    "BucketReference",
    "BufferedWriter",
    "BufferedWriterArgs",
    "CsvIngest",
    "CsvIngestArgs",
    "FunctionArgs",
    "ImportLedger",
    "ImportLedgerArgs",
    "ImportLedgerReference",
    "MailTexts",
    "QueueReference",
    "StreamNotifier",
    "StreamNotifierArgs",
    "TableReference",
    "TransformRow",
    "VpcArgs",
    "create_dashboard",
    "load_mail",
    "load_schema",
    "load_transform",
]
