"""Held-out test of a discovery of any method: its generators and its law of coefficients move events that it did not see."""

import numpy as np
import torch
from jaxtyping import Float, Inexact, Num
from numpy import ndarray
from torch import Tensor

from symscope.config.actions import ActionName
from symscope.config.density import TwoSample
from symscope.discovery.actions import act
from symscope.discovery.nullspace.coordinates import as_real
from symscope.errors import DataError
from symscope.evaluation.certainty.two_sample import SeparationTest, two_sample_test


def discovery_test(
    x: Num[ndarray, "n ..."],
    y: Num[ndarray, "k ..."] | None,
    *,
    x_action: ActionName,
    y_action: ActionName,
    generators: Inexact[ndarray, "channel d d"],
    weights: Float[ndarray, "w channel"],
    settings: TwoSample,
    seed: int,
) -> SeparationTest:
    """Tell held-out events from other held-out events moved by a discovered symmetry.

    Parameters
    ----------
    x, y
        Events that the discovery did not see; y may be missing, where a density of x alone is in question.
    x_action, y_action
        How group elements act on them.
    generators
        Generators of one seed.
    weights
        Coefficients w of the group elements exp(sum_i w_i L_i), at least one row for each event that is moved, which are half of them.
    settings
        Classifier.
    seed
        Of the choice of the moved half and of the classifier.

    Raises
    ------
    DataError
        For too few coefficients, or x and y of different number.
    """
    half = len(x) // 2
    if y is not None and len(y) != len(x):
        raise DataError(f"x has {len(x)} events and y has {len(y)}; give one y for each x")
    if len(weights) < half:
        raise DataError(f"{len(weights)} rows of coefficients for {half} events that are moved; draw one for each")
    order = np.random.default_rng(seed).permutation(len(x))
    kept, moved = order[:half], order[half : 2 * half]
    elements = torch.linalg.matrix_exp(torch.as_tensor(np.einsum("wc,cij->wij", weights[:half], generators)))[None]
    samples: list[list[ndarray]] = [[], []]
    for values, action in ((x, x_action), (y, y_action)):
        if values is not None:
            samples[0].append(as_real(values[kept]))
            samples[1].append(as_real(_act(action, elements, values[moved])))
    first, second = (np.concatenate(sample, axis=1) for sample in samples)
    return two_sample_test(first, second, settings=settings, seed=seed)


def _act(action: ActionName, elements: Tensor, values: ndarray) -> ndarray:
    if action == "trivial":
        return values
    tensor = torch.as_tensor(values)
    tensor = tensor.to(torch.complex128 if tensor.is_complex() or elements.is_complex() else torch.float64)
    return np.asarray(act(action, elements.to(tensor.dtype), tensor[None])[0].numpy())
