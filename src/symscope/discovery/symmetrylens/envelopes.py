"""Waves of low frequency, learned from where the signal of high frequency is strong.

The order of the waves by frequency is found from the spectrum, and a spectrum falls steadily at high frequencies: there
the order is right, also where it is wrong among the low ones, as behind a spectrum of several peaks. The waves of high
frequency alone give components that see one place each. Where such a component is strong, a pulse is near, and the
pulse carries low frequencies too. So the correlation of the squares of these components with an amplitude that
belongs to no known wave draws the shape of its wave over the places, with its sign; and waves of equal power, which no covariance
tells apart, are told apart. This is the third-order statistic that couples waves whose frequencies add up to zero.
Pulses that are odd about their centre, all of them with the same sign, have it with the wrong phase, and symmetric signs
leave nothing of it; the representation at hand is then kept.
"""

import torch
from jaxtyping import Float
from torch import Tensor

from symscope.discovery.symmetrylens.signs import search_signs
from symscope.discovery.symmetrylens.stationarity import average_along_diagonals

_SIXTEENTHS = range(1, 11)
"""Parts of the frequencies, in sixteenths, below which waves are learned anew; above, too little is left to learn from."""


def waves_by_frequency(
    covariance: Float[Tensor, "d d"], q: Float[Tensor, "d d"]
) -> tuple[Float[Tensor, " d"], Float[Tensor, "d d"]]:
    """Powers and standing waves (columns) of a representation, by the number of times that each changes its sign."""
    powers, waves = torch.linalg.eigh(average_along_diagonals(q @ covariance @ q.T))
    crossings = (torch.diff(torch.sign(waves.flip(1)), dim=0) != 0).sum(dim=0)
    order = len(q) - 1 - torch.argsort(crossings, stable=True)
    return powers[order], waves[:, order]


def standardised_energy(components: Float[Tensor, "sample k"]) -> Float[Tensor, "sample k"]:
    """Squares of components, each with mean 0 and standard deviation 1; the components' memory is used for them."""
    energy = components.square_()
    return (energy - energy.mean(dim=0)) / energy.std(dim=0)


def learn_low_waves(
    x: Float[Tensor, "sample d"], covariance: Float[Tensor, "d d"], q: Float[Tensor, "d d"], *, cut: int
) -> Float[Tensor, "d d"]:
    """Replace the waves of a representation below a frequency by those that the waves above it ask for.

    Parameters
    ----------
    x
        Centred samples.
    covariance
        Covariance of the data, from these or more samples.
    q
        Representation whose waves of high frequency are right, and whose low ones span the right space.
    cut
        Number of waves that are replaced.
    """
    powers, waves = waves_by_frequency(covariance, q)
    low, high = waves[:, :cut], waves[:, cut:]
    # White, so that a component is as narrow as the frequencies at hand allow.
    white = (high / powers[cut:].clamp_min(1e-3 * float(powers.mean())).sqrt()) @ high.T
    energy = standardised_energy(x @ (q.T @ white).to(x.dtype))
    moved = low.T @ q
    values, vectors = torch.linalg.eigh(moved @ covariance @ moved.T)
    whitener = (vectors / values.sqrt()) @ vectors.T
    shapes = energy.T @ (x @ (moved.T @ whitener).to(x.dtype)) / len(x)
    left, _, right = torch.linalg.svd(low.T @ shapes.double())
    found: Tensor = high @ (high.T @ q) + low @ (left @ right @ moved)
    return found


def sharpen_places(
    x: Float[Tensor, "sample d"],
    covariance: Float[Tensor, "d d"],
    q: Float[Tensor, "d d"],
    *,
    floor: float,
    iterations: int,
    tolerance: float = 1e-4,
) -> Float[Tensor, "d d"]:
    """Learn all waves at once from the energy of the components, in turn, until nothing changes.

    The fixed-point iteration of independent component analysis by skewness (Hyvärinen, 1999), behind a whitening filter that
    spares weak waves. Short pulses are independent behind such a filter, and then it ends at their places; long ones
    are not, and then it leads astray: the loss of stationarity tells the two apart.

    Parameters
    ----------
    x, covariance
        As in :func:`learn_low_waves`.
    q
        Where to begin.
    floor
        Power added to all waves before whitening, in units of the mean power.
    iterations
        Largest number of steps.
    tolerance
        Change of a component at which the iteration ends.
    """
    values, vectors = torch.linalg.eigh(covariance)
    whitener = (vectors / (values + floor * values.mean()).sqrt()) @ vectors.T
    white = x @ whitener.to(x.dtype)
    for _ in range(iterations):
        energy = standardised_energy(white @ q.T.to(x.dtype))
        left, _, right = torch.linalg.svd((energy.T @ white / len(x)).double())
        before, q = q, left @ right
        if float((1 - (q * before).sum(dim=1).abs()).max()) < tolerance:
            break
    return q


def sharpest_low_waves(
    x: Float[Tensor, "sample d"],
    covariance: Float[Tensor, "d d"],
    q: Float[Tensor, "d d"],
    *,
    search_samples: int,
    places: int,
    generator: torch.Generator,
) -> tuple[Float[Tensor, "d d"], float]:
    """Learn the low waves below several frequencies and search the signs of all; keep the least Gaussian result.

    Parameters
    ----------
    x, covariance, q
        As in :func:`learn_low_waves`.
    search_samples, places
        Samples and components for the search of the signs.
    generator
        Source of the order in which signs are tried.

    Returns
    -------
    representation, negentropy
        The given representation is among those compared, with its signs searched as well.
    """
    dim = len(q)
    cuts = sorted({cut for cut in (round(dim * part / 16) for part in _SIXTEENTHS) if 2 <= cut < dim})
    trials = [q] + [learn_low_waves(x, covariance, q, cut=cut) for cut in cuts]
    found = []
    for trial in trials:
        powers, waves = waves_by_frequency(covariance, trial)
        amplitudes = x[:search_samples] @ (trial.T @ waves).to(x.dtype)
        # Half whitened, as in the search of the starts.
        amplitudes = amplitudes / powers.clamp_min(1e-4 * float(powers.mean())).to(x.dtype) ** 0.25
        signs, score = search_signs(
            amplitudes,
            waves[None].to(x.dtype),
            torch.arange(dim)[None],
            sweeps=1,
            generator=generator,
            signs=torch.ones(1, dim, dtype=x.dtype),
            places=places,
        )
        found.append(((waves * signs[0].double()) @ (waves.T @ trial), float(score)))
    return max(found, key=lambda pair: pair[1])
