"""Classification of signals in several representations, against the number of labelled training samples."""

from collections.abc import Mapping
from typing import Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from symscope.plotting.style import BLUE, GREY, INK, ORANGE, PINK, figure_style, new_figure
from symscope.report.adaptor import MODEL_NAMES
from symscope.report.lens import lens_name
from symscope.training.adaptor import AdaptorResult

COLUMNS = 2
LOOKS: Mapping[str, tuple[str, Literal["-", "--"], str]] = {
    "true": (INK, "--", "D"),
    "learned": (BLUE, "-", "o"),
    "raw": (ORANGE, "-", "s"),
    "mlp": (PINK, "-", "^"),
}
"""Colour, line and mark of each model."""
_SPREAD = 0.06
"""Width over which the marks of the models at one number of samples are spread, as a share of a decade."""


def plot_adaptor(results: Mapping[str, AdaptorResult]) -> Figure:
    """Draw the accuracy on test signals against the number of training samples: marks for seeds, lines for their mean.

    Parameters
    ----------
    results
        Role, such as ``gaussian_permuted``, to the result of its study; one panel each.

    Returns
    -------
    Figure
        9.6 inches wide, two panels in a row.
    """
    rows = -(-len(results) // COLUMNS)
    with figure_style():
        figure = new_figure(9.6, 2.75 * rows + 0.75)
        panels = figure.subplots(rows, min(COLUMNS, len(results)), squeeze=False, sharey=True)
        for panel in panels.ravel()[len(results) :]:
            panel.set_axis_off()
        for panel, (role, result) in zip(panels.ravel(), results.items(), strict=False):
            panel.set_title(lens_name(role))
            _draw(panel, result)
            panel.set_xlabel("labelled training samples")
        for panel in panels[:, 0]:
            panel.set_ylabel("accuracy on test signals")
        shown = next(iter(results.values())).models
        figure.legend(handles=[_key(model) for model in shown], loc="outside upper left", ncols=2)
    return figure


def _key(model: str) -> Line2D:
    colour, line, mark = LOOKS[model]
    return Line2D([], [], color=colour, linestyle=line, marker=mark, markersize=4, label=MODEL_NAMES[model])


def _draw(panel: Axes, result: AdaptorResult) -> None:
    chance = 1 / result.n_classes
    panel.axhline(chance, color=GREY, linewidth=0.8, linestyle=":")
    panel.annotate(
        "guessing",
        (1, chance),
        (0, 2),
        xycoords=("axes fraction", "data"),
        textcoords="offset points",
        ha="right",
        fontsize=8,
        color=GREY,
    )
    sizes = np.array(result.sizes, dtype=np.float64)
    offsets = 10 ** (_SPREAD * (np.arange(len(result.models)) / max(len(result.models) - 1, 1) - 0.5))
    for scores, model, offset in zip(result.accuracy, result.models, offsets, strict=True):
        colour, line, mark = LOOKS[model]
        panel.plot(sizes * offset, scores.mean(axis=-1), color=colour, linestyle=line)
        panel.plot(
            np.repeat(sizes * offset, len(result.seeds)),
            scores.ravel(),
            color=colour,
            linestyle="",
            marker=mark,
            markersize=4,
            alpha=0.6,
            markeredgewidth=0,
        )
    panel.set_xscale("log")
    panel.xaxis.set_major_locator(FixedLocator(sizes.tolist()))
    panel.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    panel.xaxis.set_minor_locator(NullLocator())
    panel.set_ylim(min(chance, float(result.accuracy.min())) - 0.04, 1.01)
    panel.grid(axis="y")
