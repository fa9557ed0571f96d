"""Singular values of the constraint on equivariant maps, learned and true (LieGAN paper, Figure 7)."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.transforms import blended_transform_factory
from numpy import ndarray

from symscope.evaluation.constraints import GAP, THRESHOLDS, Threshold
from symscope.plotting.style import AMBER, BLUE, INK, ORANGE, figure_style, new_figure
from symscope.report.format import format_published

FLOOR = 1e-17
STYLES = ("--", ":", "-.")


def plot_constraint_spectra(
    learned: Float[ndarray, "seed k"],
    truth: Float[ndarray, " k"],
    gap_ranks: Float[ndarray, " seed"],
    *,
    thresholds: Sequence[Threshold] = THRESHOLDS,
    shown: int,
    seeds: tuple[int, ...] | None = None,
) -> Figure:
    """Draw singular values of the constraint matrix on maps from V to V, falling, with thresholds and dimensions.

    Parameters
    ----------
    learned
        Singular values for the generator of every seed, relative to the largest, falling; NaN for a seed that diverged.
    truth
        The same for the known generator.
    gap_ranks
        Number of values of every seed below the widest gap of its spectrum in the range of
        :data:`symscope.evaluation.constraints.GAP`, which is shaded.
    thresholds
        Below which a singular value counts as zero, at most three.
    shown
        Index of the seed that is drawn strongly; the others are faint.
    seeds
        Numbers of the seeds; by default 0, 1, 2, ...

    Returns
    -------
    Figure
        9.6 inches wide. Singular values below 1e-17 are drawn there.
    """
    numbers = seeds if seeds is not None else tuple(range(len(learned)))
    falling, known = np.maximum(learned, FLOOR), np.maximum(truth, FLOOR)
    index = np.arange(1, len(known) + 1)
    with figure_style():
        figure = new_figure(9.6, 4.6)
        axes = figure.subplots(1, 1)
        for seed, values in enumerate(falling):
            if seed != shown:
                axes.plot(index, values, color=BLUE, alpha=0.22, linewidth=1.0, zorder=2)
        axes.plot(index, falling[shown], color=BLUE, marker="o", markersize=4.5, linewidth=1.2, zorder=4)
        axes.plot(index, known, color=INK, marker="x", markersize=5, markeredgewidth=1.3, linewidth=0.8, zorder=3)
        edge = blended_transform_factory(axes.transAxes, axes.transData)
        for style, (_, label, value) in zip(STYLES, thresholds, strict=False):
            axes.axhline(value, color=ORANGE, linestyle=style, linewidth=1.5, zorder=1)
            mine, true = int((learned[shown] < value).sum()), int((truth < value).sum())
            words = f"{label}, {format_published(value)}: {mine} below it, truth {true}"
            axes.text(0.012, value / 1.6, words, transform=edge, fontsize=9, va="top", zorder=5)
        axes.axhspan(*GAP, color=AMBER, alpha=0.16, linewidth=0, zorder=0)
        words = f"in the widest gap of the shaded range: {int(gap_ranks[shown])} below it"
        axes.text(0.012, float(np.sqrt(GAP[0] * GAP[1])), words, transform=edge, fontsize=9, va="center", zorder=5)
        axes.set_yscale("log")
        axes.set_ylim(FLOOR / 3, 10)
        axes.set_xlim(0, len(known) + 1)
        axes.set_yticks([10.0**power for power in range(-16, 1, 4)])
        axes.minorticks_off()
        axes.set_xlabel(f"singular value number, of {len(known)}")
        axes.set_ylabel("singular value / largest")
        axes.grid(axis="y")
        marks = [
            Line2D([], [], color=BLUE, marker="o", markersize=4.5, linewidth=1.2),
            Line2D([], [], color=BLUE, alpha=0.35, linewidth=1.0),
            Line2D([], [], color=INK, marker="x", markersize=5, linewidth=0.8),
        ]
        names = [f"learned, seed {numbers[shown]}", f"learned, the other {len(numbers) - 1}", "truth"]
        chosen = [0, 1, 2] if len(numbers) > 1 else [0, 2]
        figure.legend(
            handles=[marks[index] for index in chosen],
            labels=[names[index] for index in chosen],
            loc="outside lower center",
            ncols=len(chosen),
        )
    return figure
