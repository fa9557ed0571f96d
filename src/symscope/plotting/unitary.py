"""The complex algebra su(2) before and after a change of basis (LieGAN paper, Figure 10)."""

import numpy as np
from jaxtyping import Complex, Float
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure
from numpy import ndarray

from symscope.discovery.result import Discovery
from symscope.evaluation.discovery import DiscoveryScore
from symscope.groups.spans import as_real_rows
from symscope.plotting.primitives import draw_matrix, draw_seeds, nines, set_nines_axis
from symscope.plotting.style import GREEN, figure_style, new_figure

PAULI = ("x", "y", "z")


def change_of_basis(
    learned: Complex[ndarray, "channel d d"], wanted: Complex[ndarray, "m d d"]
) -> Float[ndarray, "m channel"]:
    """Real numbers M such that sum_j M_ij L_j comes nearest to the wanted matrices, by least squares."""
    solution = np.linalg.lstsq(as_real_rows(learned).T, as_real_rows(wanted).T, rcond=None)[0]
    return np.asarray(solution.T)


def plot_unitary(
    discovery: Discovery, score: DiscoveryScore, canonical: Complex[ndarray, "m d d"], names: tuple[str, ...] = PAULI
) -> Figure:
    """Draw learned complex generators, the same in the basis of the Pauli matrices, and the agreement of all seeds.

    Parameters
    ----------
    discovery, score
        The ensemble, and how its spans agree with the algebra.
    canonical
        The known generators -i sigma / 2, in the order of `names`.
    names
        Names of the Pauli matrices.

    Returns
    -------
    Figure
        9.6 inches wide.
    """
    index = score.best
    learned = discovery.generators[index]
    mixing = change_of_basis(learned, canonical)
    after = np.einsum("ij,jkl->ikl", mixing, learned)
    with figure_style():
        figure = new_figure(9.6, 6.6, pad=0.08)
        top, middle, bottom = figure.subfigures(3, 1, height_ratios=[1.0, 1.0, 1.25], squeeze=False)[:, 0]
        _draw_complex(top, learned, [f"L{channel + 1}" for channel in range(len(learned))])
        top.suptitle(f"Learned generators, seed {score.seeds[index]}: real and imaginary parts", x=0.01, ha="left")
        _draw_complex(middle, after, [f"\N{MINUS SIGN}i\u03c3{name} / 2" for name in names])
        middle.suptitle("The same span after the change of basis", x=0.01, ha="left")
        left, right = bottom.subplots(1, 2, gridspec_kw={"width_ratios": [1.0, 1.3]})
        draw_matrix(left, mixing, components=[""] * len(mixing), title="Change of basis M")
        left.set_xticks([k + 0.5 for k in range(len(learned))], [f"L{k + 1}" for k in range(len(learned))])
        left.set_yticks([k + 0.5 for k in range(len(mixing))], [f"\u03c3{name}" for name in names])
        _draw_cosines(right, score)
    return figure


def _draw_complex(block: SubFigure, matrices: Complex[ndarray, "m d d"], titles: list[str]) -> None:
    panels = block.subplots(1, 2 * len(matrices), squeeze=False)[0]
    components = [str(row + 1) for row in range(matrices.shape[-1])]
    for index, (title, matrix) in enumerate(zip(titles, matrices, strict=True)):
        limit = float(np.abs(np.stack([matrix.real, matrix.imag])).max())
        for part, (axes, values) in enumerate(
            zip(panels[2 * index : 2 * index + 2], (matrix.real, matrix.imag), strict=True)
        ):
            title_of_part = f"{'Re' if part == 0 else 'Im'} {title}"
            draw_matrix(axes, values, components=components, title=title_of_part, decimals=3, limit=limit)


def _draw_cosines(axes: Axes, score: DiscoveryScore) -> None:
    draw_seeds(axes, nines(score.principal_cosines), shown=score.best)
    threshold = float(nines(np.array(score.success_cosine)))
    axes.axhline(threshold, color=GREEN, linestyle=":", linewidth=1.6)
    count = score.principal_cosines.shape[1]
    axes.set_xticks(range(count), [f"{k + 1}" for k in range(count)])
    axes.set_xlabel("principal angle")
    set_nines_axis(axes, np.append(score.principal_cosines, score.success_cosine))
    axes.set_ylabel("cosine with su(2)")
    axes.set_title(f"Every seed: {int(score.success.sum())} of {len(score.seeds)} succeed")
