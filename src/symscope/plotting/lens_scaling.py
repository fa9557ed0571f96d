"""Agreement and time of SymmetryLens discoveries against the length of the signals."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter, NullLocator
from numpy import ndarray

from symscope.errors import DataError
from symscope.evaluation.lens_scaling import ScalingPoint, fit_power_law, fitted_points
from symscope.plotting.lens_panels import BASES, WIDTH
from symscope.plotting.primitives import nines, set_nines_axis
from symscope.plotting.style import BLUE, GREEN, GREY, ORANGE, figure_style, new_figure

_COLORS = {"gaussian": BLUE, "legendre": ORANGE}
_MARKERS = {"gaussian": "o", "legendre": "s"}
_APART = 1.015
"""Factor by which the marks of the two bases stand apart, so that both are seen."""


def plot_lens_scaling(points: Sequence[ScalingPoint]) -> Figure:
    """Draw |cosine| and processor time of a seed against the length n, with the law of the time.

    Parameters
    ----------
    points
        Ensembles, by basis and length.

    Returns
    -------
    Figure
        9.6 inches wide.
    """
    if not points:
        raise DataError("there is no discovery to draw; give the target some 'experiments'")
    bases = list(dict.fromkeys(point.basis for point in points))
    with figure_style():
        figure = new_figure(WIDTH, 3.9, pad=0.05)
        agreement, time = figure.subplots(1, 2)
        for number, basis in enumerate(bases):
            some = [point for point in points if point.basis == basis]
            shift = _APART ** (2 * number - len(bases) + 1)
            _draw_cosines(agreement, some, shift)
            _draw_times(time, some, shift, number)
        lengths = sorted({point.length for point in points})
        for axes in (agreement, time):
            axes.set_xscale("log")
            axes.set_xlim(lengths[0] / 1.2, lengths[-1] * 1.2)
            axes.xaxis.set_minor_locator(NullLocator())
            axes.xaxis.set_minor_formatter(NullFormatter())
            axes.set_xticks(lengths, [str(length) for length in lengths])
            axes.set_xlabel("components n of a signal")
            axes.grid(axis="y")
        set_nines_axis(agreement, np.concatenate([point.cosine for point in points]))
        agreement.set_ylabel("|cosine| with the truth")
        agreement.set_title("Agreement")
        threshold = max(point.success_cosine for point in points)
        agreement.axhline(float(nines(np.array(threshold))), color=GREEN, linestyle=":", linewidth=1.6)
        time.set_yscale("log")
        time.yaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
        time.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
        time.yaxis.set_minor_locator(NullLocator())
        time.set_ylabel("processor time of a seed [s]")
        time.set_title("Time")
        marks = [
            Line2D(
                [], [], color=_COLORS.get(basis, GREY), marker=_MARKERS.get(basis, "o"), label=BASES.get(basis, basis)
            )
            for basis in bases
        ]
        marks.append(Line2D([], [], color=GREEN, linestyle=":", label=f"success, {threshold:g}"))
        marks.append(Line2D([], [], color=GREY, linestyle="--", label="fitted power of n"))
        figure.legend(handles=marks, loc="outside lower center", ncols=len(marks))
    return figure


def _draw_cosines(axes: Axes, points: Sequence[ScalingPoint], shift: float) -> None:
    """Draw the median over seeds with its range, in nines."""
    _draw_ranges(axes, points, [nines(np.nan_to_num(point.cosine)) for point in points], shift)


def _draw_times(axes: Axes, points: Sequence[ScalingPoint], shift: float, number: int) -> None:
    """Draw the median over seeds with its range, and the fitted law with its exponent."""
    _draw_ranges(axes, points, [point.seconds for point in points], shift, line=False)
    law = fit_power_law(points)
    if law is None:
        return
    color = _COLORS.get(points[0].basis, GREY)
    fitted = fitted_points(points)
    ends = np.array([fitted[0].length, fitted[-1].length], dtype=np.float64)
    axes.plot(ends, law.at(ends), color=color, linestyle="--", linewidth=1.2)
    axes.annotate(
        f"time ~ n$^{{{law.exponent:.1f}}}$",
        (0.04, 0.97),
        (0, -16 * number),
        xycoords="axes fraction",
        textcoords="offset points",
        color=color,
        va="top",
    )


def _draw_ranges(
    axes: Axes,
    points: Sequence[ScalingPoint],
    values: Sequence[Float[ndarray, " seed"]],
    shift: float,
    *,
    line: bool = True,
) -> None:
    basis = points[0].basis
    place = np.array([point.length * shift for point in points])
    middle = np.array([np.median(value) for value in values])
    below = middle - np.array([value.min() for value in values])
    over = np.array([value.max() for value in values]) - middle
    axes.errorbar(
        place,
        middle,
        yerr=np.stack([below, over]),
        color=_COLORS.get(basis, GREY),
        marker=_MARKERS.get(basis, "o"),
        markersize=5,
        linestyle="-" if line else "",
        linewidth=1.4,
        elinewidth=1.4,
        capsize=3,
    )
