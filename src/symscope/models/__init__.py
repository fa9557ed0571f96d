"""Neural networks: the jet taggers with a metric as an argument."""

from symscope.models.conv import MetricConv
from symscope.models.geometric import complete_graphs
from symscope.models.kinematics import canonical_metric, metric_tensor
from symscope.models.lorentznet import LorentzNet
from symscope.models.nodes import JetNodes, build_nodes
from symscope.models.published import load_published_lorentznet
from symscope.models.scoring import score_jets

__all__ = [
    "JetNodes",
    "LorentzNet",
    "MetricConv",
    "build_nodes",
    "canonical_metric",
    "complete_graphs",
    "load_published_lorentznet",
    "metric_tensor",
    "score_jets",
]
