"""The hidden axis of data made here: the disguise that hides it, and the step along it.

Convention: hidden sample ``s`` (column), data ``x = U^T s`` with the representation ``U`` of
:func:`hidden_representation`; the step of one pixel ``s -> S s`` acts on data as ``G = U^T S U``.
"""

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from symscope.config.disguise import Disguised
from symscope.config.signals import DispersedPulses, SignalsDataset


def hidden_representation(settings: Disguised) -> Float[ndarray, "n n"]:
    """Orthogonal matrix U with ``s = U x``: from the data to what is hidden in them."""
    n = settings.dimension
    if settings.representation == "permuted":
        return np.eye(n)[np.random.default_rng(settings.permutation_seed).permutation(n)]
    if settings.representation == "dst":
        index = np.arange(1, n + 1)
        return np.asarray(np.sin(np.outer(index, index) * np.pi / (n + 1)) * np.sqrt(2 / (n + 1)))
    return np.eye(n)


def disguise(hidden: Float[ndarray, "sample n"], settings: Disguised) -> Float[ndarray, "sample n"]:
    """Hide samples, one a row: ``x = U^T s``."""
    if settings.representation == "identity":
        return hidden
    if settings.representation == "permuted":
        return np.ascontiguousarray(hidden[:, np.argmax(hidden_representation(settings), axis=0)])
    return hidden @ hidden_representation(settings).astype(np.float32)


def true_generator(settings: SignalsDataset) -> Float[ndarray, "n n"]:
    """Step of one pixel in the disguise, ``U^T S U``, acting on a column of data.

    On a line, ``S`` is the n x n crop of the shift of a longer line: ones above the diagonal and no corner, so one
    component is lost at one end and a zero enters at the other, and its Frobenius norm is sqrt(n - 1). On a circle it
    is the cyclic shift. For dispersed waves it is the crop of the propagation by one step of distance.

    Raises
    ------
    ConfigError
        For slices of digits only their translation along the line is meant, which is that of a line.
    """
    n = settings.length
    if settings.boundary == "circle":
        step = np.roll(np.eye(n), 1, axis=1)
    elif isinstance(settings.basis, DispersedPulses):
        frequency, delay = propagation(settings.basis)
        lag = np.arange(-(n - 1), n)
        # One more step of distance delays each frequency; the inverse of that is a step forward, as above the diagonal.
        kernel = np.cos(2 * np.pi * frequency * (lag[:, None] + delay)).mean(axis=1)
        step = kernel[(np.arange(n)[:, None] - np.arange(n)) + n - 1]
    else:
        step = np.eye(n, k=1)
    representation = hidden_representation(settings)
    return np.asarray(representation.T @ step @ representation)


def propagation(basis: DispersedPulses) -> tuple[Float[ndarray, " frequency"], Float[ndarray, " frequency"]]:
    """Frequencies (midpoints, cycles per step) and the delay of each over one step of distance [steps]."""
    share = (np.arange(basis.frequencies) + 0.5) / basis.frequencies
    c0, c1, c2 = basis.velocity
    return share / 2, 1 / (c0 + c1 * share + c2 * share**2)
