"""The one way in to all ways of SymmetryLens."""

import os
from collections.abc import Sequence

from jaxtyping import Float
from numpy import ndarray

from symscope.config.methods import LensMethod
from symscope.config.symmetrylens_fast import SymmetryLensFast
from symscope.config.symmetrylens_images import SymmetryLensImages
from symscope.discovery.symmetrylens.fast import discover_fast
from symscope.discovery.symmetrylens.images import discover_images
from symscope.discovery.symmetrylens.published import discover_published
from symscope.discovery.symmetrylens.result import LensResult
from symscope.errors import ConfigError


def discover_lens(
    x: Float[ndarray, "sample d"],
    *,
    method: LensMethod,
    seeds: Sequence[int],
    device: str = "auto",
    checkpoint: str | os.PathLike[str] | None = None,
    source: str = "",
) -> LensResult:
    """Find one step of a hidden translation, or of the two of images, and the filter that resolves it.

    Parameters
    ----------
    x
        One signal or flattened image a row, in any unit.
    method
        The way and its settings: `symmetrylens_fast` or `symmetrylens_published` for signals, `symmetrylens_images` for
        images.
    seeds
        One independent run for each.
    device
        `auto`, `cpu`, `cuda` or a name that torch knows; the fast ways run on the CPU.
    checkpoint
        File for the state of a published run, which takes long; see
        :func:`symscope.discovery.discover.discover_symmetry`.
    source
        Digest of the code, so that a checkpoint of other code is not continued.

    Raises
    ------
    DataError
        For samples that cannot carry a result: not finite, constant, duplicated, too few, or no images of the
        sides that the settings give.
    ConfigError
        Where no seed is given.
    """
    if not seeds:
        raise ConfigError("seeds is empty; give at least one integer")
    if isinstance(method, SymmetryLensFast):
        return discover_fast(x, settings=method, seeds=seeds)
    if isinstance(method, SymmetryLensImages):
        return discover_images(x, settings=method, seeds=seeds)
    return discover_published(x, settings=method, seeds=seeds, device=device, checkpoint=checkpoint, source=source)
