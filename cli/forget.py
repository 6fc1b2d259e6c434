"""`rowrelay forget`: a person's record and mail are erased, and what is left where is said."""

import json

from operations.forget import LEFT, Forgetting
from operations.stack import find_stack

from .options import Options, confirm
from .printer import printing

_NOTHING = "Nothing was erased: no record has this key, as you gave it or as an import writes it."


def run_forget(stack_name: str | None, key: str, options: Options) -> bool:
    """Erase the record of this key; returns True, for what fails is raised."""
    left = list(LEFT)
    forgetting = Forgetting.of(find_stack(stack_name), key)
    record = forgetting.find()
    with printing(as_json=options.as_json) as printer:
        if record:
            confirm("Erase the record, and what the mail ledger has of it?", options, to_look="")
            left = forgetting.carry_out(record)
        printer.line("Erased." if record else _NOTHING)
        printer.line("What may be left:")
        for each in left:
            printer.line(f"  {each}")
    if options.as_json:
        print(json.dumps({"erased": bool(record), "left": left}), flush=True)
    return True
