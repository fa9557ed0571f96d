"""Matrices of any discovery in blocks, with the agreement of its seeds beside them: what an experiment's own page shows."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure
from numpy import ndarray

from symscope.plotting.lens_panels import draw_heat, subtitle
from symscope.plotting.primitives import draw_matrix, draw_seeds, nines, set_nines_axis
from symscope.plotting.style import GREY, figure_style, new_figure

WIDTH = 9.6
"""Width of the figure [inches]."""
WRITTEN = 14
"""Largest matrix whose entries are written; larger ones are colours only."""
SMALL, LARGE = 0.1, 100.0
"""Largest entry of a matrix between which its entries are written as they are; else in units of a power of ten."""
CHARACTERS = 9.5
"""Characters of a title that fit an inch."""
LABELLED = 9
"""Longest name of a component, in characters, that still stands level below a column."""


class Panel(NamedTuple):
    """One matrix."""

    title: str
    subtitle: str
    matrix: Float[ndarray, "row column"]
    limit: float | None = None
    """Absolute value at the ends of the colours, where matrices share them; by default the largest entry."""


class Block(NamedTuple):
    """Matrices with a common heading."""

    heading: str
    panels: tuple[Panel, ...]
    components: tuple[str, ...]
    """Names of rows and columns."""


class SeedValues(NamedTuple):
    """Cosines of every seed."""

    columns: Mapping[str, Float[ndarray, " seed"]]
    """Values by what they are compared with."""
    shown: int | None
    """Index of the seed whose matrices are drawn; None where it is none of them."""
    unit: str
    """What one value belongs to: a seed, or a part of the events."""


def plot_matrix_blocks(blocks: Sequence[Block], seeds: SeedValues | None = None) -> Figure:
    """Draw blocks of matrices, side by side as far as they fit, and the cosines of all seeds.

    Parameters
    ----------
    blocks
        At least one, with at least one matrix; real matrices of any size.
    seeds
        Cosines of each seed; None leaves the panel out.

    Returns
    -------
    Figure
        9.6 inches wide.
    """
    size = max(len(panel.matrix) for block in blocks for panel in block.panels)
    columns = _columns(size)
    rows = _packed(blocks, columns, extra=0 if seeds is None else 1)
    cell = WIDTH / columns
    heights = [2.6 if row == [None] else (cell + 0.28) * _depth(row, columns) + 0.42 for row in rows]
    with figure_style():
        figure = new_figure(WIDTH, sum(heights), pad=0.07)
        strips = figure.subfigures(len(rows), 1, height_ratios=heights, squeeze=False)[:, 0]
        for strip, row in zip(strips, rows, strict=True):
            widths = [_width(part, columns) for part in row]
            spare = columns - sum(widths)
            places = strip.subfigures(1, len(row) + bool(spare), width_ratios=[*widths, *[spare] * bool(spare)])
            for place, part in zip(np.atleast_1d(places), row, strict=False):
                if part is None:
                    if seeds is not None:
                        _draw_agreement(place, seeds)
                else:
                    _draw_block(place, part, columns)
    return figure


def _columns(size: int) -> int:
    if size > WRITTEN:
        return 3
    return 4 if size <= 5 else 3 if size <= 8 else 2


def _width(part: Block | None, columns: int) -> int:
    return 1 if part is None else min(columns, len(part.panels))


def _depth(row: Sequence[Block | None], columns: int) -> int:
    return max(1 if part is None else -(-len(part.panels) // columns) for part in row)


def _packed(blocks: Sequence[Block], columns: int, *, extra: int) -> list[list[Block | None]]:
    """Put blocks into rows in their order; None stands for the panel of the seeds."""
    rows: list[list[Block | None]] = [[]]
    for part in [*blocks, *[None] * extra]:
        used = sum(_width(one, columns) for one in rows[-1])
        deep = part is not None and len(part.panels) > columns
        if rows[-1] and (deep or used + _width(part, columns) > columns or _depth(rows[-1], columns) > 1):
            rows.append([])
        rows[-1].append(part)
    return rows


def _draw_block(place: SubFigure, block: Block, columns: int) -> None:
    place.suptitle(block.heading, x=0.01, ha="left")
    across = _width(block, columns)
    grid = place.add_gridspec(-(-len(block.panels) // across), across)
    longest = int(CHARACTERS * WIDTH / columns)
    for number, panel in enumerate(block.panels):
        title = (
            panel.title
            if len(panel.title) <= longest
            else f"{panel.title[: longest - 1].rstrip(', ')}\N{HORIZONTAL ELLIPSIS}"
        )
        axes = place.add_subplot(grid[number // across, number % across])
        size = len(panel.matrix)
        limit = panel.limit or float(np.nanmax(np.abs(panel.matrix), initial=0.0)) or 1.0
        if size > WRITTEN or panel.matrix.shape != (size, size):
            draw_heat(axes, panel.matrix, limit=limit)
            axes.set_title(title, fontsize=9.5, pad=17)
            subtitle(axes, f"{panel.subtitle}{', ' if panel.subtitle else ''}colours to \N{PLUS-MINUS SIGN}{limit:.2g}")
            continue
        power = 0 if SMALL <= limit < LARGE else int(np.floor(np.log10(limit)))
        unit = f"{', ' if panel.subtitle else ''}in units of 1e{power}".replace("-", "\N{MINUS SIGN}") if power else ""
        names = block.components if len(block.components) == size else tuple(str(k + 1) for k in range(size))
        draw_matrix(
            axes,
            panel.matrix / 10.0**power,
            components=names,
            title=title,
            subtitle=panel.subtitle + unit,
            number_size=_number_size(size),
            decimals=2 if size <= 12 and limit / 10.0**power < 10 else 1,
            limit=limit / 10.0**power,
        )
        if max(len(name) for name in names) > LABELLED * 4 / max(size, 4):
            axes.tick_params(axis="x", labelrotation=90)


def _number_size(size: int) -> float:
    return 8.5 if size <= 4 else 7.5 if size <= 8 else 6.5


def _draw_agreement(place: SubFigure, seeds: SeedValues) -> None:
    place.suptitle(f"Agreement, each {seeds.unit}", x=0.01, ha="left")
    axes: Axes = place.subplots(1, 1)
    values = np.stack(list(seeds.columns.values()), axis=1)
    draw_seeds(axes, nines(values), shown=seeds.shown)
    set_nines_axis(axes, values)
    axes.set_xticks(range(values.shape[1]), [name.replace(" ", "\n", 1) for name in seeds.columns])
    axes.set_xlim(-0.7, values.shape[1] - 0.3)
    axes.set_ylabel("cosine")
    note = "bar: median" + ("" if seeds.shown is None else f"; ring: the {seeds.unit} that is drawn")
    axes.set_title(note, fontsize=8, color=GREY, fontweight="normal")
