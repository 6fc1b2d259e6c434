"""What an import of so many rows costs on AWS, how long it takes, and what a month without imports costs."""

import math
from dataclasses import dataclass
from typing import Any

from . import prices
from .bookkeeper_cost import idle_month_load
from .load import Load

# A transaction takes two write units a KB, another write one, and so does an entry that is put into an index
# or taken out. A record and a mail's item have less than one KB; a receipt has a tenth of one for each mail.
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html#GSI.ThroughputConsiderations.Writes
_TRANSACTED, _PLAIN, _INDEXED = 2, 1, 1
_RECEIPT_KB_A_MAIL = 0.1
# A mail that leaves at once is claimed. One that is owed is entered, claimed, and taken from its list.
_AT_ONCE, _OWED, _LISTED = _PLAIN, 3 * _PLAIN, 2 * _INDEXED
# Of each group of mails: whether the door is open and the import is to be sent.
_GROUP_READS = 3
_ROWS_A_CHUNK, _MAILS_A_CALL = 100, 50
# What a message carries for a row, invocations, and the functions' GB-seconds: `make bench` measures them.
_BYTES_A_ROW = 155
_CHUNKS_AN_INVOCATION, _MAILS_AN_INVOCATION = 10, 1000
_SECONDS_A_ROW = {"process_csv": 0.00006, "insert_records": 0.0007, "send_email": 0.0009}
_GB = {"process_csv": 1769 / 1024, "insert_records": 1.0, "send_email": 1.0, "mail_round": 1.0}
# A new table on demand: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/on-demand-capacity-mode.html
_NEW_TABLE_UNITS_A_SECOND = 4000
# What SES often allows an account that has just left the sandbox; the console shows what it allows yours:
# https://docs.aws.amazon.com/ses/latest/dg/manage-sending-quotas.html
MAILS_A_SECOND, MAILS_A_DAY = 14, 50_000
_DAY = 86_400
# What a deployed stack has, imports or not.
POLLED_QUEUES = 1
ALARMS = 27
DASHBOARDS = 1
ROUNDS_A_MINUTE = 1
# Lambda polls a queue by five long polls at once, where the mapping has a maximum concurrency:
# https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
_POLLERS = 5
# The longest that a poll waits, which AWS does not promise that Lambda's do:
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/best-practices-setting-up-long-polling.html
_POLL_SECONDS = 20
# A round with nothing owed asks the index for the imports that owe mails, for what is held and for what is
# undeliverable (half a unit each), and reads whether the door is open, and all is paused (a unit each). An
# answer without items costs as much: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
_IDLE_ROUND_SECONDS = 0.05  # an estimate
_IDLE_ROUND_READS = 3 * 0.5 + 2
_MONTH_SECONDS = 30 * _DAY


@dataclass(frozen=True)
class Plan:
    """An import to come: its rows, all of them good and new."""

    rows: int
    mails_a_second: float
    mails_a_day: int

    @property
    def load(self) -> Load:
        """What it makes AWS do."""
        rows = self.rows
        chunks = math.ceil(rows / _ROWS_A_CHUNK)
        import_ledger = chunks * _PLAIN + self._groups * _TRANSACTED
        carried = math.ceil(rows * _BYTES_A_ROW / prices.SQS_REQUEST_BYTES)
        writers = math.ceil(chunks / _CHUNKS_AN_INVOCATION)
        return Load(
            mails=rows,
            write_units=self._record_units + self._mail_ledger_units + import_ledger,
            read_units=self._groups * _GROUP_READS + (rows if self._waits else 0),
            sqs_requests=2 * carried + writers,  # sent, received, and deleted by the batch
            invocations=1 + writers + math.ceil(rows / _MAILS_AN_INVOCATION),
            gb_seconds=sum(rows * seconds * _GB[name] for name, seconds in _SECONDS_A_ROW.items())
            + (rows / self.mails_a_second * _GB["mail_round"] if self._waits else 0),
            s3_puts=2,
            s3_gets=1,
        )

    @property
    def seconds(self) -> dict[str, float]:
        """How long each limit makes it take; the longest counts."""
        by_day = max(0, math.ceil(self.rows / self.mails_a_day) - 1) * _DAY
        return {
            "SES's sending rate": self.rows / self.mails_a_second,
            "SES's daily quota": by_day,
            "a new table": self._record_units / _NEW_TABLE_UNITS_A_SECOND,
            "a new mail ledger": self._mail_table_units / _NEW_TABLE_UNITS_A_SECOND,
        }

    @property
    def _record_units(self) -> int:
        return self.rows * _PLAIN

    @property
    def _waits(self) -> bool:
        """Whether the import brings more mails than SES takes in a second, so that rounds send them."""
        return self.rows > self.mails_a_second

    @property
    def _groups(self) -> int:
        """How many groups the mails go in."""
        together = max(1, min(_MAILS_A_CALL, int(self.mails_a_second))) if self._waits else _MAILS_A_CALL
        return math.ceil(self.rows / together)

    @property
    def _mail_ledger_units(self) -> int:
        return self._mail_table_units + (self.rows * _LISTED if self._waits else 0)

    @property
    def _mail_table_units(self) -> int:
        """What the table itself takes; its index has a limit of its own."""
        receipt = math.ceil(self.rows / self._groups * _RECEIPT_KB_A_MAIL) * _TRANSACTED
        return self.rows * (_OWED if self._waits else _AT_ONCE) + self._groups * receipt

    def as_json(self) -> dict[str, Any]:
        """Returns what `--json` prints."""
        return {
            "rows": self.rows,
            "dollars": self.load.dollars(),
            "total_dollars": sum(self.load.dollars().values()),
            "seconds": self.seconds,
            "idle_dollars_a_month": idle_dollars_a_month(),
            "prices": {"as_of": prices.AS_OF, "region": prices.REGION},
        }


def idle_dollars_a_month() -> dict[str, float]:
    """Returns what a month without imports costs, besides what is stored; by what is charged.

    Lambda's polls of the table's stream are not: https://aws.amazon.com/dynamodb/pricing/on-demand/
    Nor are the metrics of rounds and bookkeeper, which report none while no mail waits, for sending or for a
    decision, and no import is open.
    """
    polls = POLLED_QUEUES * _POLLERS * _MONTH_SECONDS / _POLL_SECONDS
    return {
        "SQS, polled by Lambda": polls * prices.SQS_REQUEST,
        "Rounds": sum(_idle_rounds().dollars().values()),
        "Bookkeeper": sum(idle_month_load().dollars().values()),
        "CloudWatch alarms": ALARMS * prices.ALARM_MONTH,
        "CloudWatch dashboard": DASHBOARDS * prices.DASHBOARD_MONTH,
    }


def _idle_rounds() -> Load:
    """What a month of rounds with nothing to send makes AWS do."""
    rounds = ROUNDS_A_MINUTE * _MONTH_SECONDS / 60
    return Load(
        read_units=rounds * _IDLE_ROUND_READS,
        invocations=rounds,
        gb_seconds=rounds * _IDLE_ROUND_SECONDS * _GB["mail_round"],
    )
