"""A learned algebra without a metric: as it was learned, in a basis that can be read, and its agreement with a known one."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float
from matplotlib.figure import Figure, SubFigure
from matplotlib.lines import Line2D
from numpy import ndarray

from symscope.evaluation.discovery import DiscoveryScore
from symscope.plotting.primitives import cosine_text, draw_matrix, draw_seeds, nines, set_nines_axis
from symscope.plotting.style import BLUE, GREY, INK, ORANGE, figure_style, new_figure

COLUMNS = 3
ROW_HEIGHT = 2.7  # inches
FOOT = 3.3  # inches
PAD = 0.09  # inches around each panel


def plot_algebra(
    generators: Float[ndarray, "seed channel d d"], score: DiscoveryScore, *, components: Sequence[str]
) -> Figure:
    """Draw the generators of the median seed, the same span in the basis of known elements, and the angles of all seeds.

    Parameters
    ----------
    generators
        Learned algebra elements of every seed, as learned.
    score
        How well they agree with the known algebra; its median seed is the one that is drawn.
    components
        Names of the d components on which the generators act.

    Returns
    -------
    Figure
        9.6 inches wide.
    """
    seed, n_seeds = score.best, len(score.seeds)
    learned, known = generators[seed], score.readable[seed]
    with figure_style():
        rows = [-(-len(stack) // COLUMNS) for stack in (learned, known)]
        heights = [ROW_HEIGHT * rows[0], ROW_HEIGHT * rows[1], FOOT]
        figure = new_figure(9.6, sum(heights), pad=PAD)
        top, middle, foot = figure.subfigures(3, 1, height_ratios=heights, squeeze=False)[:, 0]
        readings = [score.canonical_names[index] for index in score.reading[seed]]
        _draw_stack(
            top,
            learned,
            components=components,
            titles=[f"L{_subscript(k + 1)}, nearest: {name}" for k, name in enumerate(readings)],
            cosines=score.reading_cosine[seed],
        )
        chosen = f"seed {score.seeds[seed]}" + (f", the median of {n_seeds}" if n_seeds > 1 else "")
        top.suptitle(f"Generators as learned ({chosen})", x=0.01, ha="left")
        _draw_stack(
            middle, known, components=components, titles=score.canonical_names, cosines=score.readable_cosine[seed]
        )
        middle.suptitle("The same span, in the basis of known elements", x=0.01, ha="left")
        _draw_angles(foot, score)
        foot.suptitle(f"Agreement with the truth, {n_seeds} seed{'s' * (n_seeds != 1)}", x=0.01, ha="left")
    return figure


def _draw_stack(
    block: SubFigure,
    matrices: Float[ndarray, "channel d d"],
    *,
    components: Sequence[str],
    titles: Sequence[str],
    cosines: Float[ndarray, " channel"],
) -> None:
    grid = block.add_gridspec(-(-len(matrices) // COLUMNS), COLUMNS)
    for index, matrix in enumerate(matrices):
        axes = block.add_subplot(grid[index // COLUMNS, index % COLUMNS])
        subtitle = f"cosine {cosine_text(float(abs(cosines[index])))}"
        draw_matrix(axes, matrix, components=components, title=titles[index], subtitle=subtitle)


def _draw_angles(block: SubFigure, score: DiscoveryScore) -> None:
    principal = -np.sort(-score.principal_cosines, axis=1)
    n_angles = principal.shape[1]
    left, right = block.subplots(1, 2, gridspec_kw={"width_ratios": [n_angles, 2.2]})
    draw_seeds(left, nines(principal), shown=score.best)
    left.set_xticks(range(n_angles), [str(angle + 1) for angle in range(n_angles)])
    left.set_xlabel("principal angle, best to worst")
    left.set_ylabel("cosine")
    left.set_title("Each principal angle")
    set_nines_axis(left, principal)
    draw_seeds(right, nines(score.span_cosine[:, None]), shown=score.best, width=0.4, color=BLUE)
    right.axhline(float(nines(np.array(score.success_cosine))), color=GREY, linestyle=":", linewidth=1.4)
    right.set_title("Mean of angles")
    right.set_xlim(-0.8, 0.8)
    right.set_xticks([])
    right.set_xlabel(f"median {cosine_text(float(np.nanmedian(score.span_cosine)))}")
    set_nines_axis(right, np.append(score.span_cosine, score.success_cosine))
    ring = Line2D([], [], linestyle="", marker="o", color=ORANGE, markersize=8, label="seed shown above")
    ring.set_markerfacecolor("none")
    marks = [
        Line2D([], [], linestyle="", marker="o", color=BLUE, label="one seed"),
        ring,
        Line2D([], [], color=INK, linewidth=2, label="median"),
        Line2D([], [], color=GREY, linestyle=":", label="threshold of success"),
    ]
    block.legend(handles=marks, loc="outside lower center", ncols=len(marks))


def _subscript(number: int) -> str:
    return "".join(chr(ord("\N{SUBSCRIPT ZERO}") + int(digit)) for digit in str(number))
