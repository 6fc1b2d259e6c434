"""How it grows: time, processor time and calls against rows, as a plot in the docs."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from .end_to_end import Run

PLOT = Path(__file__).parents[1] / "docs" / "growth.svg"
_SERIES: Mapping[str, Callable[[Run], float]] = {
    "seconds to the last mail": lambda run: run.last_mail,
    "processor seconds": lambda run: run.usage.emulator_seconds + run.usage.function_seconds,
    "calls to AWS": lambda run: run.usage.calls.total(),
}


# Dashed: as AWS answers.
_STYLES = ("o-C0", "s-C1", "o--C0", "s--C1")


def plot(runs: Mapping[str, Sequence[Run]]) -> None:
    """Draw the runs of each pipeline, by their rows: the two, and then the two as AWS answers."""
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams["svg.hashsalt"] = "rowrelay"  # the same figures, the same file
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(1, len(_SERIES), figsize=(12, 4), layout="constrained")
    for axis, (name, value) in zip(axes, _SERIES.items(), strict=True):
        for (pipeline, of), style in zip(runs.items(), _STYLES, strict=True):
            axis.loglog([run.rows for run in of], list(map(value, of)), style, label=pipeline)
        axis.set_xlabel("rows")
        axis.set_title(name)
        axis.grid(visible=True, which="major", alpha=0.3)
        axis.legend()
    figure.savefig(PLOT, metadata={"Date": None})
