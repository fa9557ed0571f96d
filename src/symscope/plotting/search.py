"""How something was found: losses on the way, singular values, scales that were tried."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from jaxtyping import Float, Num
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy import ndarray

from symscope.plotting.style import BLUE, GREY, INK, ORANGE, figure_style, new_figure

LOWEST = 1e-16
"""Singular values below are drawn here."""
STILL = 1e-5
"""Relative change of a logged quantity below which it is not drawn."""
ROW = 2.35
"""Height of a row of panels [inches]."""


@dataclass(frozen=True, kw_only=True)
class Search:
    """What is known of the way to a result; all of it may be empty."""

    history: Mapping[str, Float[ndarray, "seed step"]] = field(default_factory=dict)
    """Logged quantities."""
    steps: Num[ndarray, " step"] = field(default_factory=lambda: np.zeros(0))
    """The steps at which they were logged."""
    step_label: str = "step"
    """What a step is."""
    spectrum: Float[ndarray, "seed value"] | None = None
    """Singular values of each seed, or part of the events."""
    whole: Float[ndarray, " value"] | None = None
    """Those of all events together."""
    threshold: float | None = None
    """Below which a singular value counts as zero."""
    tried: Mapping[str, Float[ndarray, "seed candidate"]] = field(default_factory=dict)
    """Norms of the generator that were tried, and the loss at each."""

    @property
    def moving(self) -> dict[str, Float[ndarray, "seed step"]]:
        """Logged quantities that change on the way; the others are settings and no news."""
        return {name: values for name, values in self.history.items() if _changes(values)}

    @property
    def panels(self) -> int:
        """How many panels there are to draw."""
        return len(self.moving) + (self.spectrum is not None) + ("loss" in self.tried)


def plot_search(search: Search) -> Figure:
    """Draw one panel for each logged quantity, for the singular values, and for the scales that were tried.

    Returns
    -------
    Figure
        9.6 inches wide.
    """
    count = search.panels
    columns = max(1, min(3, count))
    rows = max(1, -(-count // columns))
    with figure_style():
        figure = new_figure(9.6, ROW * rows + 0.3)
        panels = figure.subplots(rows, columns, squeeze=False).ravel().tolist()
        for spare in panels[count:]:
            spare.set_axis_off()
        rest = iter(panels)
        if search.spectrum is not None:
            _draw_spectrum(next(rest), search)
        if "loss" in search.tried:
            _draw_tried(next(rest), search.tried["norm"], search.tried["loss"])
        for name, values in search.moving.items():
            _draw_history(next(rest), name, search.steps, values)
        for axes in panels[max(0, count - columns) : count]:
            axes.set_xlabel(axes.get_xlabel() or search.step_label)
        if search.moving:
            figure.supxlabel("thin: each seed; thick: the median", fontsize=9, color=GREY)
    return figure


def _changes(values: ndarray) -> bool:
    fine = values[np.isfinite(values)]
    return not fine.size or bool(np.ptp(fine) > STILL * np.abs(fine).max())


def _draw_history(axes: Axes, name: str, steps: ndarray, values: ndarray) -> None:
    fine = np.where(np.isfinite(values), values, np.nan)
    axes.plot(
        steps, fine.T, color=BLUE, alpha=0.35, linewidth=0.9, marker="o" if len(steps) < 5 else None, markersize=3
    )
    told = np.isfinite(fine).any(axis=0)
    axes.plot(steps[told], np.nanmedian(fine[:, told], axis=0), color=INK, linewidth=1.8)
    axes.set_title(name.replace("_", " ").capitalize())
    axes.grid(axis="y")
    if len(steps) < 5:
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))


def _draw_spectrum(axes: Axes, search: Search) -> None:
    values = np.asarray(search.spectrum)
    axes.plot(np.arange(1, values.shape[1] + 1), np.maximum(values.T, LOWEST), "_", color=GREY, alpha=0.7, markersize=8)
    if search.whole is not None:
        axes.plot(np.arange(1, len(search.whole) + 1), np.maximum(search.whole, LOWEST), "o", color=BLUE, markersize=4)
    if search.threshold is not None:
        axes.axhline(max(search.threshold, LOWEST), color=ORANGE, linestyle="--", linewidth=1.2)
    axes.set_yscale("log")
    axes.set_title("Singular values")
    axes.set_xlabel("direction")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.grid(axis="y")


def _draw_tried(axes: Axes, norms: ndarray, losses: ndarray) -> None:
    for norm, loss in zip(norms, losses, strict=True):
        order = np.argsort(norm)
        axes.plot(norm[order], loss[order], color=BLUE, alpha=0.35, linewidth=0.9)
    axes.set_title("Scales that were tried")
    axes.set_xlabel("norm of the generator")
    axes.set_ylabel("loss")
    axes.grid(axis="y")
