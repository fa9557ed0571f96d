"""Arrays to matplotlib figures, one function a figure."""

from symscope.plotting.fidelity import plot_jets_fidelity
from symscope.plotting.generators import plot_generators_and_metric, plot_scored_discovery
from symscope.plotting.primitives import draw_matrix, draw_seeds, median_seed
from symscope.plotting.roc import RocCurve, plot_roc_curves, roc_curve
from symscope.plotting.style import PALETTE, figure_style, new_figure, save_figure
from symscope.plotting.training import plot_training_history
from symscope.plotting.transformations import azimuth_sector, plot_transformed_marginals

__all__ = [
    "PALETTE",
    "RocCurve",
    "azimuth_sector",
    "draw_matrix",
    "draw_seeds",
    "figure_style",
    "median_seed",
    "new_figure",
    "plot_generators_and_metric",
    "plot_jets_fidelity",
    "plot_roc_curves",
    "plot_scored_discovery",
    "plot_training_history",
    "plot_transformed_marginals",
    "roc_curve",
    "save_figure",
]
