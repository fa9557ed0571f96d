"""Starts of the descent: standing waves for several shapes of the spectrum, with their signs."""

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from symscope.config.symmetrylens_fast import SymmetryLensFast
from symscope.discovery.symmetrylens.envelopes import sharpen_places, sharpest_low_waves
from symscope.discovery.symmetrylens.signs import search_signs
from symscope.discovery.symmetrylens.stationarity import PairStationarity
from symscope.discovery.symmetrylens.waves import Order, Shape, spectral_order, standing_waves

_SAME = 0.999
"""Overlap of two starts that count as one."""
_TOGETHER = 4
"""Starts searched in one batch; more do not fit into the cache."""


def find_starts(
    x: Float[Tensor, "sample d"],
    covariance: Float[Tensor, "d d"],
    *,
    settings: SymmetryLensFast,
    generator: torch.Generator,
) -> list[Float[Tensor, "d d"]]:
    """Representations from several shapes of the spectrum, the least Gaussian first.

    Parameters
    ----------
    x
        Centred samples in random order.
    covariance
        Their covariance, from these or more samples.
    settings
        Settings of the method.
    generator
        Source of the order in which signs are tried.
    """
    values, vectors = torch.linalg.eigh(covariance)
    values, vectors = values.flip(0), vectors.flip(1)
    dim = len(values)
    amplitudes = x[: settings.search_samples] @ vectors.float()
    # Half whitened: weak waves are heard, and the noise does not drown them.
    amplitudes = amplitudes / values.float() ** 0.25
    scores: dict[Order, float] = {}
    found: dict[Order, Tensor] = {}

    def attempt(orders: list[Order], sweeps: int) -> None:
        for few in (orders[i : i + _TOGETHER] for i in range(0, len(orders), _TOGETHER)):
            waves = torch.from_numpy(standing_waves(values.numpy(), few, iterations=settings.wave_iterations))
            signs, score = search_signs(
                amplitudes,
                waves.float(),
                torch.tensor(few),
                sweeps=sweeps,
                generator=generator,
                middles=settings.middles,
                places=settings.places,
            )
            for order, wave, sign, number in zip(few, waves, signs.double(), score.tolist(), strict=True):
                scores[order] = number
                found[order] = (wave * sign) @ vectors.T

    def screen(shapes: list[Shape]) -> None:
        orders = dict.fromkeys(spectral_order(dim, shape) for shape in shapes)
        attempt([order for order in orders if order not in scores], sweeps=0)

    def leaders(shapes: list[Shape]) -> list[Shape]:
        by_score = sorted(shapes, key=lambda shape: scores[spectral_order(dim, shape)], reverse=True)
        return by_score[: settings.leaders]

    peaks = np.arange(0, settings.peak_range * dim, max(0.5, settings.peak_range * dim / settings.peaks))
    shapes = [Shape(float(peak), bend) for bend in settings.bends for peak in peaks]
    shapes += [Shape(0.0, 1.0, rank) for rank in _mean_ranks(dim)]
    screen(shapes)
    steps = [size for size in (dim // 16, dim // 32) if size > 1] + [1]
    for step in steps:
        near = [neighbour for leader in leaders(shapes) for neighbour in _neighbours(leader, dim, step)]
        screen(near)
        shapes += near
    best = sorted(scores, key=lambda order: scores[order], reverse=True)[: settings.candidates * settings.starts]
    attempt(best, sweeps=settings.sweeps)
    chosen: list[Tensor] = []
    for order in sorted(best, key=lambda order: scores[order], reverse=True):
        if len(chosen) == settings.starts:
            break
        if all(_overlap(found[order], other) < _SAME for other in chosen):
            chosen.append(found[order])
    learned = _learned(x, covariance, chosen[: settings.learned], settings=settings, generator=generator)
    first = [q for i, q in enumerate(learned) if all(_overlap(q, other) < _SAME for other in learned[:i])]
    return first + chosen


def _learned(
    x: Float[Tensor, "sample d"],
    covariance: Float[Tensor, "d d"],
    starts: list[Float[Tensor, "d d"]],
    *,
    settings: SymmetryLensFast,
    generator: torch.Generator,
) -> list[Float[Tensor, "d d"]]:
    """Learn waves of the starts from the energy of their components; the most stationary result first."""
    draft, few = x[: settings.draft_samples], x[: settings.race_samples]
    found = []
    for start in starts:
        q, _ = sharpest_low_waves(
            draft,
            covariance,
            start,
            search_samples=settings.search_samples,
            places=settings.places,
            generator=generator,
        )
        sharp = sharpen_places(draft, covariance, q, floor=settings.place_floor, iterations=settings.place_iterations)
        for trial in (q, sharp):
            loss = PairStationarity(few, covariance, whitening=settings.whitening)
            loss.adapt(trial)
            found.append((loss.value(trial), trial))
    return [q for _, q in sorted(found, key=lambda pair: pair[0])]


def _mean_ranks(dim: int) -> list[int]:
    """Ranks tried for the lowest frequency."""
    return sorted({round(dim * part) for part in (0.03, 0.06, 0.12, 0.18, 0.25, 0.35, 0.5, 0.75)} | {dim - 1})


def _neighbours(shape: Shape, dim: int, step: int) -> list[Shape]:
    if shape.mean_rank is not None:
        ranks = (shape.mean_rank + shift * step for shift in (-2, -1, 1, 2))
        return [shape._replace(mean_rank=rank) for rank in ranks if 0 <= rank < dim]
    peaks = (shape.peak + shift * step for shift in (-1.0, -0.5, 0.5, 1.0))
    moved = [shape._replace(peak=peak) for peak in peaks if peak >= 0]
    return moved + [shape._replace(mean_rank=rank) for rank in _mean_ranks(dim)]


def _overlap(q: Float[Tensor, "d d"], other: Float[Tensor, "d d"]) -> float:
    """Likeness of two representations, up to a sign and a reflection of the hidden axis (1 for equal ones)."""
    return max(abs(float((q * other).sum())), abs(float((q * other.flip(0)).sum()))) / len(q)
