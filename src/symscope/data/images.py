"""Small images whose law does not change under translations along either axis, behind an orthogonal disguise.

A random number of blobs with random centres, widths and amplitudes, cut to a window, plus white noise; the image is
flattened row by row to a vector and turned by a fixed orthogonal matrix.

Convention: hidden image ``s`` (column, the pixel in row r and column c has place ``r * width + c``), data ``x = U^T s``
with the representation ``U`` of :func:`~symscope.data.signals.hidden_representation`. A step along one axis acts on the
hidden image as a Kronecker product with the identity, and on data as ``G = U^T S U``.
"""

import numpy as np
import torch
from jaxtyping import Float
from numpy import ndarray

from symscope.config.images import ImagesDataset
from symscope.data.hidden_axis import disguise, hidden_representation
from symscope.data.signals import scaled_with_noise
from symscope.errors import ConfigError
from symscope.groups.shifts import shifts_of_grid

_CHUNK = 1 << 16
"""Blobs worked on at a time, to bound the memory."""


def make_images(settings: ImagesDataset, n_samples: int, *, rng: np.random.Generator) -> Float[ndarray, "sample d"]:
    """Draw images, flattened and in their disguise.

    Parameters
    ----------
    settings
        The law of the images.
    n_samples
        How many.
    rng
        Source of randomness.

    Returns
    -------
    ndarray
        One image a row, float32, in units of the standard deviation of the noiseless image (all pixels together), not
        centred.
    """
    return disguise(hidden_images(settings, n_samples, rng=rng), settings)


def hidden_images(settings: ImagesDataset, n_samples: int, *, rng: np.random.Generator) -> Float[ndarray, "sample d"]:
    """Draw images before the disguise: what a discovery should recover, with the noise. See :func:`make_images`."""
    if n_samples < 1:
        raise ConfigError(f"{n_samples} images are asked for; at least 1 is needed")
    return scaled_with_noise(
        lambda count, stream: _noiseless(settings, count, stream), n_samples, noise=settings.noise, rng=rng
    )


def true_generators(settings: ImagesDataset) -> Float[ndarray, "2 d d"]:
    """Give the steps of one pixel in the disguise, ``U^T S U``, acting on a column of data.

    The first moves an image along its columns, from row to row; the second along its rows. Each is a crop; see
    :func:`~symscope.groups.shifts.shifts_of_grid`.
    """
    u = hidden_representation(settings)
    return np.asarray(u.T @ shifts_of_grid(settings.height, settings.width) @ u)


def _noiseless(settings: ImagesDataset, n_samples: int, rng: np.random.Generator) -> Float[ndarray, "sample d"]:
    basis, sides = settings.basis, (settings.height, settings.width)
    owner = np.repeat(np.arange(n_samples), rng.binomial(basis.blobs, basis.probability, n_samples))
    centres = [rng.uniform(-half, half, len(owner)) for half in (side / 2 + basis.reach for side in sides)]
    width = rng.uniform(*basis.width, len(owner))
    amplitude = rng.uniform(*basis.amplitude, len(owner))
    # Only blobs that can be seen are computed.
    seen = np.all([np.abs(c) < side / 2 + 8 * width for c, side in zip(centres, sides, strict=True)], axis=0)
    owner, width, amplitude = owner[seen], width[seen].astype(np.float32), amplitude[seen].astype(np.float32)
    centres = [centre[seen].astype(np.float32) for centre in centres]
    total = torch.zeros(n_samples, settings.dimension)
    for start in range(0, len(owner), _CHUNK):
        part = slice(start, start + _CHUNK)
        down, right = (
            _profile(side, centre[part, None], width[part, None]) for side, centre in zip(sides, centres, strict=True)
        )
        image = (amplitude[part, None] * down)[:, :, None] * right[:, None, :]
        total.index_add_(0, torch.from_numpy(owner[part]), torch.from_numpy(image.reshape(len(image), -1)))
    return np.asarray(total.numpy())


def _profile(
    side: int, centre: Float[ndarray, "blob 1"], width: Float[ndarray, "blob 1"]
) -> Float[ndarray, "blob side"]:
    """Gaussian of unit area along one axis, at the pixels of a window around zero."""
    position = np.arange(side, dtype=np.float32) - np.float32((side - 1) / 2)
    return np.asarray(np.exp(-0.5 * ((position - centre) / width) ** 2) / (np.float32(np.sqrt(2 * np.pi)) * width))
