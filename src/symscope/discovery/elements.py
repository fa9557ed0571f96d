"""Group elements of a finished discovery, to transform data with what was learned."""

import numpy as np
from jaxtyping import Float, Inexact
from numpy import ndarray
from pydantic import TypeAdapter
from scipy.linalg import expm

from symscope.config.discovery import CoefficientLaw
from symscope.discovery.coefficients import draw_coefficients
from symscope.discovery.result import Discovery
from symscope.errors import DataError

_LAWS: TypeAdapter[CoefficientLaw] = TypeAdapter(CoefficientLaw)


def draw_group_elements(discovery: Discovery, index: int, n: int, *, seed: int) -> Inexact[ndarray, "n d d"]:
    """Draw exp(sum_i w_i L_i) with coefficients of the law that one member of the ensemble was trained with.

    Of a method that learns group elements, these are drawn instead, each equally likely.

    Parameters
    ----------
    discovery
        An ensemble.
    index
        Which of its members, counted along the leading axis.
    n
        Number of group elements.
    seed
        Seed of the coefficients.

    Raises
    ------
    IndexError
        Where the ensemble has no member `index`.
    DataError
        Where that member diverged, so that its generators are not finite.
    """
    generators = discovery.generators[index]
    if not np.isfinite(generators).all():
        raise DataError(
            f"seed {discovery.seeds[index]} of the discovery diverged: its generators are not finite; choose another seed"
        )
    if discovery.elements is not None:
        learned_elements = discovery.elements[index]
        chosen = np.random.default_rng(seed).integers(len(learned_elements), size=n)
        return np.asarray(learned_elements[chosen])
    weights = coefficients_of(discovery, index, n, seed=seed)
    return np.asarray(expm(np.einsum("nc,cij->nij", weights, generators)))


def coefficients_of(discovery: Discovery, index: int, n: int, *, seed: int) -> Float[ndarray, "n channel"]:
    """Draw coefficients w of the law, fixed or learned, of one member of an ensemble that learns generators."""
    law: CoefficientLaw = _LAWS.validate_python(discovery.settings["method"]["coefficients"])
    parameters = {name: values[index] for name, values in discovery.coefficient_parameters.items()}
    return draw_coefficients(law, count=n, channels=discovery.generators.shape[1], parameters=parameters, seed=seed)
