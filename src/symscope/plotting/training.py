"""How training went, all seeds at once."""

from collections.abc import Mapping

import numpy as np
from jaxtyping import Float, Num
from matplotlib.figure import Figure
from numpy import ndarray

from symscope.plotting.style import BLUE, GREY, INK, figure_style, new_figure

COLUMNS = 2


def plot_training_history(
    history: Mapping[str, Float[ndarray, "seed step"]],
    steps: Num[ndarray, " step"],
    *,
    labels: Mapping[str, str] | None = None,
    step_label: str = "step",
) -> Figure:
    """Draw each logged quantity against the step: a thin line for each seed, a thick one for the median.

    Parameters
    ----------
    history
        Quantity name to values over seeds and logged steps.
    steps
        The logged steps.
    labels
        Titles of the quantities; by default their names with spaces.
    step_label
        Label of the horizontal axis.

    Returns
    -------
    Figure
        9.6 inches wide, two panels in a row.
    """
    labels = labels or {}
    with figure_style():
        n_rows = -(-len(history) // COLUMNS)
        figure = new_figure(9.6, 2.6 * n_rows + 0.3)
        panels = figure.subplots(n_rows, COLUMNS, sharex=True, squeeze=False).ravel()
        for panel, (name, values) in zip(panels, history.items(), strict=False):
            panel.plot(steps, values.T, color=BLUE, alpha=0.3, linewidth=0.9)
            finite = np.isfinite(values).any(axis=0)
            panel.plot(steps[finite], np.nanmedian(values[:, finite], axis=0), color=INK, linewidth=1.8)
            panel.set_title(labels.get(name, name.replace("_", " ")))
            panel.grid(axis="y")
        for panel in panels[len(history) :]:
            panel.set_axis_off()
        for panel in panels[max(0, len(history) - COLUMNS) : len(history)]:
            panel.set_xlabel(step_label)
            panel.tick_params(labelbottom=True)
        n_seeds = len(next(iter(history.values()))) if history else 0
        figure.supxlabel(f"thin: {n_seeds} seeds; thick: median", fontsize=9, color=GREY)
    return figure
