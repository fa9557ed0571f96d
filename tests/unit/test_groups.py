"""Known algebras, brackets, exponentials and invariant forms against the literature and independent libraries."""

import numpy as np
import pytest
import scipy.linalg
import torch
import vector

from symscope.config.discovery import MetricFit
from symscope.errors import ConfigError, DataError
from symscope.groups import (
    MINKOWSKI,
    closure_error,
    commutator,
    expm,
    fit_ensemble_metric,
    fit_metric,
    general_linear_algebra,
    invariant_forms,
    killing_form,
    known_algebra,
    lorentz_algebra,
    metric_cosine,
    principal_cosines,
    project_on_data,
    pseudo_orthogonal_algebra,
    readable_basis,
    rotation_algebra,
    span_cosine,
    sparse_basis,
    special_linear_algebra,
    special_unitary_algebra,
    structure_constants,
    translation_algebra,
)

LEVI_CIVITA = np.zeros((3, 3, 3))
for i, j, k in ((0, 1, 2), (1, 2, 0), (2, 0, 1)):
    LEVI_CIVITA[i, j, k], LEVI_CIVITA[j, i, k] = 1.0, -1.0


def test_lorentz_brackets_are_those_of_the_textbooks():
    constants = structure_constants(lorentz_algebra())
    rotation, boost = slice(0, 3), slice(3, 6)
    np.testing.assert_allclose(constants[rotation, rotation, rotation], LEVI_CIVITA, atol=1e-12)
    np.testing.assert_allclose(constants[rotation, boost, boost], LEVI_CIVITA, atol=1e-12)
    np.testing.assert_allclose(constants[boost, boost, rotation], -LEVI_CIVITA, atol=1e-12)
    np.testing.assert_allclose(constants[boost, boost, boost], 0, atol=1e-12)


def test_su2_brackets_are_the_levi_civita_symbol():
    pauli = np.array([[[0, 1], [1, 0]], [[0, -1j], [1j, 0]], [[1, 0], [0, -1]]])
    constants = structure_constants(-0.5j * pauli)
    np.testing.assert_allclose(constants, LEVI_CIVITA, atol=1e-12)
    assert span_cosine(special_unitary_algebra(2), -0.5j * pauli) == pytest.approx(1)


@pytest.mark.parametrize("dim", [2, 3, 4, 5])
def test_dimensions_of_the_classical_algebras(dim):
    assert len(rotation_algebra(dim)) == dim * (dim - 1) // 2
    assert len(special_linear_algebra(dim)) == dim**2 - 1
    assert len(special_unitary_algebra(dim)) == dim**2 - 1
    assert len(general_linear_algebra(dim)) == dim**2
    for algebra in (rotation_algebra(dim), special_linear_algebra(dim), special_unitary_algebra(dim)):
        assert closure_error(algebra) < 1e-12


def test_unitary_generators_are_antihermitian_without_trace():
    for generator in special_unitary_algebra(3):
        np.testing.assert_allclose(generator, -generator.conj().T)
        assert abs(np.trace(generator)) < 1e-12


def test_jacobi_identity_of_structure_constants():
    for algebra in (lorentz_algebra(), rotation_algebra(5), special_unitary_algebra(3)):
        f = structure_constants(algebra)
        jacobi = np.einsum("ijm,mkl->ijkl", f, f)
        total = jacobi + jacobi.transpose(1, 2, 0, 3) + jacobi.transpose(2, 0, 1, 3)
        np.testing.assert_allclose(total, 0, atol=1e-12)


def test_killing_form_has_the_signature_of_the_lorentz_group():
    eigenvalues = np.linalg.eigvalsh(killing_form(lorentz_algebra()))
    np.testing.assert_allclose(eigenvalues, [-4, -4, -4, 4, 4, 4], atol=1e-10)


def test_closure_error_ignores_basis_and_scale_and_sees_a_missing_rotation(rng):
    mixed = np.einsum("ij,jab->iab", rng.standard_normal((6, 6)) * 10.0, lorentz_algebra())
    assert closure_error(mixed) < 1e-10
    assert closure_error(lorentz_algebra()[3:]) == pytest.approx(1)  # boosts alone close into rotations
    assert closure_error(translation_algebra(3)) == 0.0


@pytest.mark.parametrize("axis", ["x", "y", "z"])
def test_boosts_and_rotations_agree_with_the_vector_library(axis):
    number = "xyz".index(axis)
    momentum = np.array([50.0, 3.0, -7.0, 11.0])
    theirs = vector.obj(E=momentum[0], px=momentum[1], py=momentum[2], pz=momentum[3])
    boosted = scipy.linalg.expm(0.7 * lorentz_algebra()[3 + number]) @ momentum
    rotated = scipy.linalg.expm(0.4 * lorentz_algebra()[number]) @ momentum
    for mine, his in (
        (boosted, getattr(theirs, f"boost{axis.upper()}")(beta=np.tanh(0.7))),
        (rotated, getattr(theirs, f"rotate{axis.upper()}")(0.4)),
    ):
        np.testing.assert_allclose(mine, [his.E, his.px, his.py, his.pz], rtol=1e-12)


@pytest.mark.parametrize(
    ("dtype", "tolerance"), [(torch.float64, 1e-10), (torch.complex128, 1e-10), (torch.float32, 2e-5)]
)
@pytest.mark.parametrize("size", [1e-3, 1.0, 4.0])
def test_exponential_agrees_with_scipy(dtype, tolerance, size, torch_rng):
    matrices = torch.randn(50, 4, 4, generator=torch_rng, dtype=dtype)
    matrices = size * matrices / torch.linalg.matrix_norm(matrices)[:, None, None]
    expected = scipy.linalg.expm(matrices.numpy())
    error = np.abs(expm(matrices, squarings=4).numpy() - expected).max(axis=(1, 2)) / np.abs(expected).max(axis=(1, 2))
    assert error.max() < tolerance


def test_exponential_is_differentiated_exactly(torch_rng):
    matrices = torch.randn(2, 3, 3, generator=torch_rng, dtype=torch.float64, requires_grad=True)
    torch.autograd.gradcheck(lambda a: expm(a, squarings=5), matrices)
    mine = torch.autograd.grad(expm(matrices, squarings=5).square().sum(), matrices)[0]
    theirs = torch.autograd.grad(torch.linalg.matrix_exp(matrices).square().sum(), matrices)[0]
    torch.testing.assert_close(mine, theirs, rtol=1e-9, atol=1e-9)


def test_lorentz_transformations_preserve_the_metric(torch_rng):
    coefficients = torch.randn(64, 6, generator=torch_rng, dtype=torch.float64)
    elements = expm(torch.einsum("bk,kij->bij", coefficients, torch.from_numpy(lorentz_algebra())), squarings=8)
    eta = torch.from_numpy(MINKOWSKI)
    torch.testing.assert_close(elements.mT @ eta @ elements, eta.expand_as(elements), rtol=0, atol=1e-8)


@pytest.mark.parametrize(
    ("algebra", "count"),
    [
        ("so(1,3)", 1),
        ("so(3)", 1),
        ("so(2)", 1),
        ("so(5)", 1),
        ("so(2,2)", 1),
        ("so(1,3)+dilatation", 0),
        ("sl(3)", 0),
        ("gl(2)", 0),
        ("affine_rotation(3)", 2),
        ("sl(2)", 0),
    ],
)
def test_numbers_of_symmetric_invariant_forms(algebra, count):
    assert len(invariant_forms(known_algebra(algebra))) == count


@pytest.mark.parametrize("method", ["svd", "gradient"])
def test_metric_of_the_lorentz_algebra_with_dilatation_in_any_basis(method, rng):
    mixed = np.einsum("ij,jab->iab", rng.standard_normal((7, 7)), known_algebra("so(1,3)+dilatation"))
    fitted = fit_metric(mixed, settings=MetricFit(method=method))
    np.testing.assert_allclose(fitted.metric, MINKOWSKI, atol=1e-6 if method == "svd" else 1e-2)
    assert fitted.gap > 0.99
    assert fitted.method == method


def test_published_fit_keeps_the_dilatation_which_leaves_no_form_invariant(rng):
    generators = known_algebra("so(1,3)+dilatation")
    plain = fit_metric(generators, settings=MetricFit(remove_trace=False))
    right = fit_metric(generators, settings=MetricFit())
    assert plain.singular_values[0] > 0.5
    assert right.singular_values[0] < 1e-12
    noisy = generators + 0.1 * rng.standard_normal(generators.shape)
    assert fit_metric(noisy, settings=MetricFit()).gap < right.gap


def test_joint_metric_averages_the_noise_of_the_seeds(rng):
    stacks = known_algebra("so(1,3)+dilatation") + 0.1 * rng.standard_normal((32, 7, 4, 4))
    fitted = fit_ensemble_metric(stacks, settings=MetricFit())
    cosines = [metric_cosine(metric, MINKOWSKI) for metric in fitted.metric]
    assert fitted.metric.shape == (32, 4, 4)
    assert metric_cosine(fitted.joint, MINKOWSKI) > np.median(cosines)


def test_seeds_that_diverged_do_not_spoil_the_ensemble():
    stacks = np.stack([known_algebra("so(1,3)"), np.full((6, 4, 4), np.nan), np.zeros((6, 4, 4))])
    fitted = fit_ensemble_metric(stacks, settings=MetricFit())
    np.testing.assert_allclose(fitted.metric[0], MINKOWSKI, atol=1e-9)
    np.testing.assert_allclose(fitted.joint, MINKOWSKI, atol=1e-9)
    assert np.isnan(fitted.metric[1:]).all()
    assert fitted.gap[1:].tolist() == [0.0, 0.0]
    with pytest.raises(DataError, match="zero or not finite"):
        fit_ensemble_metric(stacks[1:], settings=MetricFit())


@pytest.mark.parametrize("broken", [np.zeros((2, 3, 3)), np.full((2, 3, 3), np.nan)])
def test_metric_of_a_failed_discovery_is_refused(broken):
    with pytest.raises(DataError, match="zero or not finite"):
        fit_metric(broken, settings=MetricFit())


def test_span_of_a_subspace_and_of_a_collapsed_set(rng):
    truth = known_algebra("so(1,3)+dilatation")
    assert span_cosine(truth[:3], truth) == pytest.approx(3 / 7)
    assert span_cosine(np.repeat(truth[:1], 7, axis=0), truth) == pytest.approx(1 / 7)
    orthogonal = np.eye(4)[None] * np.array([1.0, -1.0, 0.0, 0.0])
    np.testing.assert_allclose(principal_cosines(orthogonal, truth[:1]), [0.0], atol=1e-12)
    assert span_cosine(np.zeros((7, 4, 4)), truth) == 0.0


def test_readable_basis_recovers_the_canonical_generators_of_a_rotated_basis(rng):
    truth = known_algebra("so(1,3)+dilatation")
    mixed = np.einsum("ij,jab->iab", rng.standard_normal((7, 7)), truth)
    np.testing.assert_allclose(readable_basis(mixed, truth), truth, atol=1e-10)
    smaller = readable_basis(truth[:3], truth)
    np.testing.assert_allclose(smaller[3:], 0, atol=1e-12)
    np.testing.assert_allclose(readable_basis(special_unitary_algebra(2), special_unitary_algebra(2)[:1]),
                               special_unitary_algebra(2)[:1], atol=1e-12)  # fmt: skip


@pytest.mark.parametrize("noise", [0.0, 0.02])
def test_the_sparsest_basis_of_the_lorentz_span_is_made_of_rotations_and_boosts(noise, rng):
    truth = known_algebra("so(1,3)+dilatation")
    mixed = np.einsum("ij,jab->iab", rng.standard_normal((7, 7)), truth + noise * rng.standard_normal(truth.shape))
    found = sparse_basis(mixed)
    assert span_cosine(found, mixed) == pytest.approx(1, abs=1e-9)
    flat, known = found.reshape(7, -1), truth.reshape(7, -1)
    table = np.abs(flat @ known.T) / np.linalg.norm(known, axis=1)
    assert sorted(table.argmax(axis=1)) == list(range(7))
    assert table.max(axis=1).min() > (0.99 if noise else 1.0 - 1e-9)


def test_projection_on_the_data_forgets_directions_without_data(rng):
    plane = np.zeros((100, 4))
    plane[:, :2] = rng.standard_normal((100, 2))
    generator = rng.standard_normal((1, 4, 4))
    generator[0, :2, :2] = [[0.0, 1.0], [-1.0, 0.0]]
    projected = project_on_data(generator, plane)
    assert projected.shape == (1, 2, 2)
    assert span_cosine(projected, rotation_algebra(2)) == pytest.approx(1)


@pytest.mark.parametrize("name", ["so(1,3", "e8", "so(1)", "so(3)+so(4)", "dilatation", "so(1,2,3)", "su(1)"])
def test_unknown_algebras_are_named(name):
    with pytest.raises(ConfigError, match="algebra"):
        known_algebra(name)


def test_commutator_broadcasts(rng):
    a, b = rng.standard_normal((5, 3, 3)), rng.standard_normal((3, 3))
    np.testing.assert_allclose(commutator(a, b), -commutator(b, a))
    assert pseudo_orthogonal_algebra(1, 3).shape == (6, 4, 4)
    assert span_cosine(pseudo_orthogonal_algebra(1, 3), lorentz_algebra()) == pytest.approx(1)
