"""Resolving filters of SymmetryLens."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy import ndarray

from symscope.evaluation.lens_views import LensView, hidden_filters
from symscope.plotting.lens_panels import COLUMNS, WIDTH, bands_of, heading, spare, subtitle, without_disguise
from symscope.plotting.style import BLUE, GREY, SKY, figure_style, new_figure

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
    plain = {name: without_disguise(band) for name, band in bands.items()}
    heights = [1.95 if plain[name] else 3.75 for name in bands]
    with figure_style():
        figure = new_figure(WIDTH, sum(heights) + 0.35, pad=0.05)
        figure.suptitle(
            "Resolving filters \u03c8, of unit length, the largest hidden component positive", x=0.01, ha="left"
        )
        blocks = figure.subfigures(len(bands), 1, height_ratios=heights, squeeze=False)[:, 0]
        for block, (name, band) in zip(blocks, bands.items(), strict=True):
            block.suptitle(name, x=0.01, ha="left", fontsize=10.5)
            grid = block.subplots(1 if plain[name] else 2, COLUMNS, squeeze=False, sharey=True)
            for panel in grid[:, len(band) :].ravel():
                spare(panel)
            for panels, view in zip(grid.T, band, strict=False):
                filters = hidden_filters(view)
                panels[0].set_title(heading(view), fontsize=9.5, pad=16)
                share, width = view.score.filter_share[view.shown], view.score.filter_width[view.shown]
                seed = view.result.seeds[view.shown]
                subtitle(panels[0], f"seed {seed}: {100 * share:.0f} % in one, width {width:.2f}")
                if len(panels) > 1:
                    _draw_filter(panels[0], (filters @ view.representation)[view.shown], filters[:0])
                    panels[0].set_xlabel("component of the data", fontsize=8.5)
                _draw_filter(panels[-1], filters[view.shown], filters[view.result.finite])
                panels[-1].set_xlabel("component of the hidden axis", fontsize=8.5)
            for panel, what in zip(grid[:, 0], ROWS[-len(grid) :], strict=True):
                panel.set_ylabel(what if len(grid) > 1 else "no disguise", fontsize=8.5)
    return figure


def _draw_filter(panel: Axes, chosen: Float[ndarray, " d"], others: Float[ndarray, "seed d"]) -> None:
    place = np.arange(1, len(chosen) + 1)
    panel.axhline(0, color=GREY, linewidth=0.7, zorder=0)
    for filter_ in others:
        panel.plot(place, filter_, color=SKY, linewidth=0.8, alpha=0.8, zorder=2)
    panel.vlines(place, 0, chosen, color=BLUE, linewidth=1.4, zorder=3)
    panel.plot(place, chosen, linestyle="", marker="o", markersize=2.8, color=BLUE, zorder=4)
    panel.set_xlim(0.2, len(chosen) + 0.8)
    panel.set_ylim(-1.08, 1.08)
    panel.set_yticks([-1, 0, 1])
    panel.tick_params(labelsize=7.5)
