"""Singular values of the null-space engine, and what separates symmetries from the rest."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator
from numpy import ndarray

from symscope.discovery.result import Discovery
from symscope.errors import DataError
from symscope.plotting.primitives import draw_matrix
from symscope.plotting.style import BLUE, GREY, INK, ORANGE, figure_style, new_figure

LOWEST = 1e-10
"""Values below are drawn here: float32 data and rounding tell nothing about them."""
COLUMNS = 3
MOMENTUM = ("E", "px", "py", "pz")


class Spectrum(NamedTuple):
    """One panel."""

    title: str
    subtitle: str
    values: Float[ndarray, " k"]
    """Of all events, rising."""
    parts: Float[ndarray, "part k"]
    """Of the parts; none where they are not alike."""
    threshold: float
    dimension: int


def spectrum_of(discovery: Discovery, title: str, subtitle: str) -> Spectrum:
    """Take what is drawn from a discovery of the null-space engine.

    Raises
    ------
    DataError
        Where another method found it.
    """
    found = discovery.null_space
    if "singular_values" not in found:
        raise DataError(f"the discovery shown as '{title}' has no singular values; name one of method null_space")
    return Spectrum(
        title,
        subtitle,
        found["singular_values"],
        found["part_values"],
        float(found["threshold"][0]),
        len(found["whole"]),
    )


def plot_spectra(spectra: Sequence[Spectrum], generators: Mapping[str, Float[ndarray, "d d"]]) -> Figure:
    """Draw the singular values of each data set, and below them generators of jets where there are some.

    Parameters
    ----------
    spectra
        One panel each.
    generators
        Matrices on four-momenta, by name.
    """
    rows = -(-len(spectra) // COLUMNS)
    with figure_style():
        heights = [2.7 * rows + 0.55, *([1.75] if generators else [])]
        figure = new_figure(10.2, sum(heights))
        places = figure.add_gridspec(len(heights), 1, height_ratios=heights)
        upper = figure.add_subfigure(places[0, 0])
        grid = upper.subplots(rows, COLUMNS, squeeze=False, sharey=True)
        for axes in grid.flat[len(spectra) :]:
            axes.set_visible(False)
        for axes, spectrum in zip(grid.flat, spectra, strict=False):
            _draw(axes, spectrum)
        for axes in grid[:, 0]:
            axes.set_ylabel("singular value")
        handles = [
            Line2D([], [], marker="o", linestyle="", color=BLUE, label="symmetries"),
            Line2D([], [], marker="o", linestyle="", color=INK, label="the other directions"),
            Line2D([], [], marker="_", linestyle="", color=GREY, label="parts of the events"),
            Line2D([], [], color=ORANGE, linestyle="--", label="threshold"),
        ]
        upper.legend(handles=handles, loc="outside lower center", ncols=4)
        if generators:
            panels = figure.add_subfigure(places[1, 0]).subplots(1, len(generators), squeeze=False)[0]
            for k, (axes, (name, matrix)) in enumerate(zip(panels, generators.items(), strict=True)):
                draw_matrix(axes, matrix, components=MOMENTUM, row_labels=k == 0, decimals=1, number_size=6.5)
                axes.set_title(name, fontsize=8.5, fontweight="normal")
    return figure


def _draw(axes: Axes, spectrum: Spectrum) -> None:
    places = np.arange(1, len(spectrum.values) + 1)
    for part in spectrum.parts:
        axes.plot(places, np.maximum(part, LOWEST), "_", color=GREY, alpha=0.6, markersize=7)
    for inside, color in ((places <= spectrum.dimension, BLUE), (places > spectrum.dimension, INK)):
        axes.plot(places[inside], np.maximum(spectrum.values[inside], LOWEST), "o", color=color, markersize=4)
    axes.axhline(max(spectrum.threshold, LOWEST), color=ORANGE, linestyle="--", linewidth=1.2)
    axes.set_yscale("log")
    axes.set_ylim(0.4 * LOWEST, 10)
    axes.set_xlim(0, len(places) + 1)
    axes.set_xlabel("direction")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.grid(axis="y")
    axes.set_title(spectrum.title, pad=20)
    axes.annotate(
        spectrum.subtitle,
        (0, 1),
        (0, 5),
        xycoords="axes fraction",
        textcoords="offset points",
        va="bottom",
        fontsize=9,
        color=GREY,
    )
