"""Resolving filters of SymmetryLens."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure
from numpy import ndarray

from symscope.evaluation.lens_views import LensView, hidden_filters
from symscope.plotting.lens_panels import COLUMNS, bands_of, draw_bands, heading, spare, subtitle, without_disguise
from symscope.plotting.style import BLUE, GREY, SKY

ROWS = ("on the data", "without the disguise")


def plot_lens_filters(views: Sequence[LensView]) -> Figure:
    """Draw the resolving filter of each data set: as it acts on the data, and out of the disguise, where it is local.

    Parameters
    ----------
    views
        The data sets in order. Those with equal signals make a band.

    Returns
    -------
    Figure
        9.6 inches wide, with two rows for each band; a band without any disguise has one.
    """
    bands = bands_of(views)
    heights = [1.95 if without_disguise(band) else 3.75 for band in bands.values()]
    title = "Resolving filters \u03c8, of unit length, the largest hidden component positive"
    return draw_bands(bands, _draw_band, title=title, heights=heights, more=0.35)


def _draw_band(block: SubFigure, band: Sequence[LensView]) -> None:
    grid = block.subplots(1 if without_disguise(band) else 2, COLUMNS, squeeze=False, sharey=True)
    for panel in grid[:, len(band) :].ravel():
        spare(panel)
    for panels, view in zip(grid.T, band, strict=False):
        filters = hidden_filters(view)
        panels[0].set_title(heading(view), fontsize=9.5, pad=16)
        share, width = view.score.filter_share[view.shown], view.score.filter_width[view.shown]
        seed = view.result.seeds[view.shown]
        subtitle(panels[0], f"seed {seed}: {100 * share:.1f} % in one, width {width:.3f}")
        if len(panels) > 1:
            _draw_filter(panels[0], (filters @ view.representation)[view.shown], filters[:0])
            panels[0].set_xlabel("component of the data", fontsize=8.5)
        others = [seed for seed in np.flatnonzero(view.result.finite) if seed != view.shown]
        _draw_filter(panels[-1], filters[view.shown], filters[others])
        panels[-1].set_xlabel("component of the hidden axis", fontsize=8.5)
    for panel, what in zip(grid[:, 0], ROWS[-len(grid) :], strict=True):
        panel.set_ylabel(what if len(grid) > 1 else "no disguise", fontsize=8.5)


def _draw_filter(panel: Axes, chosen: Float[ndarray, " d"], others: Float[ndarray, "seed d"]) -> None:
    place = np.arange(1, len(chosen) + 1)
    panel.axhline(0, color=GREY, linewidth=0.7, zorder=0)
    for other in others:
        panel.plot(place, other, linestyle="", marker="o", markersize=5.5, mfc="none", mec=SKY, mew=0.8, zorder=2)
    panel.vlines(place, 0, chosen, color=BLUE, linewidth=1.4, zorder=3)
    panel.plot(place, chosen, linestyle="", marker="o", markersize=2.8, color=BLUE, zorder=4)
    panel.set_xlim(0.2, len(chosen) + 0.8)
    panel.set_ylim(-1.08, 1.08)
    panel.set_yticks([-1, 0, 1])
    panel.tick_params(labelsize=7.5)
