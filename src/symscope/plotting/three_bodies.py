"""The generator found in orbits of three bodies (LieGAN paper, Figure 8)."""

import numpy as np
from jaxtyping import Float
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy import ndarray

from symscope.plotting.bodies import FoundSymmetry, body_components
from symscope.plotting.primitives import cosine_text, draw_matrix, draw_seeds, nines, set_nines_axis
from symscope.plotting.style import BLUE, GREEN, INK, ORANGE, figure_style, new_figure


def block_rates(generators: Float[ndarray, "*batch d d"]) -> Float[ndarray, "*batch d/2"]:
    """Rate at which each pair of components turns, over the root mean square of all: ones for a common rotation.

    The rate is the antisymmetric part of the 2 x 2 block on the diagonal. The overall sign, which is not identified, is
    chosen so that most blocks turn forwards.
    """
    pairs = np.arange(0, generators.shape[-1], 2)
    rates = (generators[..., pairs, pairs + 1] - generators[..., pairs + 1, pairs]) / 2
    size = np.sqrt(np.mean(rates**2, axis=-1, keepdims=True))
    sign = np.where(rates.sum(axis=-1, keepdims=True) < 0, -1.0, 1.0)
    return np.asarray(sign * np.divide(rates, size, out=np.zeros_like(rates), where=size > 0))


def plot_three_bodies(found: FoundSymmetry) -> Figure:
    """Draw the generator of one seed, the cosines of all, and whether all pairs of components turn at one rate.

    Parameters
    ----------
    found
        The ensemble. Each pair of components must be what a rotation turns, such as a position in the plane.

    Returns
    -------
    Figure
        9.6 inches wide.
    """
    dimension = found.matrices.shape[-1]
    names = body_components(dimension)
    succeeded = int((np.abs(found.cosines) >= found.success_cosine).sum())
    with figure_style():
        figure = new_figure(9.6, 5.7)
        left, right = figure.subfigures(1, 2, width_ratios=[1.75, 1.0], squeeze=False)[0]
        draw_matrix(
            left.subplots(1, 1),
            found.matrices[found.shown],
            components=names,
            title=f"{found.label}: learned generator",
            subtitle=f"seed {found.seeds[found.shown]}, in the scale of the truth, "
            f"|cosine| {cosine_text(found.cosines[found.shown])}",
            written=found.free,
            number_size=6.4,
        )
        top, below = right.subplots(2, 1)
        draw_seeds(top, nines(np.abs(found.cosines))[:, None], shown=found.shown, width=0.3)
        top.axhline(nines(np.array(found.success_cosine)), color=GREEN, linestyle=":", linewidth=1.6)
        top.set_xlim(-1, 1)
        top.set_xticks([])
        top.set_ylabel("|cosine| with the truth")
        top.set_xlabel(f"{succeeded} of {len(found.cosines)} seeds succeed")
        top.set_title("Agreement of every seed")
        set_nines_axis(top, np.append(np.abs(found.cosines), found.success_cosine))
        draw_seeds(below, block_rates(found.matrices), shown=found.shown)
        below.axhline(1.0, color=GREEN, linewidth=1.2, zorder=1)
        pairs = [f"{_pair(names[2 * index])}" for index in range(dimension // 2)]
        below.set_xticks(range(dimension // 2), pairs)
        below.set_ylabel("rate / rms of all")
        below.set_title("Rate of each 2 \N{MULTIPLICATION SIGN} 2 block")
        reach = max(0.05, 1.25 * float(np.nanmax(np.abs(block_rates(found.matrices) - 1.0))))
        below.set_ylim(1 - reach, 1 + reach)
        below.grid(axis="y")
        marks = [
            Line2D([], [], linestyle="", marker="o", color=BLUE, label="one seed"),
            Line2D([], [], linestyle="", marker="o", markersize=8, markerfacecolor="none", color=ORANGE, label="drawn"),
            Line2D([], [], color=INK, linewidth=2, label="median"),
            Line2D([], [], color=GREEN, linestyle=":", label="success"),
            Line2D([], [], color=GREEN, label="truth"),
        ]
        right.legend(handles=marks, loc="outside lower center", ncols=3, columnspacing=1.0, fontsize=8.5)
    return figure


def _pair(name: str) -> str:
    """Name a pair of components after its first one: q for a position, p for a momentum, with the body's number."""
    body = "".join(character for character in name if character.isdigit())
    return f"${'p' if 'p' in name else 'q'}_{{{body}}}$"
