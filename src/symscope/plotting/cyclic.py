"""Finite groups that LieGAN found (LieGAN paper, Figures 4 and 9)."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure
from matplotlib.lines import Line2D
from numpy import ndarray
from scipy.linalg import expm

from symscope.discovery.result import Discovery
from symscope.discovery.tasks import split_tasks
from symscope.evaluation.cyclic import CyclicScore
from symscope.plotting.primitives import draw_matrix
from symscope.plotting.style import AMBER, BLUE, GREEN, GREY, INK, ORANGE, figure_style, new_figure
from symscope.report.records import PublishedValue

PLANE = ("x", "y", "z")
GROUND = {"facecolor": "white", "linewidth": 0, "pad": 1.0}
MARKED = 60
"""Points of the highlighted sector."""


class Found(NamedTuple):
    """One ensemble and how it agrees with its cyclic group."""

    discovery: Discovery
    """The ensemble."""
    score: CyclicScore
    """Its score."""


def plot_cyclic(
    found: Mapping[int, Found],
    points: Float[ndarray, "n d"],
    *,
    shown: int,
    published: Mapping[int, float],
    compared: Mapping[int, CyclicScore],
    laws: Mapping[int, Discovery] | None = None,
) -> Figure:
    """Draw what was learned of cyclic groups: one generator, what it does to points, the search for the scale, all errors.

    Parameters
    ----------
    found
        LieGAN's ensembles, by order.
    points
        Inputs of the function of order `shown`.
    shown
        Order whose generator is drawn.
    published
        Published errors by order.
    compared
        SymmetryGAN's scores, by order.
    laws
        Discoveries in which the turn was known and the law of its angle was learned, by order.

    Returns
    -------
    Figure
        9.6 inches wide.
    """
    with figure_style():
        heights = [3.3, 4.3, *([2.3] if laws else [])]
        figure = new_figure(9.6, sum(heights), pad=0.08)
        top, bottom, *last = figure.subfigures(len(heights), 1, height_ratios=heights, squeeze=False)[:, 0]
        if laws:
            _draw_laws(last[0], laws)
        _draw_one(top, found[shown], points, shown)
        left, right = bottom.subfigures(1, 2, width_ratios=[1.0, 1.15], squeeze=False)[0]
        _draw_search(left, {order: one.discovery for order, one in found.items()})
        _draw_errors(right, {order: one.score for order, one in found.items()}, compared, published)
    return figure


def plot_cyclic_groups(
    discovery: Discovery,
    scores: Mapping[str, Mapping[int, CyclicScore]],
    points: Float[ndarray, "n d"],
    *,
    published: Mapping[str, PublishedValue],
    laws: Discovery | None = None,
    law_orders: Sequence[int] = (),
) -> Figure:
    """Draw cyclic groups as :func:`plot_cyclic` does; the generator is that of order 7, or of the order in the middle.

    Parameters
    ----------
    discovery
        LieGAN's ensembles of all orders.
    scores
        By role (`liegan`, `symmetrygan`) and order.
    points
        Inputs of all functions, in the order of the tasks.
    published
        Published values; those of ``liegan.table_4.liegan.k<order>.mae`` are marked.
    laws, law_orders
        Ensembles that learned the law of a known turn, and their orders.
    """
    orders = list(scores["liegan"])
    shown = 7 if 7 in orders else orders[len(orders) // 2]
    size = len(points) // len(orders)
    first = orders.index(shown) * size
    known = {order: published.get(f"liegan.table_4.liegan.k{order}.mae") for order in orders}
    return plot_cyclic(
        {
            order: Found(part, scores["liegan"][order])
            for order, part in zip(orders, split_tasks(discovery), strict=True)
        },
        points[first : first + size],
        shown=shown,
        published={order: one.value for order, one in known.items() if one is not None and one.value is not None},
        compared=scores.get("symmetrygan", {}),
        laws=None if laws is None else dict(zip(law_orders, split_tasks(laws), strict=True)),
    )


def plot_permutation(discovery: Discovery, score: CyclicScore) -> Figure:
    """Draw the generator of a cyclic permutation, its exponentials, and the errors of all seeds.

    Parameters
    ----------
    discovery, score
        The ensemble, and how it agrees with the group.

    Returns
    -------
    Figure
        9.6 inches wide.
    """
    index = score.typical
    matrix = discovery.generators[index, 0]
    names = [f"x{row + 1}" for row in range(len(matrix))]
    with figure_style():
        figure = new_figure(9.6, 5.6, pad=0.08)
        grid = figure.subplots(2, 3)
        draw_matrix(grid[0, 0], score.truth[index], components=names, title="Truth", subtitle="L", number_size=7.5)
        subtitle = f"L, seed {score.seeds[index]}, mean error {score.mae[index]:.3g}"
        draw_matrix(grid[0, 1], matrix, components=names, title="LieGAN", subtitle=subtitle, number_size=7.5)
        for axes, times in zip((grid[0, 2], grid[1, 0], grid[1, 1]), (1, 2, 3), strict=True):
            learned, known = expm(times * matrix), expm(times * score.truth[index])
            sign = "" if times == 1 else f"{times}"
            subtitle = f"largest error {np.abs(learned - known).max():.2g}"
            draw_matrix(axes, learned, components=names, title=f"exp({sign}L)", subtitle=subtitle, number_size=7.5)
        _draw_permutation_errors(grid[1, 2], score)
    return figure


def _draw_one(block: SubFigure, found: Found, points: Float[ndarray, "n d"], order: int) -> None:
    discovery, score = found
    index = score.typical
    matrix = discovery.generators[index, 0]
    panels = block.subplots(1, 4, squeeze=False)[0]
    times = round(abs(float(score.truth[index, 1, 0])) * order / (2.0 * np.pi))
    turn = (
        f"2\N{GREEK SMALL LETTER PI}/{order}"
        if times == 1
        else f"{times} \N{MULTIPLICATION SIGN} 2\N{GREEK SMALL LETTER PI}/{order}"
    )
    draw_matrix(panels[0], score.truth[index], components=PLANE, title="Truth", subtitle=f"turn by {turn}", decimals=3)
    subtitle = f"seed {score.seeds[index]}, mean error {score.mae[index]:.2g}"
    draw_matrix(panels[1], matrix, components=PLANE, title="LieGAN", subtitle=subtitle, decimals=3)
    moved = points @ expm(matrix).T
    sector = _sector(points, order)
    for axes, values, title in ((panels[2], points, "Inputs"), (panels[3], moved, "Moved by exp(L)")):
        axes.scatter(values[:, 0], values[:, 1], s=3, color=GREY, alpha=0.25, linewidths=0)
        axes.scatter(values[sector, 0], values[sector, 1], s=9, color=ORANGE, linewidths=0)
        edges = 2.0 * np.pi * np.arange(order) / order
        axes.plot(
            np.stack([0 * edges, 3.3 * np.cos(edges)]),
            np.stack([0 * edges, 3.3 * np.sin(edges)]),
            color=INK,
            linewidth=0.6,
        )
        axes.set_aspect("equal")
        axes.set_xlim(-3.3, 3.3)
        axes.set_ylim(-3.3, 3.3)
        axes.set_xticks([-2, 0, 2])
        axes.set_yticks([-2, 0, 2])
        axes.set_xlabel("x")
        axes.set_ylabel("y", labelpad=-2)
        axes.set_title(title)
    block.suptitle(f"The generator of one seed, k = {order}", x=0.01, ha="left")


def _sector(points: Float[ndarray, "n d"], order: int) -> Bool[ndarray, " n"]:
    angles = np.mod(np.arctan2(points[:, 1], points[:, 0]), 2.0 * np.pi)
    inside = np.flatnonzero(angles < 2.0 * np.pi / order)[:MARKED]
    result = np.zeros(len(points), dtype=bool)
    result[inside] = True
    return result


def _draw_search(block: SubFigure, discoveries: Mapping[int, Discovery]) -> None:
    """Draw the loss along the scale for a few orders; the axis is in units of 2 pi / k."""
    searched = [order for order, discovery in discoveries.items() if discovery.tried]
    orders = searched if len(searched) <= 3 else [searched[0], searched[len(searched) // 2], searched[-1]]
    block.suptitle("Search for the scale", x=0.02, ha="left")
    if not orders:
        axes = block.subplots()
        axes.set_axis_off()
        axes.text(0.5, 0.5, "scale not searched", ha="center", va="center", color=GREY)
        return
    panels = block.subplots(len(orders), 1, sharex=True, squeeze=False)[:, 0]
    for axes, order in zip(panels, orders, strict=True):
        tried = discoveries[order].tried
        turns = tried["norm"][0] / np.sqrt(2.0) * order / (2.0 * np.pi)
        kept = turns <= 2.4
        for row in tried["loss"]:
            axes.plot(turns[kept], row[kept], color=BLUE, linewidth=0.9, alpha=0.6)
        for mark in (1, 2):
            axes.axvline(mark, color=GREEN, linestyle=":", linewidth=1.4, zorder=0)
        axes.text(0.985, 0.93, f"k = {order}", transform=axes.transAxes, ha="right", va="top", fontsize=9, bbox=GROUND)
        axes.set_xlim(0, 2.4)
        losses = tried["loss"][:, kept]
        usual = float(np.median(losses))
        least = float(losses.min())
        depth = max(usual - least, 1e-9)  # losses may be negative
        axes.set_ylim(least - 0.1 * depth, min(float(losses.max()), usual + depth) + 0.1 * depth)
        axes.set_ylabel("loss")
    panels[-1].set_xlabel("turn of exp(L), in units of 2\N{GREEK SMALL LETTER PI}/k")


def _draw_laws(block: SubFigure, laws: Mapping[int, Discovery]) -> None:
    """Draw the density of the learned angle, every seed, over two turns."""
    block.suptitle("The turn is known, the law of its angle is learned", x=0.01, ha="left")
    panels = block.subplots(1, len(laws), squeeze=False)[0]
    for axes, (order, discovery) in zip(panels, laws.items(), strict=True):
        reach = order // 2 + 0.75
        turns = np.linspace(-reach, reach, 2001)
        unit = 2.0 * np.pi / order
        for row in mixture_density(discovery.coefficient_parameters, turns * unit):
            axes.plot(turns, row * unit, color=BLUE, linewidth=1.0, alpha=0.7)
        for mark in range(-int(reach), int(reach) + 1):
            axes.axvline(mark, color=GREEN, linestyle=":", linewidth=1.4, zorder=0)
        axes.set_xlim(-reach, reach)
        axes.set_ylim(bottom=0)
        axes.set_title(f"k = {order}")
        axes.set_xlabel("angle, in units of 2\N{GREEK SMALL LETTER PI}/k")
    panels[0].set_ylabel("density")


def _draw_errors(
    block: SubFigure,
    scores: Mapping[int, CyclicScore],
    compared: Mapping[int, CyclicScore],
    published: Mapping[int, float],
) -> None:
    axes = block.subplots()
    block.suptitle("Error of every seed", x=0.02, ha="left")
    labels = []
    for place, (order, score) in enumerate(scores.items()):
        _draw_column(axes, place, score, BLUE, "o", shift=-0.12 if order in compared else 0.0)
        told = f"{order}\n{int(score.success.sum())}/{len(score.seeds)}"
        if order in compared:
            _draw_column(axes, place, compared[order], AMBER, "s", shift=0.22)
            told += f"\n{int(compared[order].success.sum())}/{len(compared[order].seeds)}"
        labels.append(told)
        if order in published:
            axes.scatter(place - 0.36, published[order], marker="D", s=24, color=ORANGE, zorder=6)
    _set_error_axis(axes, np.concatenate([one.mae for one in (*scores.values(), *compared.values())]))
    axes.set_xticks(range(len(scores)), labels)
    axes.set_xlabel("order k; below it, how many seeds generate the group")
    axes.set_ylabel("mean absolute error of all entries")
    axes.grid(axis="y")
    marks = [_mark("o", BLUE, "LieGAN"), _mark("D", ORANGE, "published")]
    if compared:
        marks.insert(1, _mark("s", AMBER, "SymmetryGAN (element)"))
    marks.append(
        Line2D([], [], linestyle="", marker="o", markerfacecolor="none", color=INK, label="hollow: no generator")
    )
    block.legend(handles=marks, loc="outside lower center", ncols=2, fontsize=8.5, columnspacing=1.0)


def _set_error_axis(axes: Axes, errors: Float[ndarray, " n"]) -> None:
    """Make a logarithmic axis of whole decades."""
    finite = np.log10(np.maximum(errors[np.isfinite(errors)], 1e-5))
    axes.set_yscale("log")
    if len(finite):
        low, high = np.floor(finite.min()), np.ceil(finite.max())
        axes.set_ylim(10.0**low, 10.0 ** max(high, low + 1))


def _mark(marker: str, color: str, label: str) -> Line2D:
    return Line2D([], [], linestyle="", marker=marker, markersize=5, color=color, label=label)


def _draw_column(axes: Axes, place: int, score: CyclicScore, color: str, marker: str, *, shift: float) -> None:
    offsets = np.linspace(-0.1, 0.1, len(score.mae)) if len(score.mae) > 1 else np.zeros(1)
    for offset, error, success in zip(offsets, score.mae, score.success, strict=True):
        if np.isfinite(error):
            face = color if success else "none"
            axes.scatter(
                place + shift + offset,
                max(error, 1e-5),
                s=22,
                marker=marker,
                facecolors=face,
                edgecolors=color,
                zorder=3,
            )
    finite = score.mae[np.isfinite(score.mae)]
    if len(finite):
        axes.hlines(np.median(finite), place + shift - 0.16, place + shift + 0.16, color=INK, linewidth=1.6, zorder=4)


def _draw_permutation_errors(axes: Axes, score: CyclicScore) -> None:
    _draw_column(axes, 0, score, BLUE, "o", shift=0.0)
    axes.set_xlim(-0.6, 0.6)
    _set_error_axis(axes, score.mae)
    axes.set_xticks([0], [f"{int(score.success.sum())} of {len(score.seeds)} seeds\ngenerate the group"])
    axes.set_ylabel("mean absolute error of L")
    axes.set_title("Every seed")
    axes.grid(axis="y")


def mixture_density(
    parameters: Mapping[str, ndarray], grid: Sequence[float] | Float[ndarray, " k"]
) -> Float[ndarray, "seed k"]:
    """Density of the learned law of one coefficient.

    Parameters
    ----------
    parameters
        `logits`, `means` and `log_sigma` of a mixture, each (seed, channel, component).
    grid
        Where to evaluate it.
    """
    logits = parameters["logits"][:, 0]
    weights = np.exp(logits - logits.max(axis=1, keepdims=True))
    weights /= weights.sum(axis=1, keepdims=True)
    sigma = np.exp(parameters["log_sigma"][:, 0])[:, None]
    distance = (np.asarray(grid)[None, :, None] - parameters["means"][:, 0][:, None]) / sigma
    bells = np.exp(-0.5 * distance**2) / (np.sqrt(2.0 * np.pi) * sigma)
    return np.asarray((weights[:, None] * bells).sum(axis=-1))
