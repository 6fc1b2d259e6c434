"""What both functions are made of: those that the table's stream invokes, and that run the rounds."""

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from ..aws.clients import client
from ..core.environment import Variable, bundled, setting
from ..core.import_ledger import import_ledger
from ..core.mail_gate import MailGate
from ..core.mail_ledger import MailLedger
from ..core.mail_template import MailTemplate
from .delivery import Delivery
from .ses_sender import SesSender

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


@dataclass(frozen=True)
class SetUp:
    """The client, the settings, and what delivers mails."""

    dynamodb: "DynamoDBClient"
    mails_table: str
    imports_table: str
    expire_days: int
    delivery: Delivery


@cache
def set_up() -> SetUp:
    """Returns them, made once a process, so that warm invocations reuse its connections."""
    dynamodb = client("dynamodb")
    mails = setting(Variable.MAILS_TABLE)
    expire_days = int(setting(Variable.LEDGERS_EXPIRE_DAYS))
    ses_sender = SesSender(
        ses=client("sesv2"),
        template=MailTemplate.parse(**bundled("mail.json")),
        sender=setting(Variable.SENDER),
        configuration_set=setting(Variable.CONFIGURATION_SET),
        address_column=setting(Variable.ADDRESS_COLUMN),
    )
    ledger = MailLedger(dynamodb, mails, import_ledger(dynamodb), expire_days)
    claim_seconds = float(setting(Variable.CLAIM_SECONDS))
    delivery = Delivery(ses_sender, ledger, MailGate(dynamodb, mails), claim_seconds)
    return SetUp(dynamodb, mails, setting(Variable.IMPORTS_TABLE), expire_days, delivery)
