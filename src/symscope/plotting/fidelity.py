"""What the generated jets look like, and what the published network makes of them."""

import textwrap

import numpy as np
from jaxtyping import Float, Num
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy import ndarray

from symscope.plotting.roc import draw_roc, roc_curve
from symscope.plotting.style import BLUE, GREY, ORANGE, figure_style, new_figure

CLASSES = ((1, "top", ORANGE), (0, "QCD", BLUE))


def plot_jets_fidelity(
    labels: Num[ndarray, " jet"],
    *,
    mass: Float[ndarray, " jet"],
    pt: Float[ndarray, " jet"],
    multiplicity: Num[ndarray, " jet"],
    leading_pt: Float[ndarray, " jet"],
    scores: Float[ndarray, " jet"] | None,
    why_no_scores: str = "The weights of the published network are not there.",
    auc: float | None = None,
    published_auc: float | None = None,
    bins: int = 40,
) -> Figure:
    """Draw jet mass, transverse momentum, multiplicity, leading constituent, and the published network's scores.

    Parameters
    ----------
    labels
        1 for top, 0 for QCD.
    mass, pt, leading_pt
        Jet mass, jet transverse momentum, and transverse momentum of the leading constituent, in GeV.
    multiplicity
        Constituents of each jet.
    scores
        The published network's probability of top in [0, 1]; None where it was not measured.
    why_no_scores
        What the two lower panels say without scores.
    auc, published_auc
        Area under the ROC curve on these jets, and on the reference dataset.
    bins
        Bins of each histogram.

    Returns
    -------
    Figure
        9.6 inches wide; each spectrum is normalised to one jet, with statistical errors.
    """
    with figure_style():
        figure = new_figure(9.6, 9.6)
        axes = figure.subplots(3, 2)
        spectra = (
            (mass, "jet mass [GeV]", False),
            (pt, "jet pT [GeV]", False),
            (multiplicity.astype(np.float64), "constituents per jet", True),
            (leading_pt, "pT of the leading constituent [GeV]", False),
        )
        for panel, (values, label, integers) in zip(axes.flat, spectra, strict=False):
            _draw_spectrum(panel, values, labels, _edges(values, bins, integers=integers))
            panel.set_xlabel(label)
            panel.set_ylabel("fraction of jets per bin")
        handles, names = axes[0, 0].get_legend_handles_labels()
        figure.legend(handles, names, loc="outside upper left", ncols=len(names))
        if scores is None:
            for panel, title in zip(axes[2], ("Score of the published network", "ROC curve"), strict=True):
                panel.set_title(title)
                panel.set_axis_off()
                message = textwrap.fill(f"Not measured. {why_no_scores}", 44)
                panel.text(0.5, 0.5, message, transform=panel.transAxes, ha="center", va="center", color=GREY)
            return figure
        _draw_spectrum(axes[2, 0], scores, labels, np.linspace(0, 1, bins + 1), log=True)
        axes[2, 0].set_xlabel("published network: probability of top")
        axes[2, 0].set_ylabel("fraction of jets per bin")
        draw_roc(axes[2, 1], {"published network, these jets": roc_curve(scores, labels)})
        lines = [] if auc is None else [f"AUC {auc:.4f} on these jets"]
        lines += [] if published_auc is None else [f"AUC {published_auc:.3f} on the reference dataset"]
        axes[2, 1].text(
            0.03,
            0.05,
            "\n".join(lines),
            transform=axes[2, 1].transAxes,
            va="bottom",
            fontsize=9.5,
            bbox={"facecolor": "white", "alpha": 0.85, "linewidth": 0, "pad": 2},
        )
    return figure


def _edges(values: Float[ndarray, " jet"], bins: int, *, integers: bool) -> Float[ndarray, " edge"]:
    low, high = np.quantile(values, [0.001, 0.998]) if len(values) else (0.0, 1.0)
    if integers:
        width = max(1, int(np.ceil((high - low) / bins)))
        return np.arange(np.floor(low) - 0.5, high + width + 0.5, width)
    return np.linspace(low, high if high > low else low + 1.0, bins + 1)


def _draw_spectrum(
    axes: Axes,
    values: Float[ndarray, " jet"],
    labels: Num[ndarray, " jet"],
    edges: Float[ndarray, " edge"],
    *,
    log: bool = False,
) -> None:
    for label, name, color in CLASSES:
        chosen = values[labels == label]
        if not len(chosen):
            continue
        counts = np.histogram(chosen, edges)[0] / len(chosen)
        error = np.sqrt(counts * (1 - np.minimum(counts, 1)) / len(chosen))
        axes.stairs(counts, edges, color=color, linewidth=1.6, label=f"{name} ({len(chosen):,} jets)")
        axes.stairs(counts, edges, color=color, fill=True, alpha=0.12)
        middle = (edges[1:] + edges[:-1]) / 2
        filled = counts > 0
        axes.errorbar(
            middle[filled], counts[filled], error[filled], fmt="none", ecolor=color, elinewidth=0.9, alpha=0.8
        )
    axes.set_xlim(edges[0], edges[-1])
    if log:
        axes.set_yscale("log")
        axes.set_ylim(bottom=0.4 / len(values))
    else:
        axes.set_ylim(bottom=0)
        axes.yaxis.set_major_locator(MaxNLocator(5))
    axes.grid(axis="y")
