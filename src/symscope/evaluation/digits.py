"""Rotations of the image plane: how far a learned law of them reaches, and images moved by a learned generator."""

import numpy as np
import torch
from jaxtyping import Float
from numpy import ndarray
from scipy.linalg import expm

from symscope.config.actions import ActionName
from symscope.discovery.actions import act
from symscope.discovery.elements import draw_coefficients
from symscope.discovery.result import Discovery
from symscope.errors import DataError


def rotation_rate(generator: Float[ndarray, "*lead 3 3"]) -> Float[ndarray, "*lead"]:
    """Angle by which exp(L) turns the image plane [radians], from the antisymmetric part of the linear block."""
    return np.asarray((generator[..., 0, 1] - generator[..., 1, 0]) / 2)


def learned_angles(discovery: Discovery, *, n: int = 20_000, seed: int = 0) -> Float[ndarray, "seed n"]:
    """Draw angles of the law of every member of an ensemble with one generator [degrees]; not taken modulo a turn.

    Raises
    ------
    DataError
        Where there are several generators, or what is learned are elements.
    """
    if discovery.generators.shape[1] != 1 or discovery.elements is not None:
        raise DataError(
            f"the law of an angle needs one generator with coefficients, and the discovery has "
            f"{discovery.generators.shape[1]} channels; set generator.channels: 1 of the method liegan"
        )
    rates = np.rad2deg(rotation_rate(discovery.generators[:, 0]))
    return np.stack([draw_coefficients(discovery, k, n, seed=seed)[:, 0] * rate for k, rate in enumerate(rates)])


def angle_ranges(angles: Float[ndarray, "seed n"]) -> Float[ndarray, " seed"]:
    """Half width of the uniform law with the standard deviation that each row of angles has; their unit."""
    return np.asarray(np.sqrt(3.0) * angles.std(axis=1))


def moved_images(
    images: Float[ndarray, "n channel height width"], generator: Float[ndarray, "3 3"], times: float, action: ActionName
) -> Float[ndarray, "n channel height width"]:
    """Move images by exp(times * generator), as the discovery does."""
    element = torch.as_tensor(expm(times * generator), dtype=torch.float64).expand(1, len(images), 3, 3)
    return act(action, element, torch.as_tensor(images, dtype=torch.float64)[None])[0].numpy()
