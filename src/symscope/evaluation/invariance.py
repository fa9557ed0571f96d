"""How much a tagger's logits change when a jet is rotated or boosted.

Two questions, both answered for each model. `with_beams`: the whole event, beams included, is transformed; an
invariant network must not change its logits at all. `beams_fixed`: only the constituents are transformed; the beams
are there to break the symmetry, so even LorentzNet's logits change, and the number says how much it uses them.
"""

from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from symscope.config.taggers import TaggerEvaluation
from symscope.models.kinematics import beam_particles, restore_massless
from symscope.models.lorentznet import LorentzNet
from symscope.models.scoring import score_jets


class InvarianceError(NamedTuple):
    """Change of the logit difference (signal minus background) under transformations, over jets and transformations."""

    median_logit: float
    max_logit: float
    median_score: float
    """The same for the probability of signal."""
    max_score: float
    logit_spread: float
    """Standard deviation of the logit difference over the jets, untransformed: what a change is to be compared with."""


def random_rotation(rng: np.random.Generator) -> Float[Tensor, "4 4"]:
    """Uniform random rotation of (E, px, py, pz), float64, from a random unit quaternion."""
    w, x, y, z = (q := rng.normal(size=4)) / np.linalg.norm(q)
    spatial = [
        [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
        [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
        [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
    ]
    matrix = torch.eye(4, dtype=torch.float64)
    matrix[1:, 1:] = torch.tensor(spatial, dtype=torch.float64)
    return matrix


def random_boost(rng: np.random.Generator, *, max_rapidity: float) -> Float[Tensor, "4 4"]:
    """Boost of (E, px, py, pz) along a uniform random direction, float64, of rapidity uniform up to `max_rapidity`."""
    axis = torch.from_numpy((v := rng.normal(size=3)) / np.linalg.norm(v))
    rapidity = torch.tensor(rng.uniform(0, max_rapidity), dtype=torch.float64)
    matrix = torch.eye(4, dtype=torch.float64)
    matrix[0, 0] = rapidity.cosh()
    matrix[0, 1:] = matrix[1:, 0] = rapidity.sinh() * axis
    matrix[1:, 1:] += (rapidity.cosh() - 1) * torch.outer(axis, axis)
    return matrix


def measure_invariance(
    network: LorentzNet,
    momenta: Tensor,
    offsets: Tensor,
    *,
    settings: TaggerEvaluation,
    seed: int,
    device: str = "cpu",
    precision: str = "float64",
) -> dict[str, InvarianceError]:
    """Invariance errors by name: rotations and boosts, each with the beams transformed along and with them fixed.

    Parameters
    ----------
    network
        A tagger.
    momenta, offsets
        Ragged jets, E, px, py, pz [GeV].
    settings
        Number of transformations and largest rapidity.
    seed
        Seed of the transformations, which are the same for all jets.
    device, precision
        Where and how to compute; float64 keeps rounding out of the measurement.

    Returns
    -------
    dict
        Keys ``rotation_with_beams``, ``boost_with_beams``, ``rotation_beams_fixed``, ``boost_beams_fixed``.
    """
    rng = np.random.default_rng(seed)
    n = settings.invariance_transformations
    families = {
        "rotation": [random_rotation(rng) for _ in range(n)],
        "boost": [random_boost(rng, max_rapidity=settings.max_rapidity) for _ in range(n)],
    }
    exact = restore_massless(momenta)
    beams = beam_particles(dtype=torch.float64)

    def scored(p: Tensor, beam_momenta: Tensor | None) -> Tensor:
        return score_jets(network, p, offsets, device=device, precision=precision, beam_momenta=beam_momenta).double()

    reference = scored(exact, None)
    return {
        f"{family}_{name}": _compare(
            reference, torch.stack([scored(exact @ g.T, beams @ g.T if along else None) for g in matrices])
        )
        for name, along in (("with_beams", True), ("beams_fixed", False))
        for family, matrices in families.items()
    }


def _compare(reference: Tensor, transformed: Tensor) -> InvarianceError:
    logit = reference[:, 1] - reference[:, 0]
    change = (transformed[..., 1] - transformed[..., 0] - logit).abs()
    score_change = (transformed.softmax(-1)[..., 1] - reference.softmax(-1)[:, 1]).abs()
    return InvarianceError(
        median_logit=float(change.median()),
        max_logit=float(change.max()),
        median_score=float(score_change.median()),
        max_score=float(score_change.max()),
        logit_spread=float(logit.std(correction=0)),
    )
