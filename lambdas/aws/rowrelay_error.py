"""The root of Rowrelay's own errors."""


class RowrelayError(Exception):
    """What Rowrelay itself finds wrong, as against what AWS or Python raises."""
