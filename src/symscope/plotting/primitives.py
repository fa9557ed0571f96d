"""Pieces that several figures share: matrices as annotated heat maps, values over seeds, scales of nines."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from jaxtyping import Bool, Float
from matplotlib.axes import Axes
from matplotlib.ticker import FixedFormatter, FixedLocator, NullFormatter, NullLocator
from numpy import ndarray

from symscope.errors import DataError
from symscope.plotting.style import BLUE, DIVERGING, GREY, INK, ORANGE


def median_seed(values: Float[ndarray, " seed"]) -> int:
    """Return the index of the seed whose value is the (lower) median of the finite ones.

    Raises
    ------
    DataError
        No value is finite.
    """
    finite = np.flatnonzero(np.isfinite(values))
    if not len(finite):
        raise DataError(
            f"none of the {len(values)} seeds gave a finite value; look at the training history for the cause"
        )
    order = finite[np.argsort(values[finite], kind="stable")]
    return int(order[(len(order) - 1) // 2])


def draw_matrix(
    axes: Axes,
    matrix: Float[ndarray, "row column"],
    *,
    components: Sequence[str],
    title: str = "",
    subtitle: str = "",
    decimals: int = 2,
    row_labels: bool = True,
    written: Bool[ndarray, "row column"] | None = None,
    number_size: float = 8.5,
    limit: float | None = None,
) -> None:
    """Draw a matrix as a heat map with its numbers.

    Parameters
    ----------
    axes
        Where to draw.
    matrix
        Any real matrix. Colours run from minus to plus its largest absolute entry.
    components
        Names of rows and columns.
    title, subtitle
        Bold and plain line above.
    decimals
        Digits after the point. Entries that round to zero are written as 0, in grey.
    row_labels
        Whether rows are labelled.
    written
        Entries whose number is written, by default all; those that cannot differ from zero are better left empty.
    number_size
        Size of the numbers in points; components are named a little larger.
    limit
        Absolute value at the ends of the colours, for matrices that share them; by default the largest entry.
    """
    limit = limit or float(np.abs(matrix).max()) or 1.0
    axes.pcolormesh(matrix, cmap=DIVERGING, vmin=-1.25 * limit, vmax=1.25 * limit, edgecolors="white", linewidth=1.5)
    axes.invert_yaxis()
    axes.set_aspect("equal")
    for (row, column), value in np.ndenumerate(matrix):
        if written is not None and not written[row, column]:
            continue
        text = f"{value:.{decimals}f}".replace("-", "\N{MINUS SIGN}")
        zero = not text.strip("0.\N{MINUS SIGN}")
        strong = abs(value) > 0.72 * limit
        axes.text(
            column + 0.5,
            row + 0.5,
            "0" if zero else text,
            ha="center",
            va="center",
            fontsize=number_size,
            color="#9AA3AE" if zero else "white" if strong else INK,
        )
    centres = [index + 0.5 for index in range(len(components))]
    axes.set_xticks(centres, components)
    axes.set_yticks(centres, components if row_labels else [""] * len(components))
    axes.tick_params(length=0, pad=2, labelsize=min(9.0, number_size + 1.0))
    for spine in axes.spines.values():
        spine.set_visible(False)
    if title:
        axes.set_title(title, pad=20 if subtitle else 6)
    if subtitle:
        place: dict[str, Any] = {"xycoords": "axes fraction", "textcoords": "offset points", "va": "bottom"}
        axes.annotate(subtitle, (0, 1), (0, 5), fontsize=9, color=GREY, **place)


def cosine_text(cosine: float) -> str:
    """Write a cosine with so many digits that it does not round to 1, but at least four and at most eight."""
    return f"{cosine:.{int(np.clip(np.ceil(nines(np.array(abs(cosine)))) + 1, 4, 8))}f}"


def nines(cosine: Float[ndarray, "..."]) -> Float[ndarray, "..."]:
    """Return -log10(1 - cosine), the number of nines, at most 8: near 1, differences become visible."""
    return np.asarray(-np.log10(np.clip(1.0 - np.asarray(cosine, dtype=np.float64), 1e-8, 1.0)))


def set_nines_axis(axes: Axes, cosines: Float[ndarray, "..."]) -> None:
    """Label a vertical axis of :func:`nines` with the cosines themselves, wide enough for the finite `cosines`."""
    values = nines(cosines[np.isfinite(cosines)])
    low = float(np.floor(values.min() - 0.1)) if values.size else 0.0
    high = float(np.ceil(values.max() + 0.05)) if values.size else 3.0
    low = max(low, 0.0)
    high = max(high, low + 1.0)
    marks = np.arange(low, high + 1)
    labels = ["0" if mark == 0 else f"{1 - 10.0**-mark:.{int(mark)}f}" for mark in marks]
    axes.set_ylim(low - 0.06 * (high - low), high + 0.06 * (high - low))
    axes.yaxis.set_major_locator(FixedLocator([float(mark) for mark in marks]))
    axes.yaxis.set_major_formatter(FixedFormatter(labels))
    between = [mark - np.log10(digit / 10) for mark in marks[:-1] for digit in range(2, 10)]
    axes.yaxis.set_minor_locator(FixedLocator([float(value) for value in between]) if len(marks) < 5 else NullLocator())
    axes.yaxis.set_minor_formatter(NullFormatter())
    axes.grid(axis="y")


def draw_seeds(
    axes: Axes,
    values: Float[ndarray, "seed column"],
    *,
    shown: int | None = None,
    width: float = 0.28,
    color: str = BLUE,
    first: int = 0,
) -> None:
    """Draw one dot for each seed in each column, spread sideways by rank of seed, and a bar at the median.

    Parameters
    ----------
    axes
        Where to draw; columns stand at `first`, `first` + 1, ...
    values
        Values on the axis; non-finite ones are left out.
    shown
        Index of a seed to be ringed.
    width
        Half the width of a column.
    color
        Colour of the dots.
    first
        Where the first column stands.
    """
    n_seeds, n_columns = values.shape
    offsets = np.linspace(-0.7 * width, 0.7 * width, n_seeds) if n_seeds > 1 else np.zeros(1)
    for column in range(n_columns):
        place = first + column
        axes.scatter(place + offsets, values[:, column], s=20, color=color, alpha=0.75, linewidths=0, zorder=3)
        finite = values[np.isfinite(values[:, column]), column]
        if len(finite):
            axes.hlines(np.median(finite), place - 1.25 * width, place + 1.25 * width, color=INK, linewidth=2, zorder=4)
        if shown is not None and np.isfinite(values[shown, column]):
            axes.scatter(
                place + offsets[shown],
                values[shown, column],
                s=58,
                facecolors="none",
                edgecolors=ORANGE,
                linewidths=1.5,
                zorder=5,
            )
