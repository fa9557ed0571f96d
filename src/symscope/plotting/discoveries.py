"""Symmetries of two-body orbits as several methods find them (LieGAN paper, Figure 3)."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from jaxtyping import Bool, Float
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure
from matplotlib.lines import Line2D
from numpy import ndarray

from symscope.config.discovery import TruthSettings
from symscope.discovery.result import Discovery
from symscope.evaluation.rotations import (
    found_angles,
    in_span_coordinates,
    span_coordinates,
    true_generator,
    visited_span,
)
from symscope.plotting.bodies import FoundSymmetry, body_components, found_symmetry
from symscope.plotting.primitives import cosine_text, draw_matrix, draw_seeds, nines, set_nines_axis
from symscope.plotting.style import AMBER, BLUE, GREEN, GREY, INK, ORANGE, figure_style, new_figure
from symscope.report.orbits import METHODS
from symscope.report.records import Record

COLUMNS = 3
MATRIX_HEIGHT, SPAN_HEIGHT, BOTTOM_HEIGHT = 3.75, 2.2, 3.3  # inches
SMALL = 6.4  # size of numbers in points

NOT_DRAWN = ("liegan_published", "augerino_tuned")
"""Roles whose seeds are shown, and no matrix."""


def plot_compared_discoveries(
    discoveries: Mapping[str, Discovery],
    truths: Mapping[str, TruthSettings],
    records: Iterable[Record] = (),
) -> Figure:
    """Draw discoveries side by side, as :func:`plot_discoveries` does, with their scores.

    Parameters
    ----------
    discoveries
        Ensembles by role; :data:`symscope.report.orbits.METHODS` has the roles. The truth and the data of the first one are
        those of the figure.
    truths
        What each is compared with, by role.
    records
        Their numbers. Published values among those whose ids end in ``<role>.cosine`` are marked.
    """
    published = {record.id.split(".")[-2]: record.published for record in records if record.id.endswith(".cosine")}
    found = [
        found_symmetry(
            discovery,
            truths[role],
            label=METHODS.get(role, role),
            published=published.get(role),
            drawn=role not in NOT_DRAWN,
        )
        for role, discovery in discoveries.items()
    ]
    first = next(iter(discoveries))
    truth, span = true_generator(truths[first]), visited_span(discoveries[first], truths[first])
    angles = {role: found_angles(discoveries[role], truths[role]) for role in discoveries if "symmetrygan" in role}
    return plot_discoveries(
        found,
        truth,
        in_span_coordinates(truth, span),
        angles=angles.get("symmetrygan"),
        free_angles=angles.get("symmetrygan_free"),
        span_components=span_coordinates(span).tolist(),
    )


def plot_discoveries(
    found: Sequence[FoundSymmetry],
    truth: Float[ndarray, "d d"],
    truth_on_data: Float[ndarray, "r r"],
    *,
    angles: Float[ndarray, " regularised"] | None = None,
    free_angles: Float[ndarray, " free"] | None = None,
    components: Sequence[str] | None = None,
    span_components: Sequence[int] | None = None,
    truth_label: str = "Truth",
) -> Figure:
    """Draw what several methods found, what it does to the data, and how every seed agrees with the truth.

    Parameters
    ----------
    found
        The methods in order, each with its ensemble.
    truth, truth_on_data
        The known generator, and what it does to the data.
    angles
        Angle of each seed's SymmetryGAN element [degrees]; the panel of the regulariser is left out without them.
    free_angles
        The same for an ensemble that was trained without the regulariser.
    components
        Names of the d components; by default those of bodies in the plane.
    span_components
        Indices of the r components in which `on_data` is written. The row is left out where the data visit all
        directions, because it would repeat the matrices.
    truth_label
        Heading of the truth.

    Returns
    -------
    Figure
        9.6 inches wide.
    """
    names = list(components) if components is not None else body_components(len(truth))
    kept = list(span_components) if span_components is not None else list(range(len(truth_on_data)))
    drawn = [one for one in found if one.drawn]
    n_rows = -(-(len(drawn) + 1) // COLUMNS)
    with_span = len(truth_on_data) < len(truth)
    heights = [MATRIX_HEIGHT * n_rows, *([SPAN_HEIGHT] if with_span else []), BOTTOM_HEIGHT]
    with figure_style():
        figure = new_figure(9.6, sum(heights) + 0.3, pad=0.12)
        top, *middle, bottom = figure.subfigures(len(heights), 1, height_ratios=heights, squeeze=False)[:, 0]
        _draw_matrices(top, drawn, truth, names, truth_label)
        top.suptitle("Learned matrices of one seed each (generators in the scale of the truth)", x=0.01, ha="left")
        if with_span:
            _draw_on_data(middle[0], drawn, truth_on_data, [names[index] for index in kept], truth_label)
            chosen = ", ".join(names[index] for index in kept)
            middle[0].suptitle(
                f"The same on the {len(kept)} directions that the data visit, written in {chosen}", x=0.01, ha="left"
            )
        if angles is None:
            _draw_cosines(bottom.subplots(1, 1), found)
        else:
            left, right = bottom.subfigures(1, 2, width_ratios=[1.45 if len(found) < 6 else 1.75, 1.0])
            _draw_cosines(left.subplots(1, 1), found)
            _draw_angles(right, angles, free_angles)
    return figure


def _draw_matrices(
    block: SubFigure, found: Sequence[FoundSymmetry], truth: Float[ndarray, "d d"], names: Sequence[str], label: str
) -> None:
    grid = block.add_gridspec(-(-(len(found) + 1) // COLUMNS), COLUMNS, hspace=0.06)
    axes = block.add_subplot(grid[0, 0])
    written = _blocks_of(truth)
    draw_matrix(axes, truth, components=names, title=label, subtitle="generator", written=written, number_size=SMALL)
    for index, one in enumerate(found, start=1):
        axes = block.add_subplot(grid[index // COLUMNS, index % COLUMNS])
        kind = "group element" if one.is_element else "generator"
        draw_matrix(
            axes,
            one.matrices[one.shown],
            components=names,
            title=one.label,
            subtitle=f"{kind}, seed {one.seeds[one.shown]}, |cosine| {cosine_text(one.cosines[one.shown])}",
            written=one.free,
            number_size=SMALL,
        )


def _draw_on_data(
    block: SubFigure, found: Sequence[FoundSymmetry], truth: Float[ndarray, "r r"], names: Sequence[str], label: str
) -> None:
    panels = block.subplots(1, len(found) + 1, squeeze=False)[0]
    matrices = [(label, truth), *((one.label, one.on_data[one.shown]) for one in found)]
    for axes, (title, matrix) in zip(panels, matrices, strict=True):
        draw_matrix(axes, matrix, components=names, row_labels=axes is panels[0], number_size=SMALL)
        axes.set_title(title, fontsize=8.5)


def _draw_cosines(axes: Axes, found: Sequence[FoundSymmetry]) -> None:
    everything = [np.array([one.success_cosine]) for one in found]
    for column, one in enumerate(found):
        cosines = np.abs(one.cosines)
        everything.append(cosines)
        draw_seeds(axes, nines(cosines)[:, None], shown=one.shown if one.drawn else None, first=column)
        threshold = nines(np.array(one.success_cosine))
        axes.hlines(threshold, column - 0.45, column + 0.45, color=GREEN, linestyle=":", linewidth=1.6)
        if one.published is not None:
            everything.append(np.array([one.published]))
            axes.scatter(column + 0.36, nines(np.array(one.published)), marker="D", s=26, color=ORANGE, zorder=6)
    axes.set_xlim(-0.6, len(found) - 0.4)
    labels = []
    for one in found:
        method, _, variant = one.label.partition(", ")
        succeeded = int((np.abs(one.cosines) >= one.success_cosine).sum())
        labels.append(f"{method}\n{variant}\n{succeeded} of {len(one.cosines)}")
    axes.set_xticks(range(len(found)), labels, fontsize=8 if len(found) < 6 else 7)
    set_nines_axis(axes, np.concatenate(everything))
    axes.set_ylabel("|cosine| on the data's span")
    axes.set_title("Agreement of every seed, and how many succeed")
    marks = [
        Line2D([], [], linestyle="", marker="o", color=BLUE, label="one seed"),
        Line2D([], [], linestyle="", marker="o", markersize=8, markerfacecolor="none", color=ORANGE, label="drawn"),
        Line2D([], [], color=INK, linewidth=2, label="median"),
        Line2D([], [], color=GREEN, linestyle=":", label="success"),
    ]
    if any(one.published is not None for one in found):
        marks.append(Line2D([], [], linestyle="", marker="D", markersize=5, color=ORANGE, label="published"))
    axes.figure.legend(handles=marks, loc="outside lower center", ncols=len(marks), columnspacing=1.0, fontsize=8.5)


def _draw_angles(
    block: SubFigure, angles: Float[ndarray, " regularised"], free_angles: Float[ndarray, " free"] | None
) -> None:
    """Draw the regulariser's curve, and below it, on the same axis, where the seeds ended with and without it."""
    curve, seeds = block.subplots(2, 1, sharex=True, gridspec_kw={"height_ratios": [1.25, 1.0]})
    grid = np.linspace(0, 180, 361)
    curve.plot(grid, np.abs(np.cos(np.radians(grid))), color=INK)
    ground = {"facecolor": "white", "linewidth": 0, "pad": 1.5}
    curve.text(90, 0.7, "least at 90°", ha="center", va="center", fontsize=9, color=GREY, bbox=ground)
    curve.set_ylabel("|cos angle|")
    curve.set_ylim(-0.06, 1.06)
    curve.set_title("SymmetryGAN's regulariser")
    rows = [("with", angles, BLUE, "o")]
    if free_angles is not None:
        rows.append(("without", free_angles, AMBER, "s"))
    for height, (_, values, color, marker) in enumerate(rows):
        spread = np.linspace(-0.22, 0.22, len(values)) if len(values) > 1 else np.zeros(1)
        seeds.scatter(values, -height + spread, s=24, color=color, marker=marker, alpha=0.85, linewidths=0, zorder=3)
    seeds.set_ylim(-len(rows) + 0.45, 0.55)
    seeds.set_yticks([-height for height in range(len(rows))], [name for name, *_ in rows])
    seeds.set_xlim(-4, 184)
    seeds.set_xticks(range(0, 181, 45))
    seeds.set_xlabel("angle of each seed's element [degrees]")
    for axes in (curve, seeds):
        axes.axvline(90, color=GREY, linestyle="--", linewidth=1.0, zorder=0)
        axes.grid(axis="x")


def _blocks_of(matrix: Float[ndarray, "d d"]) -> Bool[ndarray, "d d"]:
    """Entries of the 2 x 2 blocks on the diagonal, or all where the matrix reaches beyond them."""
    blocks = np.kron(np.eye(-(-len(matrix) // 2)), np.ones((2, 2)))[: len(matrix), : len(matrix)].astype(bool)
    return np.asarray(blocks if not (matrix[~blocks] != 0).any() else np.ones_like(blocks))
