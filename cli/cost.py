"""`rowrelay cost`: what an import of so many rows costs on AWS, how long it takes, and what idling costs."""

import json
import math
from dataclasses import dataclass
from datetime import timedelta

from rich.table import Table

from operations import idle, prices
from operations.load import Load
from operations.text import count

from .printer import Printer

# A transaction takes two write units a KB, another write one. A record and a claim have less than one KB; a
# receipt of fifty mails has five.
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
_TRANSACTED, _PLAIN = 2, 1
_RECEIPT_KB = 5
_ROWS_A_CHUNK, _MAILS_A_CALL = 100, 50
# What a message carries for a row, invocations, and the functions' GB-seconds: `make bench` measures them.
_BYTES_A_ROW = 155
_CHUNKS_AN_INVOCATION, _MAILS_AN_INVOCATION = 10, 1000
_SECONDS_A_ROW = {"process_csv": 0.00006, "insert_records": 0.0007, "send_email": 0.0009}
_GB = {"process_csv": 1769 / 1024, "insert_records": 1.0, "send_email": 1.0}
# A new table on demand: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/on-demand-capacity-mode.html
_NEW_TABLE_UNITS_A_SECOND = 4000
# What SES often allows an account that has just left the sandbox; the console shows what it allows yours:
# https://docs.aws.amazon.com/ses/latest/dg/manage-sending-quotas.html
MAILS_A_SECOND, MAILS_A_DAY = 14, 50_000
_DAY = 86_400


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
        mail_calls = math.ceil(rows / _MAILS_A_CALL)
        import_ledger = chunks * _PLAIN + mail_calls * _TRANSACTED
        carried = math.ceil(rows * _BYTES_A_ROW / prices.SQS_REQUEST_BYTES)
        writers = math.ceil(chunks / _CHUNKS_AN_INVOCATION)
        return Load(
            mails=rows,
            write_units=self._record_units + self._mail_ledger_units + import_ledger,
            sqs_requests=2 * carried + writers,  # sent, received, and deleted by the batch
            invocations=1 + writers + math.ceil(rows / _MAILS_AN_INVOCATION),
            gb_seconds=sum(rows * seconds * _GB[name] for name, seconds in _SECONDS_A_ROW.items()),
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
            "a new mail ledger": self._mail_ledger_units / _NEW_TABLE_UNITS_A_SECOND,
        }

    @property
    def _record_units(self) -> int:
        return self.rows * _PLAIN

    @property
    def _mail_ledger_units(self) -> int:
        receipts = math.ceil(self.rows / _MAILS_A_CALL * _RECEIPT_KB)
        return self.rows * _PLAIN + receipts * _TRANSACTED

    def as_json(self) -> str:
        """The object that `--json` prints."""
        return json.dumps(
            {
                "rows": self.rows,
                "dollars": self.load.dollars(),
                "total_dollars": sum(self.load.dollars().values()),
                "seconds": self.seconds,
                "idle_dollars_a_month": idle.dollars_a_month(),
                "prices": {"as_of": prices.AS_OF, "region": prices.REGION},
            }
        )


def run_cost(plan: Plan, *, as_json: bool) -> bool:
    """Show what the import costs; gives True, for this cannot fail."""
    print(plan.as_json()) if as_json else _show(Printer(), plan)
    return True


def _show(printer: Printer, plan: Plan) -> None:
    printer.line(f"{count(plan.rows, 'row')}, at the prices of {prices.AS_OF} in {prices.REGION}:")
    printer.console.print(_table("Service", plan.load.dollars()), "")
    limit, seconds = max(plan.seconds.items(), key=lambda each: each[1])
    printer.line(f"It takes {_duration(seconds)} at least, by {limit}:")
    for name, of in plan.seconds.items():
        printer.line(f"  {name}: {_duration(of)}")
    printer.console.print()
    printer.line("Besides, every month, without what is stored:")
    printer.console.print(_table("While idle", idle.dollars_a_month()))


def _table(head: str, dollars: dict[str, float]) -> Table:
    table = Table(head, box=None, padding=(0, 2, 0, 0))
    table.add_column("Dollars", justify="right")
    for name, price in {**dollars, "all": sum(dollars.values())}.items():
        table.add_row(name, f"{price:,.4f}")
    return table


def _duration(seconds: float) -> str:
    return str(timedelta(seconds=math.ceil(seconds)))
