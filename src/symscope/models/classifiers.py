"""Small networks that classify signals: ensembles with leading axis seed."""

import math
from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor, nn

from symscope.config.adaptor import ConvolutionNetwork, PerceptronNetwork
from symscope.models.mlp import Mlp


class ConvolutionClassifier(nn.Module):
    """Convolutions along the axis of a signal, the mean over all places, one linear layer; one network for each seed.

    But for the ends of the signal, where the convolutions see zeros, a translation leaves the output as it is.

    Parameters
    ----------
    settings
        Channels, width and number of the convolutions.
    n_classes
        Number of logits.
    streams
        One random stream for each seed, for the starting weights: uniform in +-sqrt(6 / inputs) before rectifiers and
        +-sqrt(3 / inputs) in the last layer, which keeps the size of the values. Biases start at zero.

    Notes
    -----
    The seeds are groups of one grouped convolution, which on one core takes a third to two thirds of the time of windows
    times matrices.
    """

    def __init__(self, settings: ConvolutionNetwork, *, n_classes: int, streams: Sequence[torch.Generator]) -> None:
        super().__init__()
        self.settings = settings
        into = [1, *[settings.channels] * (settings.layers - 1)]
        shapes = [(settings.channels, channels, settings.width) for channels in into]
        self.weights, self.biases = nn.ParameterList(), nn.ParameterList()
        for outputs, *inputs in [*shapes, (n_classes, settings.channels)]:
            gain = 6 if len(inputs) == 2 else 3
            bound = (gain / math.prod(inputs)) ** 0.5
            drawn = [2 * torch.rand(outputs, *inputs, generator=s, device=s.device) - 1 for s in streams]
            self.weights.append(nn.Parameter(bound * torch.stack(drawn)))
            self.biases.append(nn.Parameter(torch.zeros(len(streams), outputs, device=drawn[0].device)))

    def forward(self, x: Float[Tensor, "seed batch d"]) -> Float[Tensor, "seed batch class"]:
        """Give the logits of the classes."""
        seeds, batch = x.shape[:2]
        values = x.transpose(0, 1)
        for weight, bias in zip(self.weights[:-1], self.biases[:-1], strict=True):
            values = nn.functional.conv1d(
                values, weight.flatten(0, 1), bias.flatten(), padding=self.settings.width // 2, groups=seeds
            ).relu()
        features = values.mean(dim=2).view(batch, seeds, -1).transpose(0, 1)
        return torch.baddbmm(self.biases[-1][:, None], features, self.weights[-1].mT)


def perceptron_classifier(
    settings: PerceptronNetwork, *, n_inputs: int, n_classes: int, streams: Sequence[torch.Generator]
) -> Mlp:
    """Give perceptrons with rectifiers from all components to the logits of the classes, one for each seed."""
    widths = [n_inputs, *[settings.hidden] * settings.layers, n_classes]
    return Mlp(widths, activation="relu", streams=streams)
