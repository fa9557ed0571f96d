"""The predictors of an ensemble: one smooth perceptron for each seed, and its error."""

from itertools import pairwise

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn.functional import cross_entropy, silu

from symscope.config.augerino import AugerinoNetwork
from symscope.discovery.samples import Samples

TINY = 1e-12


class PredictorEnsemble:
    """One multilayer perceptron for each seed, smooth between its layers.

    Parameters
    ----------
    settings
        Width and depth.
    n_inputs, n_outputs
        Lengths of flattened samples and predictions.
    streams
        One random stream for each seed, for the starting values (uniform in +-1/sqrt(inputs)).
    dtype
        Arithmetic.
    """

    def __init__(
        self,
        settings: AugerinoNetwork,
        *,
        n_inputs: int,
        n_outputs: int,
        streams: list[torch.Generator],
        dtype: torch.dtype,
    ) -> None:
        widths = [n_inputs, *[settings.hidden] * settings.layers, n_outputs]
        device = streams[0].device
        self.weights: list[Tensor] = []
        self.biases: list[Tensor] = []
        for into, out in pairwise(widths):
            parts = [torch.rand(into, out, generator=stream, device=device, dtype=dtype) for stream in streams]
            self.weights.append(((2.0 * torch.stack(parts) - 1.0) * into**-0.5).requires_grad_(True))
            self.biases.append(torch.zeros(len(streams), 1, out, dtype=dtype, device=device, requires_grad=True))

    def parameters(self) -> list[Tensor]:
        """List what is trained."""
        return [*self.weights, *self.biases]

    def __call__(self, inputs: Float[Tensor, "seed batch k"]) -> Float[Tensor, "seed batch m"]:
        """Predict."""
        current = inputs
        for k, (weight, bias) in enumerate(zip(self.weights, self.biases, strict=True)):
            current = torch.baddbmm(bias, silu(current) if k else current, weight)
        return current


def unit_of(samples: Samples) -> float:
    """Variance of y, in units of which a squared error is given; 1 where y are classes."""
    if samples.n_classes:
        return 1.0
    return float((samples.y - samples.y.mean(0)).abs().square().mean().clamp_min(TINY))


def prediction_error(predicted: Tensor, y: Tensor, *, n_classes: int, unit: float) -> Float[Tensor, "seed"]:
    """Mean squared error over `unit`, or the cross entropy of logits (seed, batch, class) where y are classes."""
    if n_classes:
        losses = cross_entropy(predicted.flatten(0, 1), y.flatten(), reduction="none")
        return losses.view(y.shape).mean(1)
    return (predicted - y).abs().square().flatten(1).mean(1) / unit
