"""What is shown of discoveries on rotated digits: the rotation found, images that it moves, and laws of its angle."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Float, Int
from numpy import ndarray
from scipy.linalg import expm

from symscope.config.actions import ActionName
from symscope.config.digits import DigitsDataset
from symscope.config.discovery import TruthSettings
from symscope.discovery.actions import act
from symscope.discovery.elements import coefficients_of
from symscope.discovery.result import Discovery
from symscope.errors import DataError
from symscope.evaluation.discovery import DiscoveryScore, score_discovery
from symscope.evaluation.rotations import scaled_like
from symscope.groups import known_algebra

SHOWN_ANGLE = 40.0
"""Digits are drawn moved forth and back by this angle [degrees]."""
RANGES = {"range": "angle_range", "range_narrow": "narrow.angle_range"}
"""Roles in which the law of the angle is learned, from the wider range of the data to the narrower, and ends of their ids."""
OTHERS = ("upright", "published")
"""Roles that are compared with the rotation too: digits that were not turned, and the published settings."""


class AngleLaw(NamedTuple):
    """Angles of a learned law, and how far the data reach."""

    angles: Float[ndarray, "seed n"]
    """Drawn from every seed's law [degrees]; not taken modulo a turn."""
    largest: float
    """The data are turned by up to this [degrees]."""

    @property
    def ranges(self) -> Float[ndarray, " seed"]:
        """Half width of the uniform law with the standard deviation of each seed's [degrees]."""
        return np.asarray(np.sqrt(3.0) * self.angles.std(axis=1))


class RotatedDigits(NamedTuple):
    """What a figure of rotated digits shows."""

    score: DiscoveryScore
    """Agreement of every seed with the rotation about the middle of the image."""
    generators: Float[ndarray, "seed 3 3"]
    """The generator of every seed, in the norm and the sign of the rotation."""
    strips: Mapping[str, Float[ndarray, "digit height width"]]
    """The same digits before and after, by what was done to them."""
    laws: Mapping[str, AngleLaw]
    """Learned laws of the angle, by their roles."""
    others: Mapping[str, DiscoveryScore]
    """The same of the other discoveries that were tried, by the roles of :data:`OTHERS`."""


def view_rotated_digits(
    discoveries: Mapping[str, Discovery],
    truths: Mapping[str, TruthSettings],
    datasets: Mapping[str, DigitsDataset],
    images: Float[ndarray, "n 1 height width"],
    labels: Int[ndarray, " n"],
) -> RotatedDigits:
    """Gather what a figure shows.

    Parameters
    ----------
    discoveries
        Ensembles by role: `rotation` (any affine generator), `range` (the rotation is given, the law of its angle is
        learned) and, where these were tried, `range_narrow`, `upright` (digits that were not turned) and `published` (its settings).
    truths, datasets
        The rotation, and the settings of the digits, by role.
    images, labels
        Digits of the test split of the role `rotation`, with their classes; the first of each class is drawn.
    """
    score = score_discovery(discoveries["rotation"], truths["rotation"])
    truth = known_algebra(truths["rotation"].algebra)[0]
    generators = np.stack([scaled_like(one[0], truth, np.eye(3)) for one in discoveries["rotation"].generators])
    return RotatedDigits(
        score=score,
        generators=generators,
        strips=moved_strips(images, labels, generators[score.best], datasets["rotation"].action),
        laws={
            role: AngleLaw(learned_angles(discoveries[role]), datasets[role].max_angle)
            for role in RANGES
            if role in discoveries
        },
        others={role: score_discovery(discoveries[role], truths[role]) for role in OTHERS if role in discoveries},
    )


def rotation_rate(generator: Float[ndarray, "*lead 3 3"]) -> Float[ndarray, "*lead"]:
    """Angle by which exp(L) turns the image plane [radians], from the antisymmetric part of the linear block."""
    return np.asarray((generator[..., 0, 1] - generator[..., 1, 0]) / 2)


def learned_angles(discovery: Discovery, *, n: int = 50_000, seed: int = 0) -> Float[ndarray, "seed n"]:
    """Draw angles of the law of every member of an ensemble with one generator [degrees]; not taken modulo a turn.

    Raises
    ------
    DataError
        Where there are several generators, or what is learned are elements.
    """
    channels = discovery.generators.shape[1]
    if channels != 1 or discovery.elements is not None:
        found = f"{channels} generators" if discovery.elements is None else "group elements"
        raise DataError(
            f"the law of an angle needs one generator with coefficients, and the discovery has {found}; use the method "
            "liegan with generator.channels: 1"
        )
    rates = np.rad2deg(rotation_rate(discovery.generators[:, 0]))
    return np.stack([coefficients_of(discovery, k, n, seed=seed)[:, 0] * rate for k, rate in enumerate(rates)])


def moved_strips(
    images: Float[ndarray, "n 1 height width"],
    labels: Int[ndarray, " n"],
    generator: Float[ndarray, "3 3"],
    action: ActionName,
) -> dict[str, Float[ndarray, "digit height width"]]:
    """Give one image of each class, as it is and moved forth and back; `generator` has the norm of the rotation."""
    first = np.unique(labels, return_index=True)[1]
    original = torch.as_tensor(images[first], dtype=torch.float64)
    strips = {"as they are": original[:, 0].numpy()}
    for sign, name in ((1.0, "\N{PLUS SIGN}"), (-1.0, "\N{MINUS SIGN}")):
        element = torch.as_tensor(expm(sign * np.deg2rad(SHOWN_ANGLE) * generator)).expand(1, len(first), 3, 3)
        strips[f"moved by {name}{SHOWN_ANGLE:g}\N{DEGREE SIGN}"] = act(action, element, original[None])[0, :, 0].numpy()
    return strips
