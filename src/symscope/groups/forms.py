"""The bilinear form that a set of generators leaves invariant.

A form J is invariant under exp(L_i) for all i where L_i^T J + J L_i = 0 (Yang et al. 2023, LieGAN, eq. 13). A dilatation
in the span scales every form: L^T J + J L = c J. Without its trace, L - tr(L)/d, such a generator leaves J invariant
again, because tr(J^-1 L^T J + L) = 2 tr L fixes c = 2 tr(L) / d for every J that can be inverted; so the default takes
the traces out, and the published way, which does not, is a switch.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from symscope.config.discovery import MetricFit
from symscope.errors import DataError
from symscope.groups.ensemble_metric import EnsembleMetric
from symscope.groups.spans import orthonormal_rows


class MetricFitResult(NamedTuple):
    """An invariant form of one set of generators."""

    metric: Float[ndarray, "d d"]
    """Symmetric, of Frobenius norm sqrt(d), with the sign that makes the first diagonal entry positive."""
    singular_values: Float[ndarray, "m"]
    """Of the map J -> (L_i^T J + J L_i)_i on symmetric J, rising; the first is the residual of the best form."""
    gap: float
    """Reliability 1 - s_1 / s_2 of the two smallest singular values: 1 where one form fits exactly and no other does,
    0 where two fit equally well."""
    method: str
    """`svd` or `gradient`."""


def symmetric_basis(dim: int) -> Float[ndarray, "m {dim} {dim}"]:
    """Orthonormal basis of the symmetric matrices, m = dim (dim + 1) / 2."""
    basis = []
    for i in range(dim):
        for j in range(i, dim):
            matrix = np.zeros((dim, dim))
            matrix[i, j] = matrix[j, i] = 1.0 if i == j else np.sqrt(0.5)
            basis.append(matrix)
    return np.array(basis)


def invariance_map(generators: Float[ndarray, "c d d"]) -> Float[ndarray, "k m"]:
    """Write the linear map J -> (L_i^T J + J L_i)_i on symmetric J, as a matrix; k = c d d, m = d (d + 1) / 2."""
    basis = symmetric_basis(generators.shape[-1])
    image = generators.swapaxes(-1, -2)[None] @ basis[:, None] + basis[:, None] @ generators[None]
    return np.asarray(image.reshape(len(basis), -1).T)


def invariant_forms(generators: Float[ndarray, "c d d"], *, tolerance: float = 1e-8) -> Float[ndarray, "r d d"]:
    """Orthonormal basis of the symmetric forms that all generators leave invariant.

    Parameters
    ----------
    tolerance
        Singular values below this share of the largest count as zero.
    """
    _, singular, directions = np.linalg.svd(invariance_map(generators), full_matrices=True)
    values = np.zeros(len(directions))
    values[: len(singular)] = singular
    null = directions[values <= tolerance * max(float(values.max()), np.finfo(np.float64).tiny)]
    return np.asarray(np.einsum("rm,mij->rij", null, symmetric_basis(generators.shape[-1])))


def prepare_generators(generators: Float[ndarray, "c d d"], settings: MetricFit) -> Float[ndarray, "c2 d d"]:
    """Orthonormal basis of the span, then traces taken out, each as the settings say."""
    dim = generators.shape[-1]
    prepared = np.asarray(generators, dtype=np.float64)
    if settings.orthonormalize:
        prepared = orthonormal_rows(prepared).reshape(-1, dim, dim)
    if settings.remove_trace:
        traces = np.trace(prepared, axis1=-2, axis2=-1) / dim
        prepared = prepared - traces[:, None, None] * np.eye(dim)
    return prepared


def fit_metric(generators: Float[ndarray, "c d d"], *, settings: MetricFit) -> MetricFitResult:
    """Fit the invariant form of generators.

    Parameters
    ----------
    generators
        Learned algebra elements (not exponentiated).
    settings
        `method: svd` takes the right-singular vector of the smallest singular value of :func:`invariance_map`;
        `method: gradient` minimises sum_i |L_i^T J + J L_i|^2 - a max|J| as the paper does (eq. 14).

    Raises
    ------
    DataError
        For generators that are not finite, or all zero.
    """
    if not np.isfinite(generators).all() or not np.any(generators):
        raise DataError(
            "the metric cannot be fitted: the generators are all zero or not finite, which means that the discovery "
            "diverged or collapsed; look at its history, and lower its learning rates"
        )
    matrix = invariance_map(prepare_generators(generators, settings))
    _, singular, directions = np.linalg.svd(matrix, full_matrices=True)
    spectrum = np.zeros(len(directions))
    spectrum[: len(singular)] = singular
    spectrum = spectrum[::-1]
    vector = directions[-1] if settings.method == "svd" else _descend(matrix, settings)
    dim = generators.shape[-1]
    metric = np.einsum("m,mij->ij", vector, symmetric_basis(dim))
    metric *= np.sqrt(dim) / np.linalg.norm(metric)
    metric = metric if metric[0, 0] >= 0 else -metric
    gap = 1.0 - spectrum[0] / spectrum[1] if len(spectrum) > 1 and spectrum[1] > 0 else 0.0
    return MetricFitResult(metric=metric, singular_values=spectrum, gap=float(gap), method=settings.method)


def fit_ensemble_metric(generators: Float[ndarray, "seed c d d"], *, settings: MetricFit) -> EnsembleMetric:
    """Fit the invariant form of each seed, and one form of all seeds together.

    Seeds that diverged get a metric of NaN and the reliability 0, and do not enter the joint form.

    Raises
    ------
    DataError
        Where no seed has generators that can be used.
    """
    usable = [bool(np.isfinite(stack).all() and np.any(stack)) for stack in generators]
    fits = [fit_metric(stack, settings=settings) for stack, good in zip(generators, usable, strict=True) if good]
    # Each seed is prepared on its own, so that its span counts once; an empty ensemble fails in the fit with a message.
    prepared = [prepare_generators(stack, settings) for stack, good in zip(generators, usable, strict=True) if good]
    together = np.concatenate(prepared) if prepared else np.zeros_like(generators[0])
    joint = fit_metric(together, settings=settings.model_copy(update={"orthonormalize": False}))
    count, dim = len(generators), generators.shape[-1]
    metric = np.full((count, dim, dim), np.nan)
    gap = np.zeros(count)
    singular_values = np.full((count, dim * (dim + 1) // 2), np.nan)
    for seed, fit in zip(np.flatnonzero(usable), fits, strict=True):
        metric[seed], gap[seed], singular_values[seed] = fit.metric, fit.gap, fit.singular_values
    return EnsembleMetric(
        metric=metric,
        gap=gap,
        singular_values=singular_values,
        joint=joint.metric,
        joint_gap=joint.gap,
        method=settings.method,
    )


def metric_cosine(a: Float[ndarray, "d d"], b: Float[ndarray, "d d"]) -> float:
    """Compute |<a, b>_F| / (|a| |b|): 1 where two forms agree up to sign and scale."""
    return float(abs(np.sum(a * b)) / (np.linalg.norm(a) * np.linalg.norm(b)))


def _descend(matrix: Float[ndarray, "k m"], settings: MetricFit) -> Float[ndarray, "m"]:
    dim = round((np.sqrt(8 * matrix.shape[1] + 1) - 1) / 2)
    basis = symmetric_basis(dim)
    curvature = 2.0 * matrix.T @ matrix
    stable = settings.step_size / max(float(np.linalg.norm(curvature, 2)), np.finfo(np.float64).tiny)
    vector = 0.01 * np.random.default_rng(settings.seed).standard_normal(len(basis))
    for _ in range(settings.steps):
        form = np.einsum("m,mij->ij", vector, basis)
        row, column = np.unravel_index(np.argmax(np.abs(form)), form.shape)
        push = settings.max_norm_weight * np.sign(form[row, column]) * basis[:, row, column]
        vector = vector - stable * (curvature @ vector - push)
    return np.asarray(vector)
