"""Known algebras, brackets, exponentials, spans of generators and invariant forms."""

from symscope.groups.algebras import (
    LORENTZ_NAMES,
    MINKOWSKI,
    affine_rotation_algebra,
    dilatation,
    general_linear_algebra,
    known_algebra,
    lorentz_algebra,
    pseudo_orthogonal_algebra,
    rotation_algebra,
    special_linear_algebra,
    special_unitary_algebra,
    translation_algebra,
)
from symscope.groups.brackets import all_brackets, closure_error, commutator, killing_form, structure_constants
from symscope.groups.ensemble_metric import EnsembleMetric
from symscope.groups.exponentials import expm
from symscope.groups.forms import (
    MetricFitResult,
    fit_ensemble_metric,
    fit_metric,
    invariance_map,
    invariant_forms,
    metric_cosine,
    symmetric_basis,
)
from symscope.groups.spans import (
    orthonormal_rows,
    principal_cosines,
    project_on_data,
    readable_basis,
    span_cosine,
    sparse_basis,
)

__all__ = [
    "LORENTZ_NAMES",
    "MINKOWSKI",
    "EnsembleMetric",
    "MetricFitResult",
    "affine_rotation_algebra",
    "all_brackets",
    "closure_error",
    "commutator",
    "dilatation",
    "expm",
    "fit_ensemble_metric",
    "fit_metric",
    "general_linear_algebra",
    "invariance_map",
    "invariant_forms",
    "killing_form",
    "known_algebra",
    "lorentz_algebra",
    "metric_cosine",
    "orthonormal_rows",
    "principal_cosines",
    "project_on_data",
    "pseudo_orthogonal_algebra",
    "readable_basis",
    "rotation_algebra",
    "span_cosine",
    "sparse_basis",
    "special_linear_algebra",
    "special_unitary_algebra",
    "structure_constants",
    "symmetric_basis",
    "translation_algebra",
]
