"""Distributions before and after a learned transformation (LieGAN paper, Figure 6)."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Bool, Float
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure
from numpy import ndarray

from symscope.plotting.style import DENSITY, ORANGE, figure_style, new_figure

PAIRS = ((0, 1), (0, 2), (0, 3), (1, 2))


def azimuth_sector(
    momenta: Float[ndarray, "sample 4"], *, centre: float = 0.8, half_width: float = 0.2
) -> Bool[ndarray, " sample"]:
    """Select the samples whose transverse momentum points into a sector.

    Parameters
    ----------
    momenta
        Four-momenta (E, px, py, pz).
    centre, half_width
        Middle and half the opening of the sector, in radians.

    Returns
    -------
    selected
        True inside.
    """
    azimuth = np.arctan2(momenta[:, 2], momenta[:, 1])
    distance = np.abs((azimuth - centre + np.pi) % (2 * np.pi) - np.pi)
    return np.asarray(distance < half_width)


def plot_transformed_marginals(
    original: Float[ndarray, "sample d"],
    transformed: Float[ndarray, "sample d"],
    highlight: Bool[ndarray, " sample"],
    *,
    components: Sequence[str] = ("E", "px", "py", "pz"),
    unit: str = "GeV",
    pairs: Sequence[tuple[int, int]] = PAIRS,
    bins: int = 60,
    n_marked: int = 150,
    coverage: float = 0.985,
    learned_by: str = "",
) -> Figure:
    """Draw two-dimensional marginal densities before (above) and after (below) a transformation.

    Parameters
    ----------
    original, transformed
        The same samples, such as the leading constituents of jets, before and after; each sample has its own group
        element.
    highlight
        Samples that are drawn as dots in both rows, so that one sees where they go.
    components, unit
        Names and unit of the components.
    pairs
        Which two components each column shows.
    bins
        Bins of the densities on each axis.
    n_marked
        At most so many highlighted samples are drawn, evenly picked.
    coverage
        The axes hold this fraction of the original samples in each component; the same axes serve both rows.
    learned_by
        Whose transformations these are, for the title, such as "seed 3, the median of 8".

    Returns
    -------
    Figure
        9.6 inches wide; densities and dots are raster images inside the vector figure.
    """
    marked = np.flatnonzero(highlight)
    marked = marked[np.linspace(0, len(marked) - 1, min(n_marked, len(marked))).astype(np.int64)]
    tail = (1.0 - coverage) / 2
    low, high = np.quantile(original, [tail, 1 - tail], axis=0)
    low, high = low - 0.06 * (high - low), high + 0.06 * (high - low)
    with figure_style():
        figure = new_figure(9.6, 5.4)
        axes = figure.subplots(2, len(pairs), sharex="col", sharey="col", squeeze=False)
        for column, (first, second) in enumerate(pairs):
            edges = [np.linspace(low[i], high[i], bins + 1) for i in (first, second)]
            counts = [np.histogram2d(x[:, first], x[:, second], bins=edges)[0] for x in (original, transformed)]
            norm = LogNorm(vmin=0.8, vmax=max(float(counts[0].max()), 2.0))
            for row, x in enumerate((original, transformed)):
                panel = axes[row, column]
                density = np.where(counts[row] > 0, counts[row], np.nan).T
                panel.pcolormesh(edges[0], edges[1], density, cmap=DENSITY, norm=norm, rasterized=True)
                panel.scatter(x[marked, first], x[marked, second], s=7, color=ORANGE, linewidths=0, rasterized=True)
                panel.set_xlim(low[first], high[first])
                panel.set_ylim(low[second], high[second])
                panel.locator_params(nbins=4)
                panel.set_ylabel(f"{components[second]} [{unit}]")
            axes[1, column].set_xlabel(f"{components[first]} [{unit}]")
            inside = _fraction_inside(transformed, low, high, (first, second))
            axes[1, column].text(
                0.98,
                0.97,
                f"{100 * inside:.0f} % inside",
                transform=axes[1, column].transAxes,
                ha="right",
                va="top",
                fontsize=9,
                bbox={"facecolor": "white", "alpha": 0.8, "linewidth": 0, "pad": 1.5},
            )
        after = "After the learned transformations" + (f" ({learned_by})" if learned_by else "")
        for row, heading in enumerate((f"Before: {len(original):,} samples", after)):
            # The heading spans the row, so the layout must see its height (a blank title) but not its width.
            blank = axes[row, 0].set_title(" ")
            placed = {
                "xycoords": "axes fraction",
                "textcoords": "offset points",
                "fontproperties": blank.get_fontproperties(),
            }
            axes[row, 0].annotate(heading, (0, 1), (0, 6), **placed).set_in_layout(False)
    return figure


def _fraction_inside(  # the axes are chosen from the original samples, so the reader must know what they leave out
    x: Float[ndarray, "sample d"], low: Float[ndarray, " d"], high: Float[ndarray, " d"], pair: tuple[int, int]
) -> float:
    inside = np.ones(len(x), dtype=bool)
    for i in pair:
        inside &= (x[:, i] >= low[i]) & (x[:, i] <= high[i])
    return float(inside.mean()) if len(x) else 0.0
