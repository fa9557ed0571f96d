"""Digits before and after the learned transformation, its generator, and the law of its angle (LieGAN paper, Figure 11)."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure
from matplotlib.lines import Line2D
from numpy import ndarray

from symscope.plotting.primitives import cosine_text, draw_matrix, draw_seeds, nines, set_nines_axis
from symscope.plotting.style import BLUE, GREEN, GREY, INK, ORANGE, PINK, figure_style, new_figure

COMPONENTS = ("x", "y", "1")


class FoundRotation(NamedTuple):
    """An ensemble that was to find a rotation of the image plane."""

    generators: Float[ndarray, "seed 3 3"]
    """One generator of every seed, in the norm and the sign of the truth."""
    cosines: Float[ndarray, " seed"]
    """|cosine| of each with the truth."""
    success_cosine: float
    """From which value on a seed succeeds."""
    seeds: tuple[int, ...]
    """Seeds, in order."""
    shown: int
    """Index of the seed that is drawn."""


class AngleLaw(NamedTuple):
    """Angles of a learned law, and how far the data reach."""

    angles: Float[ndarray, "seed n"]
    """Drawn from every seed's law [degrees]."""
    largest: float
    """The data are turned by up to this [degrees]."""


def plot_rotated_digits(
    strips: Mapping[str, Float[ndarray, "digit height width"]],
    found: FoundRotation,
    laws: Sequence[AngleLaw],
    *,
    control: Float[ndarray, " seed"] | None = None,
) -> Figure:
    """Draw digits before and after, the generator as a matrix and as a field, every seed's cosine, and the law of the angle.

    Parameters
    ----------
    strips
        Rows of images by their names; the same digits in each.
    found
        The ensemble that found the rotation.
    laws
        Learned laws of the angle, from the widest range of the data to the narrowest; one or two.
    control
        |cosine| of every seed on digits that were not turned.

    Returns
    -------
    Figure
        9.6 inches wide.
    """
    with figure_style():
        figure = new_figure(9.6, 9.0)
        above, middle, below = figure.subfigures(3, 1, height_ratios=[2.6, 3.3, 3.1], squeeze=False)[:, 0]
        _draw_strips(above, strips)
        matrix, field = middle.subplots(1, 2)
        draw_matrix(
            matrix,
            found.generators[found.shown],
            components=COMPONENTS,
            title="Learned generator",
            subtitle=f"seed {found.seeds[found.shown]}, in the norm of the rotation, |cosine| "
            f"{cosine_text(float(found.cosines[found.shown]))}",
            written=_free_entries(),
        )
        _draw_field(field, found.generators[found.shown], next(iter(strips.values())).mean(axis=0))
        seeds, law = below.subplots(1, 2, width_ratios=[1.0, 1.6])
        _draw_cosines(seeds, found, control)
        _draw_laws(law, laws)
    return figure


def _draw_strips(area: SubFigure, strips: Mapping[str, Float[ndarray, "digit height width"]]) -> None:
    panels = area.subplots(len(strips), 1, squeeze=False)[:, 0]
    for panel, (name, images) in zip(panels, strips.items(), strict=True):
        gap = np.ones((len(images), images.shape[1], 1))
        row = np.concatenate([np.clip(images, 0, 1), gap], axis=2).transpose(1, 0, 2).reshape(images.shape[1], -1)
        panel.imshow(row[:, :-1], cmap="gray", vmin=0, vmax=1, interpolation="nearest", aspect="equal")
        panel.set_yticks([images.shape[1] / 2 - 0.5], [name])
        panel.set_xticks([])
        panel.tick_params(length=0)
        for spine in panel.spines.values():
            spine.set_visible(False)
    panels[0].set_title("Digits of the test split")


def _free_entries() -> Bool[ndarray, "3 3"]:
    free = np.ones((3, 3), bool)
    free[2] = False
    return free


def _draw_field(axes: Axes, generator: Float[ndarray, "3 3"], mean: Float[ndarray, "height width"]) -> None:
    """Draw how fast the picture moves at each place; a pixel shows what was at exp(t L) p, so the picture moves by -L p."""
    axes.imshow(mean, cmap="Greys", extent=(-1, 1, 1, -1), alpha=0.35, interpolation="nearest")
    places = np.linspace(-0.875, 0.875, 8)
    x, y = (part.ravel() for part in np.meshgrid(places, places))
    velocity = -generator[:2] @ np.stack([x, y, np.ones_like(x)])
    axes.quiver(x, y, *velocity, color=BLUE, angles="xy", scale_units="xy", scale=7.0, width=0.006)
    axes.plot(0, 0, "+", color=ORANGE, markersize=11, markeredgewidth=2)
    axes.set_xlim(-1.05, 1.05)
    axes.set_ylim(1.05, -1.05)
    axes.set_xticks([-1, 0, 1], ["\N{MINUS SIGN}1", "0", "1"])
    axes.set_yticks([-1, 0, 1], ["\N{MINUS SIGN}1", "0", "1"])
    axes.set_xlabel("x")
    axes.set_ylabel("y, downwards")
    axes.set_title("How it moves the picture")


def _draw_cosines(axes: Axes, found: FoundRotation, control: Float[ndarray, " seed"] | None) -> None:
    draw_seeds(axes, nines(found.cosines)[:, None], shown=found.shown, width=0.25)
    cosines = found.cosines
    labels = [f"turned: {int((cosines >= found.success_cosine).sum())} of {len(cosines)}"]
    if control is not None:
        draw_seeds(axes, nines(control)[:, None], width=0.25, color=GREY, first=1)
        labels.append(f"upright: {int((control >= found.success_cosine).sum())} of {len(control)}")
        cosines = np.concatenate([cosines, control])
    axes.axhline(nines(np.array(found.success_cosine)), color=GREEN, linestyle=":", linewidth=1.6)
    set_nines_axis(axes, np.append(cosines, found.success_cosine))
    axes.set_xlim(-0.6, len(labels) - 0.4)
    axes.set_xticks(range(len(labels)), labels)
    axes.set_ylabel("|cosine| with the rotation")
    axes.set_title("Every seed")


def _draw_laws(axes: Axes, laws: Sequence[AngleLaw]) -> None:
    reach = 1.25 * max(max(float(np.quantile(np.abs(law.angles), 0.99, axis=1).max()), law.largest) for law in laws)
    reach = min(reach, 4.0 * max(max(law.largest for law in laws), 10.0))
    edges = np.linspace(-reach, reach, 121)
    marks = []
    for law, color in zip(laws, (BLUE, PINK), strict=False):
        if law.largest > 0:
            height = 1 / (2 * law.largest)
            axes.fill_between([-law.largest, law.largest], height, color=color, alpha=0.18, linewidth=0)
        curves = np.stack([np.histogram(row, edges)[0] for row in law.angles]) / law.angles.shape[1] / np.diff(edges)
        for curve in curves:
            axes.stairs(curve, edges, color=color, linewidth=0.7, alpha=0.55)
        axes.stairs(np.median(curves, axis=0), edges, color=color, linewidth=2.2)
        marks.append(
            Line2D([], [], color=color, linewidth=2.2, label=f"learned, data within \N{PLUS-MINUS SIGN}{law.largest:g}\N{DEGREE SIGN}")
        )
    marks.append(Line2D([], [], color=INK, alpha=0.18, linewidth=8, label="angles of the data"))
    axes.set_ylim(0, 1.5 * axes.get_ylim()[1])
    axes.legend(handles=marks, loc="upper right", fontsize=8.5)
    axes.set_xlabel("angle [degrees]")
    axes.set_ylabel("density [1 / degree]")
    axes.set_title("Learned law of the angle")
