"""From the settings of a model to a network with its coordinates and its symmetry, and back from a file."""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor, nn

from symscope.config.prediction import (
    EmlpModel,
    HnnModel,
    MlpModel,
    PredictorModel,
    PredictorTraining,
    predictor_model,
)
from symscope.errors import CheckpointError, ConfigError
from symscope.groups.representations import Group
from symscope.models.emlp.network import Emlp
from symscope.models.frame import Frame, data_span, fit_frame
from symscope.models.hnn import Hnn, flow_units
from symscope.models.mlp import MlpPredictor
from symscope.training.augmentation import Symmetry, unit_generators
from symscope.training.predictor_result import TrainedPredictor


class Predictor(nn.Module):
    """An ensemble of networks from past states to future ones, in the unit of the data."""

    def __init__(
        self, network: nn.Module, frame: Frame, symmetry: Symmetry | None, visited: Float[Tensor, "d r"] | None
    ) -> None:
        super().__init__()
        self.network, self.frame, self.symmetry, self.visited = network, frame, symmetry, visited

    def forward(self, x: Float[Tensor, "seed batch past d"]) -> Float[Tensor, "seed batch future d"]:
        """Continue each trajectory, without augmentation."""
        if isinstance(self.network, Hnn):
            return self.network(x)  # type: ignore[no-any-return]
        return self.frame.decode(self.network(self.frame.encode(x)))

    def to(self, device: torch.device) -> "Predictor":  # type: ignore[override]
        """Move the network, the coordinates and the symmetry."""
        super().to(device)
        self.frame = self.frame.on(device, self.frame.enter.dtype)
        self.symmetry = None if self.symmetry is None else Symmetry(*(part.to(device) for part in self.symmetry))
        return self

    @property
    def ranks(self) -> list[int] | None:
        """Dimension of the space of equivariant maps from V to V of each seed, for an emlp."""
        return self.network.ranks if isinstance(self.network, Emlp) else None

    @property
    def n_parameters(self) -> list[int]:
        """Free parameters of each seed."""
        if isinstance(self.network, Emlp):
            return self.network.maps.n_parameters
        stacks = list(self.network.parameters())
        return [sum(p[0].numel() for p in stacks)] * len(stacks[0])


def build_predictor(
    model: PredictorModel,
    x: Float[Tensor, "n past d"],
    y: Float[Tensor, "n future d"],
    *,
    symmetry: Symmetry | None,
    streams: Sequence[torch.Generator],
    dtype: torch.dtype,
) -> Predictor:
    """Make the networks of all seeds, with coordinates fitted to training windows.

    Raises
    ------
    ConfigError
        Where the symmetry allows no equivariant layer.
    """
    states = torch.cat([x, y], dim=1)
    visited = None
    if isinstance(model, EmlpModel) and model.space == "data_span":
        visited = data_span(states, tolerance=model.span_tolerance)
    elif isinstance(model, MlpModel) and symmetry is not None:
        visited = data_span(states, tolerance=model.augmentation.span_tolerance)
    frame = fit_frame(x, span=visited if isinstance(model, EmlpModel) else None)
    prepared = None if symmetry is None else prepare_symmetry(model, symmetry, visited, frame)
    network = _network(model, states, y.shape[1], symmetry=prepared, streams=streams, dtype=dtype)
    return Predictor(network, frame.on("cpu", dtype), _cast(prepared, dtype), visited)


def prepare_symmetry(
    model: PredictorModel, symmetry: Symmetry, visited: Float[Tensor, "d r"] | None, frame: Frame
) -> Symmetry:
    """Symmetry as a model uses it: in the coordinates of its network, in a comparable scale.

    Parameters
    ----------
    model
        Whose settings say where the symmetry acts and whether its scale is kept.
    symmetry
        As it was found, acting on all components.
    visited
        Directions that the data visit.
    """
    if isinstance(model, EmlpModel):
        inside = Symmetry(*(frame.enter.mT @ part @ frame.leave.mT for part in symmetry))
        if not inside.generators.shape[1]:
            return inside
        return Symmetry(unit_generators(inside.generators), inside.elements)
    if isinstance(model, MlpModel) and visited is not None:
        generators = symmetry.generators
        if model.augmentation.unit_generators and generators.shape[1]:
            generators = unit_generators(generators, visited)
        if model.augmentation.space == "all_components":
            return Symmetry(generators, symmetry.elements)
        inside = Symmetry(generators, symmetry.elements).on_span(visited)
        rest = torch.eye(len(visited), dtype=visited.dtype) - visited @ visited.mT
        return Symmetry(visited @ inside.generators @ visited.mT, visited @ inside.elements @ visited.mT + rest)
    return symmetry


def rebuild_predictor(trained: TrainedPredictor) -> Predictor:
    """Make the networks of a trained predictor with their weights, in evaluation mode, on the CPU.

    Raises
    ------
    CheckpointError
        Where the weights do not fit the settings.
    """
    model = predictor_model(trained.model)
    dtype = torch.float64 if PredictorTraining(**trained.training).precision == "float64" else torch.float32
    frame = Frame(*trained.frame)
    prepared = None
    if trained.generators is not None and trained.elements is not None:
        prepared = prepare_symmetry(model, Symmetry(trained.generators, trained.elements), trained.visited, frame)
    streams = [torch.Generator().manual_seed(seed) for seed in trained.seeds]
    states = torch.ones(1, trained.past + trained.future, frame.enter.shape[0], dtype=torch.float64)
    try:
        network = _network(model, states, trained.future, symmetry=prepared, streams=streams, dtype=dtype)
        predictor = Predictor(network, frame.on("cpu", dtype), _cast(prepared, dtype), trained.visited)
        predictor.load_state_dict(trained.state_dict)
    except (RuntimeError, ConfigError) as error:
        reason = str(error).split("\n", 1)[0]
        raise CheckpointError(
            f"the weights of a trained predictor do not fit its settings ({reason}); train it again"
        ) from error
    return predictor.eval()


def _network(
    model: PredictorModel,
    states: Float[Tensor, "n time d"],
    future: int,
    *,
    symmetry: Symmetry | None,
    streams: Sequence[torch.Generator],
    dtype: torch.dtype,
) -> nn.Module:
    past, dim = states.shape[1] - future, states.shape[2]
    if isinstance(model, HnnModel):
        unit, change = flow_units(states, coordinates=model.coordinates)
        return Hnn(model, dim=dim, future=future, unit=unit, change=change, streams=streams, dtype=dtype)
    if isinstance(model, MlpModel):
        return MlpPredictor(
            past=past,
            future=future,
            dim=dim,
            hidden=model.hidden,
            layers=model.layers,
            activation=model.activation,
            streams=streams,
            dtype=dtype,
        )
    if symmetry is None:
        raise ConfigError(
            f"an emlp is built from the symmetry '{model.symmetry}', and no generators are given; give them"
        )
    group = Group(symmetry.generators.numpy(), symmetry.elements.numpy())
    return Emlp(model, group, past=past, future=future, streams=streams, dtype=dtype)


def _cast(symmetry: Symmetry | None, dtype: torch.dtype) -> Symmetry | None:
    return None if symmetry is None else Symmetry(*(part.to(dtype) for part in symmetry))
