"""The published LorentzNet's file of weights, read into this package's network."""

import os
import re
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from symscope.config.taggers import TaggerNetwork
from symscope.errors import CheckpointError
from symscope.io.checkpoints import read_state
from symscope.models.kinematics import metric_tensor
from symscope.models.lorentznet import LorentzNet

PUBLISHED_CLAMP = 100.0
"""Bound on one neighbour's momentum update with which the published weights were trained [GeV per component]."""

_MODULES = {
    "embedding": "embedding",
    "phi_e.0": "edge_in",
    "phi_e.1": "edge_norm",
    "phi_e.3": "edge_out",
    "phi_m.0": "gate",
    "phi_h.0": "node_in",
    "phi_h.1": "node_norm",
    "phi_h.3": "node_out",
    "phi_x.0": "move_in",
    "phi_x.2": "move_out",
    "graph_dec.0": "readout_in",
    "graph_dec.3": "readout_out",
}
_KEY = re.compile(r"(?:module\.)?(?:LGEBs\.(?P<layer>\d+)\.)?(?P<module>[a-z_]+(?:\.\d)?)\.(?P<leaf>[a-z_]+)")


def load_published_lorentznet(path: str | os.PathLike[str]) -> LorentzNet:
    """Network with the weights of a published LorentzNet checkpoint, in evaluation mode.

    Parameters
    ----------
    path
        A ``torch.save`` of the state dict, keys with or without the ``module.`` of a distributed wrapper. Width and
        number of layers are taken from it. Nothing but tensors is unpickled.

    Raises
    ------
    CheckpointError
        If the file is missing, is no state dict of tensors, or has other keys or shapes than a LorentzNet.
    """
    state = read_state(path)
    renamed, unknown = {}, []
    for key, value in state.items():
        match = _KEY.fullmatch(key)
        if match is None or match["module"] not in _MODULES:
            unknown.append(key)
            continue
        prefix = "" if match["layer"] is None else f"layers.{match['layer']}."
        renamed[f"{prefix}{_MODULES[match['module']]}.{match['leaf']}"] = value
    if unknown:
        raise CheckpointError(
            f"{path}: {_some(unknown)} are no keys of a published LorentzNet "
            "(module.embedding, module.LGEBs.<k>.phi_e, module.graph_dec, ...); give that model's state dict"
        )
    embedding = renamed.get("embedding.weight")
    layers = [int(k.split(".")[1]) for k in renamed if k.startswith("layers.")]
    if embedding is None or embedding.ndim != 2 or not layers:
        raise CheckpointError(f"{path}: no module.embedding.weight or no module.LGEBs.0, so this is no LorentzNet")
    settings = TaggerNetwork(hidden=embedding.shape[0], layers=max(layers) + 1, momentum_clamp=PUBLISHED_CLAMP)
    network = LorentzNet(settings, metric_tensor("minkowski"), rng=torch.Generator().manual_seed(0))
    load_weights(network, renamed | {"metric": network.metric}, source=path)
    return network.eval()


def load_weights(network: torch.nn.Module, state: Mapping[str, Any], *, source: str | os.PathLike[str]) -> None:
    """Put tensors into a network after naming every key or shape that does not fit."""
    expected = network.state_dict()
    optional = {k for k in expected if k.endswith("num_batches_tracked")}
    missing = sorted(set(expected) - set(state) - optional)
    surplus = sorted(set(state) - set(expected))
    if missing or surplus:
        parts = [f"lacks {_some(missing)}"] if missing else []
        parts += [f"has {_some(surplus)} that the network lacks"] if surplus else []
        raise CheckpointError(f"{source}: {' and '.join(parts)}; the weights belong to another network")
    for key, value in state.items():
        if not isinstance(value, Tensor):
            raise CheckpointError(f"{source}: '{key}' is a {type(value).__name__}, not a tensor")
        if value.shape != expected[key].shape:
            raise CheckpointError(
                f"{source}: '{key}' has shape {tuple(value.shape)}, the network needs {tuple(expected[key].shape)}; "
                "the weights belong to a network with other settings"
            )
    network.load_state_dict(dict(state), strict=False)


def _some(keys: list[str]) -> str:
    shown = ", ".join(f"'{k}'" for k in keys[:3])
    return shown if len(keys) <= 3 else f"{shown} and {len(keys) - 3} more"
