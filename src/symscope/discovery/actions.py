"""How group elements act on samples.

Every function takes an ensemble: group elements (seed, batch, d, d) and samples with leading axes (seed, batch).
"""

from typing import Literal

import torch
from jaxtyping import Float, Inexact
from torch import Tensor
from torch.nn.functional import affine_grid, grid_sample

from symscope.config.actions import ActionName
from symscope.errors import ConfigError

Elements = Inexact[Tensor, "seed batch d d"]


def act_on_vectors(g: Elements, x: Tensor) -> Tensor:
    """Apply g to the last axis; x (seed, batch, objects, d), real or complex."""
    return x @ g.mT


def act_on_images(
    g: Float[Tensor, "seed batch 3 3"],
    x: Float[Tensor, "seed batch channel height width"],
    mode: Literal["bilinear", "bicubic"] = "bilinear",
) -> Float[Tensor, "seed batch channel height width"]:
    """Move the grid of images: the pixel at p shows what was at g p, with p in [-1, 1]^2 homogeneous coordinates (x, y, 1).

    Points outside the image are black. Bilinear interpolation blurs, which tells a moved image from one that was not; bicubic
    interpolation blurs far less, and may leave the range of the intensities a little.
    """
    images = x.flatten(0, 1)
    grid = affine_grid(g.flatten(0, 1)[:, :2], list(images.shape), align_corners=False)
    return grid_sample(images, grid, mode=mode, padding_mode="zeros", align_corners=False).view_as(x)


def act(action: ActionName, g: Elements, x: Tensor) -> Tensor:
    """Apply group elements to samples.

    Parameters
    ----------
    action
        `vector` and `complex_vector` act on the last axis, `image_grid` and `image_grid_cubic` on the last two,
        `trivial` leaves x alone.
    g
        One group element for each sample.
    x
        Samples, (seed, batch, ...); never changed in place.
    """
    if action == "trivial":
        return x
    if action in ("image_grid", "image_grid_cubic"):
        return act_on_images(g, x, "bilinear" if action == "image_grid" else "bicubic")
    return act_on_vectors(g, x)


def dimension(action: ActionName, x: Tensor) -> int | None:
    """Size d of the matrices that act on samples x (n, ...); None where any size does (trivial).

    Raises
    ------
    ConfigError
        Where the samples have too few axes, or are real where complex ones are needed.
    """
    if action == "trivial":
        return None
    on_images = action in ("image_grid", "image_grid_cubic")
    if x.ndim != (4 if on_images else 3):
        form = "(n, channels, height, width)" if on_images else "(n, objects, d)"
        raise ConfigError(f"action '{action}' needs samples of shape {form}, found {tuple(x.shape)}")
    if (action == "complex_vector") != x.is_complex():
        kind = "complex" if x.is_complex() else "real"
        raise ConfigError(
            f"action '{action}' does not fit {kind} samples; use 'vector' for real and 'complex_vector' for complex ones"
        )
    return 3 if on_images else x.shape[-1]


def as_real_features(x: Tensor) -> Float[Tensor, "seed batch k"]:
    """Flatten samples (seed, batch, ...) to real features, complex entries as two."""
    return (torch.view_as_real(x) if x.is_complex() else x).flatten(2)
