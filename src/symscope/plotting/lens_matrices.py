"""Generators, their errors and group convolution matrices of SymmetryLens as heat maps."""

from collections.abc import Callable, Sequence

import numpy as np
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure
from numpy import ndarray

from symscope.evaluation.lens_views import LensView, align, error_profile, hidden_convolution, hidden_generators
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
    seed_line,
    spare,
    subtitle,
    without_disguise,
)

Matrix = Float[ndarray, "row column"]
Rows = Sequence[tuple[str, Callable[[LensView], Matrix]]]
_PANEL, _HEADER = 2.16, 0.6  # inches: a row of panels, a band's heading with the titles of its panels


def plot_lens_generators(views: Sequence[LensView]) -> Figure:
    """Draw the generator of the median seed of each data set: as it acts on the data, and out of the disguise.

    Both are in the direction and the sign of the truth, which the data cannot tell. The last column has the truth.

    Parameters
    ----------
    views
        The data sets in order. Those with equal signals make a band.

    Returns
    -------
    Figure
        9.6 inches wide, with two rows for each band; a band without any disguise has one.
    """

    def hidden(view: LensView) -> Matrix:
        return np.asarray(hidden_generators(view)[view.shown])

    def given(view: LensView) -> Matrix:
        return np.asarray(view.representation.T @ hidden(view) @ view.representation)

    rows = [("as it acts on the data", given), ("without the disguise", hidden)]
    return _plot_banded(
        views, rows, truth=lambda view: view.truth, title="Learned generators G, median seeds", limit=1.0
    )


def plot_lens_convolutions(views: Sequence[LensView]) -> Figure:
    """Draw the group convolution matrix of the median seed: as it acts on the data, and on the hidden signal.

    Rows are placed so that the hidden axis is reproduced; the identity is what a perfect result gives.

    Parameters
    ----------
    views
        As in :func:`plot_lens_generators`.
    """

    def hidden(view: LensView) -> Matrix:
        return hidden_convolution(view, view.shown)

    def given(view: LensView) -> Matrix:
        return np.asarray(hidden(view) @ view.representation)

    rows = [("as it acts on the data", given), ("on the hidden signal", hidden)]
    return _plot_banded(
        views,
        rows,
        truth=lambda view: np.eye(view.settings.length),
        title="Learned group convolution matrices, median seeds",
        limit=1.0,
        line=lambda view: f"seed {view.result.seeds[view.shown]}, {_place(view)}",
    )


def plot_lens_errors(views: Sequence[LensView]) -> Figure:
    """Draw where the generators are wrong: found minus true on the hidden axis, and the error along that axis.

    Parameters
    ----------
    views
        As in :func:`plot_lens_generators`. The colours of each band have a scale of their own.

    Returns
    -------
    Figure
        9.6 inches wide, with one row for each band.
    """
    bands = bands_of(views)

    def draw(block: SubFigure, band: Sequence[LensView]) -> None:
        draw_beside_curves(block, band, _draw_differences, _draw_profile, label="RMS error of the entries", floor=0.0)

    title = "Learned minus true generator on the hidden axis, median seeds"
    return draw_bands(bands, draw, title=title, heights=[_PANEL + _HEADER] * len(bands), pad=0.085)


def _draw_differences(block: SubFigure, panels: Sequence[Axes], band: Sequence[LensView]) -> None:
    differences = [np.asarray(hidden_generators(view)[view.shown] - view.truth) for view in band]
    limit = max(float(np.abs(one).max()) for one in differences) or 1.0
    for panel, view, difference in zip(panels, band, differences, strict=True):
        draw_heat(panel, difference, limit=limit)
        panel.set_title(heading(view), fontsize=9.5, pad=16)
        subtitle(panel, f"seed {view.result.seeds[view.shown]}, RMSE {view.score.rmse[view.shown]:.4f}")
    draw_scale(block, panels, limit=limit, label="found \N{MINUS SIGN} true")


def _draw_profile(panel: Axes, view: LensView) -> None:
    profile = error_profile(view)
    place = np.arange(1, profile.shape[1] + 1)
    color, width = COLORS.get(view.disguise), WIDTHS.get(view.disguise)
    panel.plot(place, np.nanmedian(profile, axis=0), color=color, linewidth=width, label=heading(view), zorder=4)
    low, high = np.nanmin(profile, axis=0), np.nanmax(profile, axis=0)
    panel.fill_between(place, low, high, color=color, alpha=0.15, linewidth=0)


def _plot_banded(
    views: Sequence[LensView],
    rows: Rows,
    *,
    truth: Callable[[LensView], Matrix],
    title: str,
    limit: float,
    line: Callable[[LensView], str] = seed_line,
) -> Figure:
    bands = bands_of(views)

    def kept(band: Sequence[LensView]) -> Rows:
        return rows[-1:] if without_disguise(band) else rows

    def draw(block: SubFigure, band: Sequence[LensView]) -> None:
        seen = kept(band)
        grid = block.subplots(len(seen), COLUMNS + 1, squeeze=False)
        for row, (what, matrix) in enumerate(seen):
            for column, panel in enumerate(grid[row]):
                if column == (COLUMNS if len(band) > 1 else 1) and row == len(seen) - 1:
                    draw_heat(panel, truth(band[0]), limit=limit)
                    panel.set_title("Truth", fontsize=9.5, pad=4)
                elif column < len(band):
                    draw_heat(panel, matrix(band[column]), limit=limit)
                else:
                    spare(panel)
                if row == 0 and column < len(band):
                    panel.set_title(heading(band[column]), fontsize=9.5, pad=16)
                    subtitle(panel, line(band[column]))
            grid[row][0].set_ylabel(what if len(seen) > 1 else "no disguise", fontsize=8.5)
        beside = grid if len(band) > 1 else grid[:, :2]
        draw_scale(block, beside.ravel().tolist(), limit=limit, label="entry")

    n_rows = [len(kept(band)) for band in bands.values()]
    heights = [_PANEL * count + _HEADER + 0.1 * (count == 1) for count in n_rows]
    return draw_bands(bands, draw, title=title, heights=heights, more=0.32, pad=0.085)


def _place(view: LensView) -> str:
    """Say how the rows had to be placed."""
    aligned = align(view, view.shown)
    parts = ["reversed"] if aligned.reversed else []
    if aligned.offset:
        parts.append(f"offset {aligned.offset:+d}".replace("-", "\N{MINUS SIGN}"))
    if aligned.sign < 0:
        parts.append("sign changed")
    return ", ".join(parts) or "as it is"
