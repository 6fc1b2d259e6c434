"""The Pulumi project that the operations belong to."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
