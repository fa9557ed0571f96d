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
    WIDTH,
    WIDTHS,
    bands_of,
    draw_heat,
    draw_scale,
    heading,
    seed_line,
    spare,
    subtitle,
    without_disguise,
)
from symscope.plotting.style import figure_style, new_figure

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
    with figure_style():
        figure = new_figure(WIDTH, len(bands) * (_PANEL + _HEADER) + 0.3, pad=0.085)
        figure.suptitle("Learned minus true generator on the hidden axis, median seeds", x=0.01, ha="left")
        blocks = figure.subfigures(len(bands), 1, squeeze=False)[:, 0]
        for block, (name, band) in zip(blocks, bands.items(), strict=True):
            left, right = block.subfigures(1, 2, width_ratios=[2.35, 1.0], squeeze=False)[0]
            left.suptitle(name, x=0.014, ha="left", fontsize=10.5)
            _draw_differences(left, band)
            profile = right.subplots(1, 1)
            _draw_profiles(profile, band)
            right.legend(loc="outside lower center", ncols=COLUMNS, fontsize=7.5, columnspacing=1.0, handlelength=1.4)
            profile.set_title("Along the axis, all seeds", fontsize=9.5)
    return figure


def _draw_differences(block: SubFigure, band: Sequence[LensView]) -> None:
    differences = [np.asarray(hidden_generators(view)[view.shown] - view.truth) for view in band]
    limit = max(float(np.abs(one).max()) for one in differences) or 1.0
    panels = block.subplots(1, COLUMNS, squeeze=False)[0]
    for panel in panels[len(band) :]:
        spare(panel)
    for panel, view, difference in zip(panels, band, differences, strict=False):
        draw_heat(panel, difference, limit=limit)
        panel.set_title(heading(view), fontsize=9.5, pad=16)
        subtitle(panel, f"seed {view.result.seeds[view.shown]}, RMSE {view.score.rmse[view.shown]:.4f}")
    draw_scale(block, panels[: len(band)].tolist(), limit=limit, label="found \N{MINUS SIGN} true")


def _draw_profiles(panel: Axes, band: Sequence[LensView]) -> None:
    for view in band:
        profile = error_profile(view)
        place = np.arange(1, profile.shape[1] + 1)
        color = COLORS.get(view.disguise)
        median = np.nanmedian(profile, axis=0)
        panel.plot(place, median, color=color, linewidth=WIDTHS.get(view.disguise), label=heading(view), zorder=4)
        panel.fill_between(
            place, np.nanmin(profile, axis=0), np.nanmax(profile, axis=0), color=color, alpha=0.15, linewidth=0
        )
    panel.set_xlabel("component of the hidden axis", fontsize=8.5)
    panel.set_ylabel("RMS error of the entries", fontsize=8.5)
    panel.set_xlim(0.5, place[-1] + 0.5)
    panel.set_ylim(bottom=0)
    panel.tick_params(labelsize=7.5)
    panel.grid(axis="y")


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
    kept = {name: rows[-1:] if without_disguise(band) else rows for name, band in bands.items()}
    heights = [_PANEL * len(rows) + _HEADER + 0.1 * (len(rows) == 1) for rows in kept.values()]
    with figure_style():
        figure = new_figure(WIDTH, sum(heights) + 0.32, pad=0.085)
        figure.suptitle(title, x=0.01, ha="left")
        blocks = figure.subfigures(len(bands), 1, height_ratios=heights, squeeze=False)[:, 0]
        for block, (name, band) in zip(blocks, bands.items(), strict=True):
            block.suptitle(name, x=0.01, ha="left", fontsize=10.5)
            grid = block.subplots(len(kept[name]), COLUMNS + 1, squeeze=False)
            for row, (what, matrix) in enumerate(kept[name]):
                last = row == len(kept[name]) - 1
                for column, panel in enumerate(grid[row]):
                    if column == (COLUMNS if len(band) > 1 else 1) and last:
                        draw_heat(panel, truth(band[0]), limit=limit)
                        panel.set_title("Truth", fontsize=9.5, pad=4)
                    elif column < len(band):
                        draw_heat(panel, matrix(band[column]), limit=limit)
                    else:
                        spare(panel)
                    if row == 0 and column < len(band):
                        panel.set_title(heading(band[column]), fontsize=9.5, pad=16)
                        subtitle(panel, line(band[column]))
                grid[row][0].set_ylabel(what if len(kept[name]) > 1 else "no disguise", fontsize=8.5)
            beside = grid if len(band) > 1 else grid[:, :2]
            draw_scale(block, beside.ravel().tolist(), limit=limit, label="entry")
    return figure


def _place(view: LensView) -> str:
    """Say how the rows had to be placed."""
    aligned = align(view, view.shown)
    parts = ["reversed"] if aligned.reversed else []
    if aligned.offset:
        parts.append(f"offset {aligned.offset:+d}".replace("-", "\N{MINUS SIGN}"))
    if aligned.sign < 0:
        parts.append("sign changed")
    return ", ".join(parts) or "as it is"
