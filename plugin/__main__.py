"""Rowrelay's components for programs in any language: `pulumi package add` of this folder runs it.

Pulumi fetches the whole repository and runs this folder in it, so the components are the clone's own.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from components.provider import serve

serve()
