"""A translation found in data of which no truth is known."""

import numpy as np
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy import ndarray

from symscope.discovery.symmetrylens.result import LensResult
from symscope.evaluation.lens_agreement import LensAgreement
from symscope.plotting.lens_panels import WIDTH, draw_heat, draw_scale, subtitle
from symscope.plotting.primitives import cosine_text
from symscope.plotting.style import BLUE, GREY, figure_style, new_figure
from symscope.report.format import format_fixed

SAMPLES = 5
"""Samples that are drawn."""


def plot_lens_found(result: LensResult, samples: Float[ndarray, "sample d"], agreed: LensAgreement) -> Figure:
    """Draw what one seed found: generator and filter, covariances, and samples before and after.

    Parameters
    ----------
    result
        What was discovered; the seed that agrees best with the others is drawn.
    samples
        Samples that the discovery has not seen.
    agreed
        From :func:`symscope.evaluation.lens_agreement.agreement`.

    Returns
    -------
    Figure
        9.6 inches wide.
    """
    seed = agreed.typical
    rows = result.convolutions[seed]
    with figure_style():
        figure = new_figure(WIDTH, 6.6, pad=0.085)
        figure.suptitle(
            f"One step of the translation found, seed {result.seeds[seed]}{_others(agreed)}", x=0.01, ha="left"
        )
        above, below = figure.subfigures(2, 1, height_ratios=[1.0, 1.05], squeeze=False)[:, 0]
        panels = above.subplots(1, 4, squeeze=False)[0]
        matrices = [
            ("Generator", "as it acts on the data", result.generators[seed], 1.0),
            ("Representation", "y = L x, in steps of G", rows, 1.0),
            ("Correlation of x", _defect(agreed.given), _correlation(samples), 1.0),
            ("Correlation of y", _defect(agreed.found[seed]), _correlation(samples @ rows.T), 1.0),
        ]
        for axes, (title, line, matrix, limit) in zip(panels, matrices, strict=True):
            draw_heat(axes, matrix, limit=limit)
            axes.set_title(title, loc="left", pad=17)
            subtitle(axes, line)
        panels[0].set_ylabel("component")
        draw_scale(above, list(panels), limit=1.0, label="entry")
        left, right, filters = below.subplots(1, 3, squeeze=False)[0]
        strength = np.square(samples - samples.mean(axis=0)).sum(axis=1)
        shown = samples[strength >= np.median(strength)][:SAMPLES]  # some signals are nothing but noise
        _draw_samples(left, shown, "Samples x", "as they are given", "component of x")
        _draw_samples(right, shown @ rows.T, "The same samples y", "in the representation found", "component of y")
        _draw_filter(filters, result.filters[seed])
    return figure


def _others(agreed: LensAgreement) -> str:
    if not len(agreed.pairs):
        return ""
    return f" of {len(agreed.cosines)} (median |cosine| of two seeds {cosine_text(float(np.median(agreed.pairs)))})"


def _defect(share: float) -> str:
    return f"not stationary: {format_fixed(share, 3)}"


def _correlation(samples: Float[ndarray, "sample d"]) -> Float[ndarray, "d d"]:
    """Covariance over the mean variance, so that every component counts alike."""
    covariance = np.cov(samples, rowvar=False)
    return np.asarray(covariance / max(np.trace(covariance) / len(covariance), np.finfo(float).tiny))


def _draw_samples(axes: Axes, samples: Float[ndarray, "sample d"], title: str, line: str, label: str) -> None:
    """Draw curves above one another."""
    places = np.arange(1, samples.shape[1] + 1)
    step = 1.15 * max(float(np.ptp(samples, axis=1).max()), np.finfo(float).tiny)
    for number, sample in enumerate(samples):
        axes.axhline(-number * step, color=GREY, linewidth=0.4)
        axes.plot(places, sample - number * step, color=BLUE, linewidth=1.1)
    axes.set_yticks([])
    axes.set_xlabel(label)
    axes.set_title(title, loc="left", pad=17)
    subtitle(axes, line)


def _draw_filter(axes: Axes, values: Float[ndarray, " d"]) -> None:
    axes.axhline(0, color=GREY, linewidth=0.4)
    axes.stem(np.arange(1, len(values) + 1), values, linefmt=BLUE, markerfmt="o", basefmt=" ")
    axes.collections[0].set_linewidth(0.8)
    axes.lines[1].set_markersize(3)
    axes.set_xlabel("component of x")
    axes.set_title("Resolving filter", loc="left", pad=17)
    subtitle(axes, "the middle row of L")
