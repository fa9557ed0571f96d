"""The fast way of SymmetryLens for images: two commuting translations, in seconds.

1. Independent components of the whitened data see one pixel each, in no order
   (:mod:`~symscope.discovery.symmetrylens.locality`).
2. Their correlations tell which of them are neighbours, and so their places on the grid
   (:mod:`~symscope.discovery.symmetrylens.placement`).
3. All d (d - 1) / 2 angles of the representation descend on the stationarity of pairs along both axes at once
   (:mod:`~symscope.discovery.symmetrylens.grid`), with exchanges of pixels in between.

The two generators are shifts of one representation along its two axes. So they commute by construction; what the data
decide is whether they are symmetries. Not identified are the order of the axes, their directions and the sign.

How far it goes, measured on 7 x 7 pixels with noise 0.05: the worse of the two |cosine| is above 0.99 for blobs whose
standard deviations lie between 0.4 and 1.4 pixels (50,000 images, 20,000 of them for the descents, 5 fresh seeds each).
Between 1 and 1.5 or 1 and 2 pixels it is 0.80 to 0.90, also with 200,000 images, though the recovered images still have a
correlation above 0.996 with the hidden ones: the noise covers most of the standing waves, and what turns these among
themselves hardly changes an image. Most of these runs carry a warning.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float
from numpy import ndarray
from torch import Tensor

from symscope.config.symmetrylens_images import SymmetryLensImages
from symscope.discovery.symmetrylens.checks import check_samples
from symscope.discovery.symmetrylens.descent import descend
from symscope.discovery.symmetrylens.grid import GridStationarity
from symscope.discovery.symmetrylens.locality import Negentropy, find_places, whiten
from symscope.discovery.symmetrylens.placement import common_signs, exchange_on_grid, place_on_grid
from symscope.discovery.symmetrylens.result import LensResult
from symscope.discovery.symmetrylens.tracks import Track, covariance_of, lens_result
from symscope.errors import DataError


def discover_images(x: ndarray, *, settings: SymmetryLensImages, seeds: Sequence[int]) -> LensResult:
    """Find the generators of both translations of images that an orthogonal matrix hides.

    Parameters
    ----------
    x
        One flattened image a row. The hidden image is a window of a stationary, non-Gaussian process on a grid.
    settings
        Settings of the method.
    seeds
        Each seed has its own random starts, and its own samples for the searches and descents. Seeds follow one another,
        because the work of one already fills the processor with products of large matrices.

    Raises
    ------
    DataError
        Where the samples cannot carry a result, or are no images of the sides that the settings give.
    """
    begin = time.perf_counter()
    data = torch.from_numpy(check_samples(x, least=settings.least_samples))
    sides = settings.sides(data.shape[1])
    if sides is None:
        raise DataError(f"method.{settings.size_misfit(data.shape[1])}")
    data = data / float(data.std())
    problem = _Problem(covariance_of(data), sides, settings)
    tracks = [_discover_one(data, problem, seed) for seed in seeds]
    about = {"samples_given": len(x), "dimension": x.shape[1], "sides": list(sides)}
    return lens_result(
        tracks,
        sides=sides,
        seeds=seeds,
        seconds=time.perf_counter() - begin,
        steps=len(settings.final_floors) * settings.iterations,
        settings=settings.model_dump(mode="json") | about,
    )


@dataclass(frozen=True)
class _Problem:
    """What all stages of a search share."""

    covariance: Float[Tensor, "d d"]
    sides: tuple[int, int]
    settings: SymmetryLensImages

    def loss(self, x: Float[Tensor, "sample d"], q: Float[Tensor, "d d"], floor: float) -> GridStationarity:
        """Give the loss of representations near `q`."""
        found = GridStationarity(x, self.covariance, sides=self.sides, whitening=self.settings.whitening, floor=floor)
        found.adapt(q)
        return found

    def arrange(self, places: Float[Tensor, "d d"]) -> Float[Tensor, "d d"]:
        """Bring components that see one pixel each into the order of the pixels, with one sign for all."""
        places = torch.from_numpy(common_signs(self._hidden(places).numpy()))[:, None] * places
        return self._exchanged(places[torch.from_numpy(place_on_grid(self._hidden(places).numpy(), self.sides))])

    def settle(
        self, x: Float[Tensor, "sample d"], q: Float[Tensor, "d d"], floor: float, *, iterations: int
    ) -> tuple[Float[Tensor, "d d"], float]:
        """Descend, exchange pixels where that still helps, and give the loss per condition."""
        q = self._exchanged(descend(self.loss(x, q, floor), q, iterations=iterations))
        return q, self.loss(x, q, floor).per_condition(q)

    def _exchanged(self, q: Float[Tensor, "d d"]) -> Float[Tensor, "d d"]:
        return q[exchange_on_grid(self._hidden(q), self.sides)]

    def _hidden(self, q: Float[Tensor, "d d"]) -> Float[Tensor, "d d"]:
        return q @ self.covariance @ q.T


def _discover_one(x: Float[Tensor, "sample d"], problem: _Problem, seed: int) -> Track:
    settings = problem.settings
    generator = torch.Generator().manual_seed(seed)
    x = x[torch.randperm(len(x), generator=generator)[: settings.samples]]
    few = x[: settings.draft_samples]
    values, vectors = torch.linalg.eigh(problem.covariance)
    track = Track()
    best, q = np.inf, vectors.T
    for start in range(settings.starts):
        places = find_places(
            x,
            values,
            vectors,
            floors=settings.floors,
            search_samples=settings.search_samples,
            fixed_point_iterations=settings.fixed_point_iterations,
            iterations=settings.search_iterations,
            generator=generator,
        )
        trial = problem.arrange(places)
        if start == 0:
            track.add("places", trial, problem.loss(few, trial, settings.draft_floor).per_condition(trial))
        trial, value = problem.settle(few, trial, settings.draft_floor, iterations=settings.draft_iterations)
        if value < best:
            best, q = value, trial
            track.add(f"start {start + 1}", q, value)
        if best < settings.stationary:
            break
    else:
        track.notes.append(
            f"no start came below {settings.stationary:g} times the loss of an exact symmetry (best: {best:.1f}); the data "
            "are not stationary on a grid of these sides, or the search failed"
        )
    for number, floor in enumerate(settings.final_floors):
        q, value = problem.settle(x, q, floor, iterations=settings.iterations)
        track.add(f"descent {number + 1}", q, value)
    found = Negentropy(whiten(x, values, vectors, floor=settings.floors[-1]))(q)[0]
    if (mean := -found["negentropy"] / len(q)) < settings.least_negentropy:
        track.notes.append(
            f"the pixels have a negentropy of {mean:.3f} nats on average, less than {settings.least_negentropy:g}; they may be "
            "Gaussian, and then their places are not in the data"
        )
    # The sign is not identified; a positive skewness makes it the same for every seed.
    if float((x @ q.T.float()).pow(3).mean()) < 0:
        track.representations = [-representation for representation in track.representations]
    return track
