"""Background rejection against signal efficiency."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Num
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy import ndarray

from symscope.errors import DataError
from symscope.plotting.style import GREY, PALETTE, figure_style, new_figure

MIN_EFFICIENCY = 0.1
GRID = np.linspace(MIN_EFFICIENCY, 1.0, 181)


class RocCurve(NamedTuple):
    """Background rejection 1/ε_b on the grid of signal efficiencies; infinite where no background passes."""

    efficiency: Float[ndarray, " point"]
    rejection: Float[ndarray, " point"]
    n_background: int


def roc_curve(scores: Float[ndarray, " jet"], labels: Num[ndarray, " jet"]) -> RocCurve:
    """Compute the rejection of background at fixed signal efficiencies.

    Parameters
    ----------
    scores
        Larger for signal.
    labels
        1 for signal, 0 for background; both must occur.

    Raises
    ------
    DataError
        A class is missing.
    """
    signal, background = -np.sort(-scores[labels == 1]), np.sort(scores[labels == 0])
    if not len(signal) or not len(background):
        raise DataError(f"a ROC curve needs both classes, found {len(signal)} signal and {len(background)} background")
    # The loosest cut that keeps at least this fraction; rounding must not ask for one jet more.
    cuts = signal[np.ceil(GRID * len(signal) - 1e-9).astype(np.int64) - 1]
    passed = len(background) - np.searchsorted(background, cuts, side="left")
    with np.errstate(divide="ignore"):
        return RocCurve(GRID, len(background) / passed.astype(np.float64), len(background))


def draw_roc(axes: Axes, curves: Mapping[str, RocCurve | Sequence[RocCurve]]) -> None:
    """Draw curves, one colour for each name; several curves of a name (seeds) become a median and a band min-max."""
    styles = ("-", "--", "-.", ":")
    top = 10.0
    for index, (name, given) in enumerate(curves.items()):
        several = [given] if isinstance(given, RocCurve) else list(given)
        stack = np.stack([curve.rejection for curve in several])
        # Below ten background jets the curve is a few jets' luck.
        reach = min(curve.n_background for curve in several) / 10
        middle = np.where(np.median(stack, axis=0) <= reach, np.median(stack, axis=0), np.nan)
        color = PALETTE[index % len(PALETTE)]
        axes.plot(GRID, middle, color=color, linestyle=styles[index % len(styles)], label=name)
        if len(several) > 1:
            low, high = stack.min(axis=0), np.minimum(stack.max(axis=0), 10 * reach)
            axes.fill_between(GRID, low, high, where=np.isfinite(middle), color=color, alpha=0.15, linewidth=0)
        if np.isfinite(middle).any():
            top = max(top, float(np.nanmax(middle)))
    axes.axvline(0.3, color=GREY, linewidth=0.8, linestyle=":")
    axes.axvline(0.5, color=GREY, linewidth=0.8, linestyle=":")
    axes.set_yscale("log")
    axes.set_xlim(MIN_EFFICIENCY, 1.0)
    axes.set_ylim(1.0, 2.5 * top)
    axes.set_xlabel("signal efficiency (top)")
    axes.set_ylabel("background rejection 1/ε(QCD)")
    axes.grid(axis="both")
    axes.legend(loc="upper right")


def plot_roc_curves(scores: Mapping[str, Sequence[Float[ndarray, " jet"]]], labels: Num[ndarray, " jet"]) -> Figure:
    """Draw the ROC curves of several models, each with a band over its seeds.

    Parameters
    ----------
    scores
        Model name to the scores of each seed on the same test jets, larger for signal.
    labels
        1 for signal, 0 for background.

    Returns
    -------
    Figure
        7.2 inches wide. The curve ends where fewer than ten background jets pass.
    """
    with figure_style():
        figure = new_figure(7.2, 4.8)
        axes = figure.subplots()
        draw_roc(axes, {name: [roc_curve(one, labels) for one in seeds] for name, seeds in scores.items()})
    return figure
