"""Random Fourier features of samples, one set for each seed of an ensemble."""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor

from symscope.config.adversarial import FourierFeatures

_AMPLITUDE = 2.0**0.5


class FourierMap:
    """Cosines sqrt(2) cos(v F + phase) of samples v; nothing in it is trained.

    Parameters
    ----------
    settings
        Number and range of the frequencies.
    n_inputs
        Length of v.
    streams
        One random stream for each seed.
    dtype
        Arithmetic.
    """

    def __init__(
        self, settings: FourierFeatures, *, n_inputs: int, streams: Sequence[torch.Generator], dtype: torch.dtype
    ) -> None:
        low, high = torch.tensor([settings.lowest, settings.highest], dtype=dtype).log().tolist()
        frequencies, phases = [], []
        for stream in streams:
            shape = (n_inputs, settings.count)
            sizes = torch.rand(shape, generator=stream, device=stream.device, dtype=dtype)
            draws = torch.randn(shape, generator=stream, device=stream.device, dtype=dtype)
            frequencies.append(draws * torch.exp(low + (high - low) * sizes))
            phases.append(torch.rand(1, settings.count, generator=stream, device=stream.device, dtype=dtype))
        self.frequencies = torch.stack(frequencies)
        self.phases = 2.0 * torch.pi * torch.stack(phases)

    def angles(self, values: Float[Tensor, "seed batch n"]) -> Float[Tensor, "seed batch count"]:
        """Arguments of the cosines."""
        return torch.baddbmm(self.phases, values, self.frequencies)

    @staticmethod
    def features(angles: Float[Tensor, "seed batch count"]) -> Float[Tensor, "seed batch count"]:
        """Give the cosines."""
        return _AMPLITUDE * torch.cos(angles)

    def backward(
        self, angles: Float[Tensor, "seed batch count"], by_features: Float[Tensor, "seed batch count"], n: int
    ) -> Float[Tensor, "seed batch n"]:
        """Give the derivative by the first n entries of v, from that by the features."""
        by_angles = by_features * torch.sin(angles) * -_AMPLITUDE
        return by_angles @ self.frequencies[:, :n].mT
