"""Digits before and after the learned transformation, its generator, and the law of its angle (LieGAN paper, Figure 11)."""

from collections.abc import Mapping, Sequence

import numpy as np
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from numpy import ndarray

from symscope.evaluation.digits import AngleLaw, RotatedDigits
from symscope.evaluation.discovery import DiscoveryScore
from symscope.plotting.primitives import cosine_text, draw_matrix, draw_seeds, nines, set_nines_axis
from symscope.plotting.style import BLUE, GREEN, GREY, ORANGE, PINK, figure_style, new_figure

COMPONENTS = ("x", "y", "1")


def plot_rotated_digits(view: RotatedDigits) -> Figure:
    """Draw digits before and after, the generator as a matrix and as a field, every seed's cosine, and laws of the angle.

    Returns
    -------
    Figure
        9.6 inches wide.
    """
    score, shown = view.score, view.score.best
    with figure_style():
        figure = new_figure(9.6, 9.0)
        above, middle, below = figure.subfigures(3, 1, height_ratios=[2.6, 3.3, 3.1], squeeze=False)[:, 0]
        _draw_strips(above, view.strips)
        matrix, field = middle.subplots(1, 2)
        draw_matrix(
            matrix,
            view.generators[shown],
            components=COMPONENTS,
            title="Learned generator",
            subtitle=f"seed {score.seeds[shown]}, in the norm of the rotation, |cosine| "
            f"{cosine_text(float(score.span_cosine[shown]))}",
            written=np.arange(3)[:, None] < np.array([2, 2, 2]),
        )
        _draw_field(field, view.generators[shown], next(iter(view.strips.values())).mean(axis=0))
        seeds, law = below.subplots(1, 2, width_ratios=[1.0, 1.6])
        _draw_cosines(seeds, score, view.others)
        _draw_laws(law, list(view.laws.values()))
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


def _draw_cosines(axes: Axes, score: DiscoveryScore, others: Mapping[str, DiscoveryScore]) -> None:
    columns = [("turned", score, BLUE), *((role, other, GREY) for role, other in others.items())]
    for place, (_, one, color) in enumerate(columns):
        shown = score.best if place == 0 else None
        draw_seeds(axes, nines(one.span_cosine)[:, None], shown=shown, width=0.25, color=color, first=place)
    labels = [f"{name}\n{int(one.success.sum())} of {len(one.seeds)}" for name, one, _ in columns]
    cosines = np.concatenate([one.span_cosine for _, one, _ in columns])
    axes.axhline(float(nines(np.array(score.success_cosine))), color=GREEN, linestyle=":", linewidth=1.6)
    set_nines_axis(axes, np.append(cosines, score.success_cosine))
    axes.set_xlim(-0.6, len(labels) - 0.4)
    axes.set_xticks(range(len(labels)), labels)
    axes.set_ylabel("|cosine| with the rotation")
    axes.set_title("Every seed, and how many find it")


def _draw_laws(axes: Axes, laws: Sequence[AngleLaw]) -> None:
    largest = max([10.0, *(law.largest for law in laws)])
    reach = min(4.0 * largest, 1.2 * max([largest, *(float(np.quantile(np.abs(law.angles), 0.99)) for law in laws)]))
    edges = np.linspace(-reach, reach, 82)
    marks = []
    for law, color in zip(laws, (BLUE, PINK), strict=False):
        within = f"within \N{PLUS-MINUS SIGN}{law.largest:g}\N{DEGREE SIGN}"
        if law.largest > 0:
            axes.fill_between([-law.largest, law.largest], 1 / (2 * law.largest), color=color, alpha=0.15, linewidth=0)
        curves = np.stack([np.histogram(row, edges)[0] for row in law.angles]) / law.angles.shape[1] / np.diff(edges)
        for curve in curves:
            axes.stairs(curve, edges, color=color, linewidth=0.6, alpha=0.4)
        axes.stairs(np.median(curves, axis=0), edges, color=color, linewidth=2.2)
        marks += [
            Patch(color=color, alpha=0.15, linewidth=0, label=f"data {within}"),
            Line2D([], [], color=color, linewidth=2.2, label=f"learned, data {within}"),
        ]
    axes.set_ylim(0, 1.45 * axes.get_ylim()[1])
    axes.legend(handles=marks, loc="upper center", ncols=2, fontsize=8.5)
    axes.set_xlabel("angle [degrees]")
    axes.set_ylabel("density [1 / degree]")
    axes.set_title("Law of the angle")
