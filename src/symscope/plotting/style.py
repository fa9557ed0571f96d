"""One look for all figures, and files that are the same bits for the same numbers."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final, cast

import matplotlib as mpl
from cycler import cycler
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

from symscope.io.atomic import atomic_path

# Okabe and Ito's palette, safe for the colour-blind (jfly.uni-koeln.de/color), without its yellow, which is too pale.
BLUE: Final = "#0072B2"
ORANGE: Final = "#D55E00"
GREEN: Final = "#009E73"
PINK: Final = "#CC79A7"
SKY: Final = "#56B4E9"
AMBER: Final = "#E69F00"
INK: Final = "#1B2430"
GREY: Final = "#6B7582"
PALETTE: Final = (BLUE, ORANGE, GREEN, PINK, AMBER, SKY, INK)
DIVERGING: Final = "RdBu_r"
DENSITY: Final = "Blues"

_RC: Final[dict[str, Any]] = {
    "axes.axisbelow": True,
    "axes.edgecolor": GREY,
    "axes.grid": False,
    "axes.labelcolor": INK,
    "axes.labelsize": 10,
    "axes.linewidth": 0.8,
    "axes.prop_cycle": cycler(color=PALETTE),
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlelocation": "left",
    "axes.titlesize": 10.5,
    "axes.titleweight": "bold",
    "figure.facecolor": "white",
    "figure.titlesize": 12,
    "figure.titleweight": "bold",
    "font.family": "DejaVu Sans",
    "font.size": 10,
    "grid.color": "#E3E7EC",
    "grid.linewidth": 0.8,
    "legend.fontsize": 9,
    "legend.frameon": False,
    "lines.linewidth": 1.6,
    "path.simplify": True,
    "pdf.fonttype": 42,
    "savefig.bbox": None,
    "savefig.dpi": 150,
    "savefig.facecolor": "white",
    "savefig.transparent": False,
    "svg.fonttype": "path",
    "svg.hashsalt": "symscope",
    "text.color": INK,
    "xtick.color": GREY,
    "xtick.labelcolor": INK,
    "xtick.labelsize": 9,
    "ytick.color": GREY,
    "ytick.labelcolor": INK,
    "ytick.labelsize": 9,
}


@contextmanager
def figure_style() -> Iterator[None]:
    """Set the style of the block, from matplotlib's own defaults: a user's matplotlibrc has no say."""
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(cast("Any", _RC))
        yield


def new_figure(width: float, height: float, *, pad: float = 0.06) -> Figure:
    """Make an empty figure that needs no display and is in no global register; sizes and `pad` around panels in inches."""
    figure = Figure(figsize=(width, height), layout=ConstrainedLayoutEngine(h_pad=pad, w_pad=0.06))
    FigureCanvasAgg(figure)
    return figure


def save_figure(figure: Figure, svg: str | os.PathLike[str], pdf: str | os.PathLike[str]) -> None:
    """Write a figure as SVG and PDF, without dates, so that the same numbers give the same files.

    Parameters
    ----------
    figure
        A figure of this package.
    svg, pdf
        Where to write. Each file appears whole or not at all.
    """
    with figure_style():
        with atomic_path(svg) as aside:
            figure.savefig(aside, format="svg", metadata={"Date": None, "Creator": "symscope"})
        with atomic_path(pdf) as aside:
            figure.savefig(
                aside, format="pdf", metadata={"CreationDate": None, "Creator": "symscope", "Producer": None}
            )
