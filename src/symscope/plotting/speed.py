"""Rates beside plain references, and how the cost of a step grows with its size."""

from typing import Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from symscope.evaluation.speed import Growth, Measurement, Speeds, step_growth, time_of
from symscope.plotting.style import BLUE, GREY, INK, ORANGE, figure_style, new_figure

WIDTH: Final = 9.6
ROW: Final = 0.27
PANEL: Final = 2.7


def plot_speed(speeds: Speeds) -> Figure:
    """Draw the ratio of every step to its plain reference, and below it time against size.

    Returns
    -------
    Figure
        9.6 inches wide, as high as the steps need.
    """
    compared = [one for one in speeds.measurements if one.ratio is not None]
    laws = list(step_growth(speeds))
    rows = -(-len(laws) // 3)
    heights = [1.0 + ROW * max(len(compared), 2), *([PANEL * rows] if laws else [])]
    with figure_style():
        figure = new_figure(WIDTH, sum(heights), pad=0.06)
        parts = np.ravel(np.asarray(figure.subfigures(len(heights), 1, height_ratios=heights)))
        _draw_ratios(parts[0].subplots(), compared)
        if laws:
            panels = np.ravel(parts[1].subplots(rows, 3, squeeze=False))
            for axes, (step, law) in zip(panels, laws, strict=False):
                _draw_growth(axes, speeds.of(step), law)
            for axes in panels[len(laws) :]:
                axes.set_visible(False)
    return figure


def _draw_ratios(axes: Axes, compared: list[Measurement]) -> None:
    places = np.arange(len(compared))
    for place, one in zip(places, compared, strict=True):
        ratio = one.ratio or 1.0
        axes.plot([1.0, ratio], [place, place], color=BLUE, linewidth=5, solid_capstyle="butt")
        axes.annotate(
            f"{ratio:.1f}",
            (max(ratio, 1.0), place),
            xytext=(6, 0),
            textcoords="offset points",
            va="center",
            fontsize=9,
            color=INK,
        )
        if one.goal is not None:
            axes.plot([one.goal], [place], marker="|", markersize=13, markeredgewidth=2.2, color=ORANGE)
    axes.axvline(1.0, color=GREY, linewidth=1.0)
    axes.set_xscale("log")
    largest = max((max(one.ratio or 1.0, one.goal or 1.0) for one in compared), default=10.0)
    smallest = min((one.ratio or 1.0 for one in compared), default=1.0)
    low, high = min(0.8 * smallest, 0.7), 2.0 * largest
    axes.set_xlim(low, high)
    ticks = [tick for tick in (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500) if low <= tick <= high]
    axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    axes.minorticks_off()
    axes.set_yticks(places, [one.label for one in compared], fontsize=8.5)
    axes.set_ylim(len(compared) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)
    axes.set_xlabel("times the rate of a plain reference in the manner of the published codes, in the same run")
    axes.grid(axis="x")
    if any(one.goal is not None for one in compared):
        mark = Line2D([], [], color=ORANGE, marker="|", linestyle="", markersize=11, markeredgewidth=2.2)
        axes.legend([mark], ["wanted"], loc="lower right", bbox_to_anchor=(1.0, 1.0))


def _draw_growth(axes: Axes, measured: list[Measurement], law: Growth) -> None:
    """Time against size on two logarithmic scales, with the power law through the points."""
    sizes = np.array([float(one.size or 1.0) for one in measured])
    seconds = np.array([time_of(one) for one in measured])
    axes.plot(sizes, seconds, color=BLUE, marker="o", markersize=5, linestyle="")
    level = np.exp(np.log(seconds).mean() - law.exponent * np.log(sizes).mean())
    axes.plot(sizes, level * sizes**law.exponent, color=GREY, linewidth=1.2)
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_title(measured[0].step.replace("_", " "))
    axes.set_xlabel(measured[0].axis)
    axes.set_ylabel("time [s]")
    words = f"time ~ size^{law.exponent:.2f}"
    if law.breaks_at is not None:
        words += f"\nlaw breaks at {law.breaks_at:g}"
    axes.text(0.05, 0.95, words, transform=axes.transAxes, va="top", fontsize=9, color=INK)
