"""What the figures of SymmetryLens share: data sets in bands, one for each kind of signal, and matrices as heat maps."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure, SubFigure
from numpy import ndarray

from symscope.evaluation.lens_views import LensView
from symscope.plotting.primitives import cosine_text
from symscope.plotting.style import BLUE, DIVERGING, GREEN, GREY, ORANGE, figure_style, new_figure

BASES = {"gaussian": "Gaussian pulses", "legendre": "Legendre pulses"}
DISGUISES = {"translation": "Translation", "permuted": "Permuted", "frequency": "Frequency shift"}
COLORS = {"translation": BLUE, "permuted": ORANGE, "frequency": GREEN}
WIDTHS = {"translation": 4.2, "permuted": 2.4, "frequency": 0.9}
"""Widths of curves [points]: no disguise changes what the fast way finds, and curves that coincide must all be seen."""
WIDTH = 9.6
"""Width of a figure [inches]."""
COLUMNS = len(DISGUISES)
_ENLARGED = 6
"""Pixels for an entry of a matrix, so that viewers that smooth images keep its edges."""


def bands_of(views: Sequence[LensView]) -> dict[str, list[LensView]]:
    """Group data sets by kind of signal and by way, each with its heading."""
    bands: dict[str, list[LensView]] = {}
    for view in views:
        way = ", published way" if view.published else ""
        bands.setdefault(f"{BASES.get(view.basis, view.basis)}{way}", []).append(view)
    return bands


def draw_bands(
    bands: Mapping[str, Sequence[LensView]],
    draw: Callable[[SubFigure, Sequence[LensView]], None],
    *,
    title: str,
    heights: Sequence[float],
    more: float = 0.3,
    pad: float = 0.05,
) -> Figure:
    """Draw a figure of bands, one below the other.

    Parameters
    ----------
    bands
        Data sets of each band by its heading, as :func:`bands_of` gives them.
    draw
        Draws one band into its part of the figure.
    title
        Heading of the figure.
    heights
        Height of each band [inches].
    more
        Height of all that stands above and below the bands [inches].
    pad
        Space around the parts [inches].
    """
    with figure_style():
        figure = new_figure(WIDTH, sum(heights) + more, pad=pad)
        figure.suptitle(title, x=0.01, ha="left")
        blocks = figure.subfigures(len(bands), 1, height_ratios=list(heights), squeeze=False)[:, 0]
        for block, (name, band) in zip(blocks, bands.items(), strict=True):
            block.suptitle(name, x=0.01, ha="left", fontsize=10.5)
            draw(block, band)
    return figure


def draw_beside_curves(
    block: SubFigure,
    band: Sequence[LensView],
    draw_panels: Callable[[SubFigure, Sequence[Axes], Sequence[LensView]], None],
    draw_curves: Callable[[Axes, LensView], None],
    *,
    label: str,
    floor: float | None = None,
) -> None:
    """Draw a panel for each data set of a band, and at their right what all its seeds do along the hidden axis.

    Parameters
    ----------
    block
        The band's part of the figure.
    band
        Its data sets.
    draw_panels
        Draws the panels.
    draw_curves
        Draws the curves of one data set; one of them has a label for the legend.
    label
        What the curves show.
    floor
        Where their axis begins; by default below the lowest of them.
    """
    left, right = block.subfigures(1, 2, width_ratios=[2.35, 1.0], squeeze=False)[0]
    panels = left.subplots(1, COLUMNS, squeeze=False)[0].tolist()
    for panel in panels[len(band) :]:
        spare(panel)
    draw_panels(left, panels[: len(band)], band)
    curves = right.subplots(1, 1)
    for view in band:
        draw_curves(curves, view)
    curves.set_title("Along the axis, all seeds", fontsize=9.5)
    curves.set_xlabel("component of the hidden axis", fontsize=8.5)
    curves.set_ylabel(label, fontsize=8.5)
    curves.set_xlim(0.5, max(view.settings.length for view in band) + 0.5)
    curves.set_ylim(bottom=floor)
    curves.tick_params(labelsize=7.5)
    curves.grid(axis="y")
    right.legend(loc="outside lower center", ncols=COLUMNS, fontsize=7.5, columnspacing=1.0, handlelength=1.4)


def heading(view: LensView) -> str:
    """Name the symmetry as the data show it."""
    return DISGUISES.get(view.disguise, view.disguise)


def seed_line(view: LensView) -> str:
    """Name the seed that is drawn and its agreement."""
    return f"seed {view.result.seeds[view.shown]}, |cosine| {cosine_text(float(view.score.cosine[view.shown]))}"


def draw_heat(axes: Axes, matrix: Float[ndarray, "row column"], *, limit: float) -> None:
    """Draw a matrix as an image; its first row is at the top, components count from 1, NaN stays grey."""
    enlarged = np.kron(matrix, np.ones((_ENLARGED, _ENLARGED)))
    rows, columns = matrix.shape
    extent = (0.5, columns + 0.5, rows + 0.5, 0.5)
    axes.set_facecolor("#E3E7EC")
    axes.imshow(enlarged, cmap=DIVERGING, vmin=-limit, vmax=limit, interpolation="none", extent=extent)
    for axis, count in ((axes.xaxis, columns), (axes.yaxis, rows)):
        axis.set_ticks(_ticks(count))
    axes.tick_params(length=2, pad=2, labelsize=7.5)
    for spine in axes.spines.values():
        spine.set_visible(True)
        spine.set_linewidth(0.6)


def subtitle(axes: Axes, text: str, *, size: float = 8.0) -> None:
    """Write a plain grey line above a panel, below its title; give the title a `pad` of 17 points."""
    place: dict[str, Any] = {"xycoords": "axes fraction", "textcoords": "offset points", "va": "bottom"}
    axes.annotate(text, (0, 1), (0, 4), fontsize=size, color=GREY, **place)


def draw_scale(figure: Figure | SubFigure, panels: Sequence[Axes], *, limit: float, label: str) -> None:
    """Draw the scale of the colours that some panels share, at their right."""
    mappable = ScalarMappable(Normalize(-limit, limit), DIVERGING)
    bar = figure.colorbar(mappable, ax=list(panels), shrink=0.62, aspect=24, pad=0.015)
    bar.outline.set_visible(False)
    bar.ax.tick_params(labelsize=7.5, length=2)
    bar.set_label(label, fontsize=8.5)


def spare(axes: Axes) -> None:
    """Leave a place of the grid empty."""
    axes.set_axis_off()


def without_disguise(band: Sequence[LensView]) -> bool:
    """Tell whether no data set of a band has a disguise."""
    return all(np.array_equal(view.representation, np.eye(len(view.representation))) for view in band)


def _ticks(count: int) -> list[int]:
    middle = (count + 1) // 2
    return [1, middle, count] if count > 4 else list(range(1, count + 1))
