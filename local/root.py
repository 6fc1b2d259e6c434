"""Where Rowrelay's Pulumi program is."""

from pathlib import Path

_TOP = Path(__file__).resolve().parent.parent
_CARRIED = _TOP / "program"
# Whether this is the installed package, which carries the program; in the repository it stands at the top.
INSTALLED = _CARRIED.is_dir()
ROOT = _CARRIED if INSTALLED else _TOP
