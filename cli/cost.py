"""`rowrelay cost`: what an import of so many rows costs on AWS, how long it takes, and what idling costs."""

import json
import math
from datetime import timedelta

from rich.table import Table

from operations import prices
from operations.bookkeeper_cost import bookkeeper_dollars
from operations.cost import Plan, idle_dollars_a_month
from operations.text import count

from .printer import Printer


def run_cost(plan: Plan, *, as_json: bool) -> bool:
    """Show what the import costs; returns True, for this cannot fail."""
    if as_json:
        print(json.dumps({**plan.as_json(), "bookkeeper_dollars": bookkeeper_dollars(plan.rows)}))
    else:
        _show(Printer(), plan)
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
    printer.console.print(_table("While idle", idle_dollars_a_month()), "")
    printer.line("The bookkeeper takes of that, or besides:")
    printer.console.print(_table("Bookkeeper", bookkeeper_dollars(plan.rows), total=False))


def _table(head: str, dollars: dict[str, float], *, total: bool = True) -> Table:
    table = Table(head, box=None, padding=(0, 2, 0, 0))
    table.add_column("Dollars", justify="right")
    shown = {**dollars, "all": sum(dollars.values())} if total else dollars
    for name, price in shown.items():
        table.add_row(name, f"{price:,.4f}")
    return table


def _duration(seconds: float) -> str:
    return str(timedelta(seconds=math.ceil(seconds)))
