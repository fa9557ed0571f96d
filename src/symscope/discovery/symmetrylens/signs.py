"""Signs of the standing waves, found by how far from Gaussian the components of their sum are."""

from collections.abc import Sequence

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

PEAKEDNESS_OF_GAUSSIAN = float(np.sqrt(0.5))
"""Mean of ``exp(-y^2 / 2)`` for a standard Gaussian y."""
ODD_WEIGHT = 36 / (8 * np.sqrt(3) - 9)
EVEN_WEIGHT = 24 / (16 * np.sqrt(3) - 27)
"""Weights of the squares of the two features in the approximation of the negentropy."""


def negentropy(y: Float[Tensor, "start sample d"]) -> Float[Tensor, " start"]:
    """Approximate negentropy of the components, summed [nats]; bounded features, so that heavy tails do no harm.

    The approximation of Hyvärinen (1998) with the features ``y exp(-y^2 / 2)`` and ``exp(-y^2 / 2)``.
    """
    power = (y * y).mean(dim=1, keepdim=True) - y.mean(dim=1, keepdim=True) ** 2
    return _negentropy_of_unit(y * power.clamp_min(1e-24).rsqrt())


def _negentropy_of_unit(y: Float[Tensor, "start sample d"]) -> Float[Tensor, " start"]:
    """Negentropy of components that have unit variance already."""
    bell = torch.mul(y, y).mul_(-0.5).exp_()
    even = bell.mean(dim=1) - PEAKEDNESS_OF_GAUSSIAN
    odd = bell.mul_(y).mean(dim=1)
    total: Tensor = (ODD_WEIGHT * odd**2 + EVEN_WEIGHT * even**2).sum(dim=-1)
    return total


def search_signs(
    amplitudes: Float[Tensor, "sample d"],
    waves: Float[Tensor, "start d d"],
    frequencies: Int[Tensor, "start d"],
    *,
    sweeps: int,
    generator: torch.Generator,
    middles: Sequence[float] = (0.5,),
    signs: Float[Tensor, "start d"] | None = None,
    gain: float = 1e-6,
    places: int | None = None,
) -> tuple[Float[Tensor, "start d"], Float[Tensor, " start"]]:
    """Choose signs s that make ``y_i = sum_a s_a z_a E_ia`` least Gaussian, for several sets of waves E at once.

    The waves enter from the middle of the frequencies outwards, each with the better sign. A spectrum is flat at both of
    its ends, so that the covariance does not tell the waves there apart; those of the middle carry the search. Then flips
    are tried: of all waves from some frequency upwards, of every second one of those, which mirrors the part of high
    frequency, and of single waves in random order.

    Parameters
    ----------
    amplitudes
        Coefficients z of the samples, by falling power.
    waves
        Columns E_a of each start.
    frequencies
        Place of each wave among the frequencies, from 0.
    sweeps
        Largest number of rounds of flips.
    generator
        Source of the random order.
    middles
        Where the first wave lies among the frequencies (0 is the lowest and 1 the highest); the best is kept.
    signs
        Signs to begin with, in place of those that the waves enter with.
    gain
        Least part of the negentropy by which a flip must raise it.
    places
        Number of components, evenly spaced, that are looked at; None for all. They all have the same law.

    Returns
    -------
    signs, negentropy
        The latter summed over the components that are looked at.
    """
    if places is not None and places < waves.shape[1]:
        waves = waves[:, torch.linspace(0, waves.shape[1] - 1, places).round().long()]
    search = _SignSearch(amplitudes, waves, gain=gain)
    dim = waves.shape[-1]
    if signs is None:
        entered = [search.enter_outwards(frequencies, round(middle * (dim - 1))) for middle in middles]
        best = torch.stack([value for _, value in entered]).argmax(dim=0)
        signs = torch.stack([found for found, _ in entered])[best, torch.arange(len(waves))]
    search.set(signs)
    by_frequency = torch.argsort(frequencies, dim=1).flip(1)
    for _ in range(sweeps):
        before = search.best
        search.try_cuts(by_frequency, step=1)
        search.try_cuts(by_frequency, step=2)
        for a in torch.randperm(dim, generator=generator).tolist():
            search.try_one(a)
        if bool((search.best == before).all()):
            break
    search.set(search.signs)
    return search.signs, search.best


class _SignSearch:
    """Signs at hand, and the components that they make; each trial changes the components by a few products.

    The variance of a component does not depend on the signs, as the amplitudes are not correlated. So the components
    are brought to unit variance once, through the waves.
    """

    def __init__(
        self, amplitudes: Float[Tensor, "sample d"], waves: Float[Tensor, "start place d"], *, gain: float
    ) -> None:
        power = (amplitudes * amplitudes).mean(dim=0)
        deviation = ((waves * waves) @ power).sqrt()
        self.waves = waves / deviation[:, :, None].clamp_min(1e-12)
        self.amplitudes = amplitudes
        self.gain = gain
        self.signs = torch.ones(len(waves), waves.shape[-1], dtype=amplitudes.dtype)
        self.components = amplitudes.new_zeros(len(waves), len(amplitudes), waves.shape[1])
        self.best = amplitudes.new_zeros(len(waves))

    def set(self, signs: Float[Tensor, "start d"]) -> None:
        """Take these signs, without the rounding of many changes."""
        self.signs = signs
        self.components = (self.amplitudes * signs[:, None]) @ self.waves.transpose(1, 2)
        self.best = negentropy(self.components)

    def enter_outwards(
        self, frequencies: Int[Tensor, "start d"], middle: int
    ) -> tuple[Float[Tensor, "start d"], Float[Tensor, " start"]]:
        """Let the waves enter by the distance of their frequency from one of them, each with the better sign."""
        signs = torch.ones_like(self.signs)
        total = torch.zeros_like(self.components)
        row = torch.arange(len(signs))
        for a in torch.argsort((frequencies - middle).abs(), dim=1, stable=True).T:
            part = self._part(a)
            plus, minus = total + part, total - part
            better = negentropy(plus) >= negentropy(minus)
            signs[row, a] = torch.where(better, 1.0, -1.0)
            total = torch.where(better[:, None, None], plus, minus)
        return signs, _negentropy_of_unit(total)

    def try_one(self, a: int) -> None:
        """Flip one wave where this raises the negentropy."""
        index = torch.full((len(self.signs),), a)
        self._accept(self._part(index) * self.signs[:, a, None, None], torch.nn.functional.one_hot(index, self._dim))

    def try_cuts(self, by_frequency: Int[Tensor, "start d"], *, step: int) -> None:
        """Flip all waves above a frequency, or every second one of those, where this raises the negentropy."""
        row = torch.arange(len(self.signs))
        for first in range(step):
            above = torch.zeros_like(self.components)
            flipped = torch.zeros(self.signs.shape, dtype=torch.int64)
            for place in range(first, self._dim - 1, step):
                a = by_frequency[:, place]
                above += self._part(a) * self.signs[row, a][:, None, None]
                flipped[row, a] = 1
                accepted = self._accept(above, flipped)
                above[accepted] *= -1

    @property
    def _dim(self) -> int:
        return self.signs.shape[-1]

    def _part(self, a: Int[Tensor, " start"]) -> Float[Tensor, "start sample place"]:
        """Components of one wave of each start, with a positive sign."""
        row = torch.arange(len(a))
        return self.amplitudes.T[a][:, :, None] * self.waves[row, :, a][:, None]

    def _accept(self, part: Float[Tensor, "start sample place"], flipped: Int[Tensor, "start d"]) -> Tensor:
        trial = torch.sub(self.components, part, alpha=2)
        value = _negentropy_of_unit(trial)
        better = value > self.best * (1 + self.gain)
        self.best = torch.where(better, value, self.best)
        if bool(better.any()):
            self.signs = torch.where(better[:, None], self.signs * (1 - 2 * flipped), self.signs)
            self.components[better] = trial[better]
        return better
