"""What figures of bodies in the plane share: names of components, symmetries ready to be drawn."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float
from numpy import ndarray

from symscope.config.discovery import TruthSettings
from symscope.discovery.result import Discovery
from symscope.errors import DataError
from symscope.evaluation.discovery import score_discovery
from symscope.evaluation.rotations import in_span_coordinates, scaled_like, true_generator, visited_span

COORDINATES = ("x", "y", "p_x", "p_y")


def body_components(dimension: int) -> list[str]:
    """Name the components of bodies in the plane, body by body: x1, y1, px1, py1, x2, ..., set as mathematics.

    Dimensions that are no multiple of four are numbered only.
    """
    if dimension % 4:
        return [f"$u_{{{index + 1}}}$" for index in range(dimension)]
    names = []
    for index in range(dimension):
        letter, _, below = COORDINATES[index % 4].partition("_")
        names.append(f"${letter}_{{{below}{index // 4 + 1}}}$")
    return names


class FoundSymmetry(NamedTuple):
    """One method's ensemble, ready to be drawn."""

    label: str
    """Name of the method."""
    matrices: Float[ndarray, "seed d d"]
    """Generators in the scale of the truth, or the group elements where the method learns an element."""
    on_data: Float[ndarray, "seed r r"]
    """What they do to the data, in r components that say where in the data's span a point lies."""
    cosines: Float[ndarray, " seed"]
    """|cosine| of each seed's generator with the truth."""
    success_cosine: float
    """From where a seed counts as a success."""
    shown: int
    """Index of the seed that is drawn."""
    seeds: tuple[int, ...]
    """Numbers of the seeds."""
    published: float | None = None
    """Published |cosine|; None where there is none."""
    is_element: bool = False
    """Whether a group element is drawn and not a generator."""
    drawn: bool = True
    """Whether the matrix is drawn, or only the cosines."""

    @property
    def free(self) -> Bool[ndarray, "d d"]:
        """Entries that differ from zero in some seed: the others are outside of the search space."""
        diagonal = np.eye(self.matrices.shape[-1], dtype=bool) if self.is_element else False
        finite = np.isfinite(self.matrices).all(axis=(1, 2))
        return np.asarray((self.matrices[finite] != 0).any(axis=0) | diagonal)


def found_symmetry(
    discovery: Discovery,
    truth: TruthSettings,
    *,
    label: str,
    published: float | None = None,
    drawn: bool = True,
) -> FoundSymmetry:
    """Make an ensemble ready to be drawn: scores, matrices in the scale of the truth, what they do to the data.

    Parameters
    ----------
    discovery
        An ensemble with one generator each.
    truth
        The known generator, and whether the comparison is on the data's span.
    label, published, drawn
        As in :class:`FoundSymmetry`.

    Raises
    ------
    DataError
        Where the ensemble has several generators, or none that is finite.
    """
    if discovery.generators.shape[1] != 1:
        raise DataError(
            f"{label} learned {discovery.generators.shape[1]} generators, and this figure shows one; set channels: 1"
        )
    if not discovery.finite.any():
        raise DataError(f"all {len(discovery.seeds)} seeds of {label} diverged; look at the history of its losses")
    score = score_discovery(discovery, truth)
    span = visited_span(discovery, truth)
    learned = scaled_like(discovery.generators[:, 0], true_generator(truth), span)
    matrices = learned if discovery.elements is None else discovery.elements[:, 0]
    return FoundSymmetry(
        label=label,
        matrices=matrices,
        on_data=in_span_coordinates(matrices, span),
        cosines=score.span_cosine,
        success_cosine=score.success_cosine,
        shown=score.best,
        seeds=discovery.seeds,
        published=published,
        is_element=discovery.elements is not None,
        drawn=drawn,
    )
