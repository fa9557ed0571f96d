"""Results in images as a run would give them: both hidden shifts, turned a little."""

import numpy as np
from scipy.linalg import expm

from symscope.config.images import ImagesDataset
from symscope.data.hidden_axis import hidden_representation
from symscope.data.images import make_images
from symscope.discovery.symmetrylens.result import LensResult
from symscope.evaluation.images import ImageView, view_images
from symscope.groups.shifts import shifts_of_grid

REPRESENTATIONS = {"translation": "identity", "permuted": "permuted", "frequency": "dst"}


def images_settings(role: str, *, height: int = 5, width: int = 5) -> ImagesDataset:
    """The law of the images that a role stands for."""
    return ImagesDataset(height=height, width=width, representation=REPRESENTATIONS[role])


def result_of(representations: np.ndarray, sides: tuple[int, int]) -> LensResult:
    """The result that a method gives for these representations, one for each seed."""
    q = representations[:, None]
    return LensResult(
        generators=np.swapaxes(q, -1, -2) @ shifts_of_grid(*sides) @ q,
        filters=representations[:, q.shape[-1] // 2],
        convolutions=representations,
        seeds=tuple(range(len(representations))),
        seconds=7.0,
        steps=40,
        padding=0,
        settings={"name": "symmetrylens_images"},
    )


def image_view(
    rng: np.random.Generator, role: str, *, height: int = 5, width: int = 5, n_seeds: int = 3, noise: float = 0.01
) -> ImageView:
    """One ensemble beside its truth; seeds differ in the order and direction of the axes and in the sign."""
    settings = images_settings(role, height=height, width=width)
    dim, u = settings.dimension, hidden_representation(settings)
    grid = np.arange(dim).reshape(height, width)
    representations = []
    for seed in range(n_seeds):
        a = rng.normal(size=(dim, dim)) * noise
        turned = (grid, grid[::-1], grid.T[:, ::-1] if height == width else grid[:, ::-1])[seed % 3]
        representations.append((-1) ** seed * (expm(a - a.T) @ u)[turned.reshape(-1)])
    result = result_of(np.stack(representations), (height, width))
    return view_images(role, result, settings, make_images(settings, 400, rng=rng))
