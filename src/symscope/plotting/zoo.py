"""How algebras in random bases under noise are named, against the signal-to-noise ratio."""

from typing import Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from symscope.evaluation.zoo import OUTCOMES, Knowledge, Outcome, ZooTrial
from symscope.plotting.style import BLUE, GREY, ORANGE, SKY, figure_style, new_figure

WIDTH: Final = 9.6
_COLORS: Final[dict[Outcome, str]] = {"right": BLUE, "other_name": SKY, "undetermined": "#D5DAE0", "wrong": ORANGE}
_LABELS: Final[dict[Outcome, str]] = {
    "right": "right name",
    "other_name": "right algebra, another of its names",
    "undetermined": "undetermined",
    "wrong": "wrong",
}
_TITLES: Final[dict[Knowledge, str]] = {"given": "Errors given", "closure": "Errors from the closure residual"}


def plot_zoo(trial: ZooTrial) -> Figure:
    """Draw the shares of outcomes against the signal-to-noise ratio, and the share named right of each algebra.

    Returns
    -------
    Figure
        9.6 inches wide.
    """
    with figure_style():
        figure = new_figure(WIDTH, 6.6, pad=0.05)
        top, bottom = np.ravel(np.asarray(figure.subfigures(2, 1, height_ratios=[1.0, 1.15])))
        axes = top.subplots(1, 2, sharey=True)
        for place, knowledge in zip(axes, _TITLES, strict=True):
            _draw_shares(place, trial, knowledge)
        axes[0].set_ylabel("share of all draws [%]")
        handles = [Patch(color=_COLORS[outcome], label=_LABELS[outcome]) for outcome in OUTCOMES]
        top.legend(handles=handles, loc="outside lower center", ncols=len(handles))
        _draw_algebras(bottom.subplots(), trial)
    return figure


def _draw_shares(axes: Axes, trial: ZooTrial, knowledge: Knowledge) -> None:
    places = np.arange(len(trial.levels))[::-1]
    base = np.zeros(len(places))
    for outcome in OUTCOMES:
        shares = np.array([100.0 * trial.share(knowledge, level, outcome) for level in range(len(places))])
        axes.bar(places, shares, bottom=base, width=0.7, color=_COLORS[outcome])
        if outcome == "right":
            for place, share in zip(places, shares, strict=True):
                inside = share > 12.0
                axes.text(
                    place,
                    share - 3.0 if inside else share + 3.0,
                    f"{share:.1f}" if 0.0 < share < 100.0 else f"{share:.0f}",
                    ha="center",
                    va="top" if inside else "bottom",
                    color="white" if inside else GREY,
                    fontsize=9,
                )
        base += shares
    axes.set_xticks(places, [f"{level:g}" for level in trial.levels])
    axes.set_xlabel("signal to noise")
    axes.set_ylim(0.0, 100.0)
    axes.set_title(_TITLES[knowledge])


def _draw_algebras(axes: Axes, trial: ZooTrial) -> None:
    """Draw the share of the right algebra, under any of its names, as a heat map of levels and algebras."""
    chosen = trial.nameable
    named = np.isin(trial.outcomes("given")[:, chosen], [OUTCOMES.index("right"), OUTCOMES.index("other_name")])
    wrong = trial.outcomes("given")[:, chosen] == OUTCOMES.index("wrong")
    image = axes.imshow(100.0 * named.mean(axis=2), aspect="auto", cmap="Blues", vmin=0.0, vmax=100.0)
    for level, algebra in np.argwhere(wrong.any(axis=2)):
        axes.plot(algebra, level, marker="x", color=ORANGE, markersize=6, markeredgewidth=1.8)
    axes.set_xticks(range(len(chosen)), [trial.algebras[number] for number in chosen], rotation=90, fontsize=8)
    axes.set_yticks(range(len(trial.levels)), [f"{level:g}" for level in trial.levels])
    axes.set_ylabel("signal to noise")
    axes.set_title("Each algebra, errors given: share named as the right algebra")
    axes.tick_params(length=0)
    for spine in axes.spines.values():
        spine.set_visible(False)
    colorbar = axes.figure.colorbar(image, ax=axes, pad=0.01, fraction=0.03)
    colorbar.set_label("%")
    colorbar.outline.set_visible(False)
