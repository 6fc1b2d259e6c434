"""Rowrelay's components: CSV files to rows in a queue, rows to records, records to mails."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .exports import *  # noqa: F403  # its __all__ says what
else:
    from importlib import import_module
    from importlib.util import find_spec

    def __getattr__(name: str) -> Any:
        """Load what `exports` has when it is first asked for: https://peps.python.org/pep-0562/.

        Pulumi and its AWS modules take a second, and the installed command, which is part of this package,
        does without them where it can.
        """
        # `from . import defaults` asks here first, and then looks for the module by itself.
        if find_spec(f"{__name__}.{name}") is None:
            exports = import_module(f"{__name__}.exports")
            if name == "__all__" or name in exports.__all__:
                return getattr(exports, name)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
