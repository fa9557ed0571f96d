"""Signals of SymmetryLens: as they are given, and the hidden ones recovered from them."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure
from matplotlib.lines import Line2D
from numpy import ndarray

from symscope.evaluation.lens_views import LensView, align, recovered_signals
from symscope.plotting.lens_panels import (
    COLORS,
    COLUMNS,
    WIDTHS,
    bands_of,
    draw_bands,
    draw_beside_curves,
    draw_heat,
    draw_scale,
    heading,
    spare,
    subtitle,
)
from symscope.plotting.style import BLUE, figure_style

FAINT = "#B9C1CB"
SIGNALS = 4
"""Signals drawn of each data set."""
_ROW, _HEADER = 2.1, 0.55  # inches: a row of panels, a band's heading with the titles of its panels


def choose_signals(samples: Float[ndarray, "sample d"], count: int = SIGNALS) -> Float[ndarray, "chosen d"]:
    """Take the first signals that have at least the median power: some of the others are only noise."""
    power = np.square(samples).sum(axis=1)
    return np.asarray(samples[np.flatnonzero(power >= np.median(power))[:count]])


def plot_lens_samples(views: Sequence[LensView]) -> Figure:
    """Draw some signals of each data set as they are given, and the correlations of their components.

    Parameters
    ----------
    views
        The data sets in order. Those with equal signals make a band.

    Returns
    -------
    Figure
        9.6 inches wide, with two rows for each band; a band of one data set has one.
    """
    bands = {f"{name}, {band[0].settings.length} components": band for name, band in bands_of(views).items()}
    heights = [_ROW * (1 if len(band) == 1 else 2) + _HEADER for band in bands.values()]
    title = "Signals as they are given, and the correlations of their components"
    return draw_bands(bands, _draw_samples, title=title, heights=heights)


def _draw_samples(block: SubFigure, band: Sequence[LensView]) -> None:
    if len(band) == 1:  # side by side instead of above each other
        one, two, empty = block.subplots(1, COLUMNS, squeeze=False)[0]
        spare(empty)
        above, below = [one], [two]
    else:
        above, below = (row.tolist() for row in block.subplots(2, COLUMNS, squeeze=False))
    for panel in (*above[len(band) :], *below[len(band) :]):
        spare(panel)
    for upper, lower, view in zip(above, below, band, strict=False):
        _draw_stacked(upper, choose_signals(view.samples), color=BLUE, marker=".")
        upper.set_title(heading(view), fontsize=9.5)
        upper.set_xlabel("component", fontsize=8.5)
        draw_heat(lower, np.corrcoef(view.samples, rowvar=False), limit=1.0)
    below[0].set_ylabel("component", fontsize=8.5)
    draw_scale(block, below, limit=1.0, label="correlation")


def plot_lens_reconstruction(views: Sequence[LensView]) -> Figure:
    """Draw the hidden signals that the median seeds recover over the true ones, and their correlation along the axis.

    Parameters
    ----------
    views
        As in :func:`plot_lens_samples`.

    Returns
    -------
    Figure
        9.6 inches wide, with one row for each band.
    """
    bands = bands_of(views)

    def draw(block: SubFigure, band: Sequence[LensView]) -> None:
        draw_beside_curves(block, band, _draw_recovered, _draw_correlations, label="correlation with the truth")

    title = "Hidden signals, recovered from signals that the discovery has not seen"
    figure = draw_bands(bands, draw, title=title, heights=[_ROW + _HEADER] * len(bands), more=0.65)
    with figure_style():
        marks = [
            Line2D([], [], color=FAINT, linewidth=3.6, label="true hidden signal"),
            Line2D([], [], color=BLUE, linewidth=1.3, label="recovered"),
        ]
        figure.legend(handles=marks, loc="outside lower left", ncols=2)
    return figure


def _draw_recovered(_: SubFigure, panels: Sequence[Axes], band: Sequence[LensView]) -> None:
    for panel, view in zip(panels, band, strict=True):
        given = choose_signals(view.samples)
        truth = given @ view.representation.T
        _draw_stacked(panel, truth, color=FAINT, width=3.6)
        _draw_stacked(panel, recovered_signals(view, view.shown, given), color=BLUE, width=1.3, steps_of=truth)
        panel.set_title(heading(view), fontsize=9.5, pad=16)
        recovery = view.score.recovery[view.shown]
        subtitle(panel, f"seed {view.result.seeds[view.shown]}, |correlation| {recovery:.3f}")
        panel.set_xlabel("component of the hidden axis", fontsize=8.5)


def _draw_correlations(panel: Axes, view: LensView) -> None:
    finite = np.flatnonzero(view.result.finite).tolist()
    curves = np.stack([align(view, seed).correlation for seed in finite])
    place = np.arange(1, curves.shape[1] + 1)
    color, width = COLORS.get(view.disguise), WIDTHS.get(view.disguise)
    panel.plot(place, curves.T, color=color, linewidth=0.7, alpha=0.45)
    panel.plot(place, curves[finite.index(view.shown)], color=color, linewidth=width, label=heading(view), zorder=4)


def _draw_stacked(
    panel: Axes,
    signals: Float[ndarray, "signal d"],
    *,
    color: str,
    width: float = 1.0,
    marker: str = "",
    steps_of: Float[ndarray, "signal d"] | None = None,
) -> None:
    """Draw signals one above the other, the first one on top; the distance is set by the signals themselves or others."""
    reach = signals if steps_of is None else steps_of
    step = 1.05 * float(np.ptp(reach, axis=1).max()) or 1.0
    place = np.arange(1, signals.shape[1] + 1)
    for index, signal in enumerate(signals):
        panel.plot(place, signal - index * step, color=color, linewidth=width, marker=marker, markersize=3)
    panel.set_yticks([])
    panel.spines["left"].set_visible(False)
    panel.set_xlim(0.5, signals.shape[1] + 0.5)
    panel.tick_params(labelsize=7.5)
