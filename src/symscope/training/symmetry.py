"""Which symmetry each seed of a predictor gets: the truth, or one discovery of an ensemble."""

import logging
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from symscope.config.discovery import TruthSettings
from symscope.config.prediction import NO_SYMMETRY, TRUTH, PredictorModel
from symscope.config.properties import PropertyModel
from symscope.discovery.result import Discovery
from symscope.errors import ConfigError
from symscope.groups.algebras import known_algebra

logger = logging.getLogger(__name__)


class SeedSymmetries(NamedTuple):
    """Symmetries of the seeds of a predictor, acting on a state."""

    generators: Float[ndarray, "seed c d d"] | None
    """None where the model uses no symmetry."""
    elements: Float[ndarray, "seed m d d"] | None
    """Single group elements, from methods that learn them; None for others."""


def truth_generators(truth: TruthSettings) -> Float[ndarray, "c d d"]:
    """Give the generators of the known algebra, acting on a state."""
    algebra = known_algebra(truth.algebra, copies=truth.copies)
    if np.iscomplexobj(algebra):
        raise ConfigError(f"truth.algebra is '{truth.algebra}', which acts on complex vectors; states are real")
    return np.asarray(algebra, dtype=np.float64)


def seed_symmetries(
    model: PredictorModel | PropertyModel,
    *,
    truth: TruthSettings | None,
    discovery: Discovery | None,
    seeds: Sequence[int],
) -> SeedSymmetries:
    """Give each seed of a predictor its symmetry.

    Parameters
    ----------
    model
        Says which symmetry it uses.
    truth
        The known symmetry, for `symmetry: truth`.
    discovery
        The ensemble of the experiment that the model names. The first seed of the predictor gets the first discovery
        that did not diverge, and so on; where there are fewer discoveries than seeds they are used again in turn.
    seeds
        Seeds of the predictor.

    Raises
    ------
    ConfigError
        Where the symmetry that the model names is not given, or every discovery diverged.
    """
    if model.symmetry == NO_SYMMETRY:
        return SeedSymmetries(None, None)
    if model.symmetry == TRUTH:
        if truth is None:
            raise ConfigError("the model uses the symmetry 'truth', and 'truth' of the study is null; give the algebra")
        return SeedSymmetries(np.stack([truth_generators(truth)] * len(seeds)), None)
    if discovery is None:
        raise ConfigError(f"the model uses the symmetry of experiment '{model.symmetry}', and no discovery is given")
    finite = np.flatnonzero(discovery.finite)
    if not len(finite):
        raise ConfigError(f"every seed of the experiment '{model.symmetry}' diverged; change its method or seeds")
    if len(finite) < len(seeds):
        logger.warning("%d discoveries for %d seeds of the predictor: used in turn", len(finite), len(seeds))
    chosen = finite[np.arange(len(seeds)) % len(finite)]
    elements = discovery.elements
    return SeedSymmetries(
        np.asarray(discovery.generators[chosen], dtype=np.float64),
        None if elements is None else np.asarray(elements[chosen], dtype=np.float64),
    )
