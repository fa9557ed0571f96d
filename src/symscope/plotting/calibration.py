"""The calibration study: shares of wrong statements against their level, and how small a breaking is noticed."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy import ndarray

from symscope.evaluation.calibration.result import CalibrationResult, LawResult, optimum
from symscope.plotting.style import BLUE, GREY, INK, ORANGE, PALETTE, SKY, figure_style, new_figure
from symscope.report.calibration import uniform_band

LARGEST = 0.2
"""Largest level that is shown."""
DASHES = ("-", "--", ":", "-.")
MARKS = ("o", "s", "D", "^", "v", "P")


def plot_calibration(result: CalibrationResult) -> Figure:
    """Draw rejected exact symmetries, false certificates, power, and measured breakings.

    Parameters
    ----------
    result
        What the study found.

    Returns
    -------
    Figure
        9.6 inches wide, four panels.
    """
    some = [law for law in result.laws if law.dimension]
    none = [law for law in result.laws if not law.dimension]
    with figure_style():
        figure = new_figure(9.6, 8.4)
        panels = figure.subplots(2, 2)
        _draw_levels(panels[0, 0], some, [law.exact for law in some], result.level)
        panels[0, 0].set(title="Exact symmetry rejected, true dimension", ylabel="share of data sets")
        _draw_levels(panels[0, 1], none, [law.certificate for law in none], result.level)
        panels[0, 1].set(title="Symmetry certified where there is none", ylabel="share of data sets")
        _draw_power(panels[1, 0], result)
        _draw_measured(panels[1, 1], result)
    return figure


def _draw_levels(
    panel: Axes, laws: Sequence[LawResult], p_values: Sequence[Float[ndarray, "set"]], level: float
) -> None:
    """Share of data sets with a p-value below each level, which should be the level."""
    levels = np.linspace(0.0, LARGEST, 201)
    trials = min((len(values) for values in p_values), default=1)
    band = uniform_band(trials, levels)
    panel.fill_between(levels, levels - band, levels + band, color="#E3E7EC", linewidth=0, label="95 % of fair tests")
    panel.axvline(level, 0.0, 0.55, color=GREY, linewidth=0.8, linestyle=":")
    for number, (law, values) in enumerate(zip(laws, p_values, strict=True)):
        share = (values[:, None] < levels).mean(axis=0)
        panel.plot(
            levels,
            share,
            color=PALETTE[number % len(PALETTE)],
            linestyle=DASHES[number // len(PALETTE) % len(DASHES)],
            linewidth=1.3,
            label=law.label,
        )
    panel.set_xlim(0, LARGEST)
    panel.set_ylim(0, 1.45 * LARGEST)
    panel.set_xlabel("nominal level")
    panel.legend(loc="upper left", fontsize=8, handlelength=1.6)


def _draw_power(panel: Axes, result: CalibrationResult) -> None:
    power = result.power
    panel.plot(power.curve_events, power.curve, color=INK, label="predicted")
    for number, size in enumerate(dict.fromkeys(power.breaking.tolist())):
        here = power.breaking == size
        share = power.detected[here] / power.sets[here]
        # The error of Agresti and Coull does not vanish at shares of 0 and 1.
        softened = (power.detected[here] + 2) / (power.sets[here] + 4)
        error = 1.96 * np.sqrt(softened * (1.0 - softened) / (power.sets[here] + 4))
        low, high = np.maximum(softened - error, 0.0), np.minimum(softened + error, 1.0)
        place = power.events[here] * size**2 * (1.0 + 0.05 * number)
        panel.errorbar(
            place,
            share,
            np.maximum([share - low, high - share], 0.0),
            color=PALETTE[number % len(PALETTE)],
            marker=MARKS[number % len(MARKS)],
            markersize=4.5,
            linestyle="",
            linewidth=1.2,
            label=f"b = {size:g}",
        )
    panel.axhline(result.level, color=GREY, linewidth=0.8, linestyle=":")
    best = optimum(result.level)
    panel.axvline(best, color=SKY, linewidth=1.0, linestyle="--")
    panel.annotate(
        "test that\nknows the law",
        (best, 1.0),
        (-3, -2),
        xycoords=("data", "axes fraction"),
        textcoords="offset points",
        ha="right",
        va="top",
        fontsize=8,
        color=GREY,
    )
    panel.set_xscale("log")
    panel.set_ylim(0, 1.03)
    panel.set(title="Power", xlabel="events \N{MULTIPLICATION SIGN} breaking²", ylabel="share of data sets noticed")
    panel.legend(loc="lower right", fontsize=8)


def _draw_measured(panel: Axes, result: CalibrationResult) -> None:
    """Measured against injected breaking, at the larger number of events of each."""
    power = result.power
    sizes = list(dict.fromkeys(power.breaking.tolist()))
    last = [int(np.flatnonzero(power.breaking == size)[-1]) for size in sizes]
    true, squared, error = power.defect[last], power.squared[last], power.squared_error[last]
    limits = np.array([0.5 * true.min(), 2.0 * true.max()])
    panel.plot(limits, limits, color=GREY, linewidth=0.8, linestyle=":")
    value = np.sqrt(np.maximum(squared, 1e-300))
    low = value - np.sqrt(np.maximum(squared - error, (0.02 * value) ** 2))
    high = np.sqrt(np.maximum(squared, 0.0) + error) - value
    panel.errorbar(true, value, [low, high], color=BLUE, marker="o", markersize=4.5, linestyle="", linewidth=1.2)
    for place, one, events, sets in zip(true, value, power.events[last], power.sets[last], strict=True):
        panel.annotate(
            f"{sets:,} \N{MULTIPLICATION SIGN} {events:,} events",
            (place, one),
            (8, -4) if place < true.max() else (-8, -4),
            textcoords="offset points",
            ha="left" if place < true.max() else "right",
            va="top",
            fontsize=8,
            color=ORANGE,
        )
    panel.set_xscale("log")
    panel.set_yscale("log")
    panel.set_xlim(*limits)
    panel.set(title="Breaking as measured", xlabel="injected defect [1/rad]", ylabel="measured defect [1/rad]")
