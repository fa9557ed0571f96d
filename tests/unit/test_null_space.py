"""The null-space engine: sums that add, polynomials under motions, and algebras of known dimension."""

from collections.abc import Iterator

import numpy as np
import pytest
from numpy import ndarray

from symscope.config.null_space import NullSpaceEngine
from symscope.discovery.nullspace.coordinates import coordinates
from symscope.discovery.nullspace.density import WeakForm
from symscope.discovery.nullspace.discover import discover_null_space
from symscope.discovery.nullspace.fits import fit_polynomial, with_scores
from symscope.discovery.nullspace.functions import function_rows
from symscope.discovery.nullspace.moments import OrderedSums, block_moments
from symscope.discovery.nullspace.polynomials import evaluate, monomials, motion
from symscope.discovery.nullspace.streams import array_blocks, class_values, file_blocks
from symscope.discovery.nullspace.system import count_small
from symscope.discovery.result import Discovery
from symscope.errors import ConfigError, DataError
from symscope.evaluation.certainty.equivalence import breaking
from symscope.groups.algebras import known_algebra
from symscope.groups.brackets import closure_error
from symscope.groups.spans import span_cosine
from symscope.io.generators import read_discovery, write_discovery
from symscope.io.samples import SamplesHeader, SamplesWriter


def run(
    x: ndarray,
    y: ndarray,
    *,
    seeds: int = 1,
    y_action: str = "trivial",
    classes: tuple[int, ...] = (),
    **settings: object,
) -> Discovery:
    method = NullSpaceEngine.model_validate({"block": 64, **settings})
    x = x[:, None] if x.ndim == 2 else x
    action = "complex_vector" if np.iscomplexobj(x) else "vector"
    return discover_null_space(
        array_blocks(x, y, method.block),
        x_action=action,
        y_action=action if y_action == "same" else "trivial",
        method=method,
        seeds=range(seeds),
        classes=classes,
    )


def whole(discovery: Discovery) -> ndarray:
    return discovery.null_space["whole"]


@pytest.mark.parametrize(("dimension", "degree"), [(1, 4), (3, 3), (5, 2), (4, 0)])
def test_monomials_are_products_of_powers(dimension: int, degree: int) -> None:
    points = np.random.default_rng(0).normal(size=(7, dimension))
    plain = np.stack([np.prod(points**powers, axis=1) for powers in monomials(dimension, degree)], axis=1)
    np.testing.assert_allclose(evaluate(points, degree), plain, rtol=1e-12)


def test_a_motion_of_a_polynomial_is_its_derivative_along_it() -> None:
    rng = np.random.default_rng(1)
    points, matrix = rng.normal(size=(20, 3)), rng.normal(size=(3, 3))
    coefficients = rng.normal(size=(len(monomials(3, 4)), 2))
    step = 1e-5
    ahead, behind = (evaluate(points @ (np.eye(3) + sign * step * matrix).T, 4) @ coefficients for sign in (1, -1))
    np.testing.assert_allclose(
        evaluate(points, 4) @ motion(matrix, coefficients, 4), (ahead - behind) / (2 * step), rtol=1e-5, atol=1e-6
    )


def ordered(x: ndarray, size: int = 16) -> OrderedSums:
    sums: OrderedSums = OrderedSums()
    for number, start in enumerate(range(0, len(x), size)):
        sums.add(number, block_moments(x[start : start + size], degree=2))
    return sums


def test_sums_of_blocks_are_those_of_all_events() -> None:
    x = np.random.default_rng(2).normal(size=(333, 3)) * [1.0, 1e3, 1e-3]
    total = ordered(x).total()
    assert total.count == 333
    np.testing.assert_allclose(total.gram, block_moments(x, degree=2).gram, rtol=1e-12, atol=1e-9)


def test_jobs_that_share_the_blocks_in_any_way_give_the_same_sums_bit_by_bit() -> None:
    x = np.random.default_rng(3).normal(size=(21 * 16 + 5, 3))
    blocks = [x[start : start + 16] for start in range(0, len(x), 16)]
    reference = ordered(x).total().gram
    for jobs in (
        [range(9), range(9, 22)],
        [range(13, 22), range(13)],
        [range(0, 22, 3), range(1, 22, 3), range(2, 22, 3)],
    ):
        joined: OrderedSums = OrderedSums()
        for job in jobs:
            mine: OrderedSums = OrderedSums()
            for number in job:
                mine.add(number, block_moments(blocks[number], degree=2))
            joined = joined.merge(mine)
        assert np.array_equal(joined.total().gram, reference)


def test_a_block_counts_once() -> None:
    sums: OrderedSums = OrderedSums()
    for number in (0, 1, 2):
        sums.add(number, block_moments(np.ones((2, 1)), degree=1))
    with pytest.raises(ValueError, match="block 1 is there already"):
        sums.add(1, block_moments(np.ones((2, 1)), degree=1))
    with pytest.raises(DataError, match="no events"):
        OrderedSums().total()


def test_memory_of_ordered_sums_is_logarithmic() -> None:
    sums: OrderedSums = OrderedSums()
    one = block_moments(np.ones((1, 1)), degree=1)
    for number in range(1000):
        sums.add(number, one)
        assert len(sums.nodes) <= 10


@pytest.mark.parametrize("name", ["so(3)", "so(5)", "so(1,3)"])
def test_the_dimension_of_an_invariant_function_is_exact(name: str) -> None:
    truth = known_algebra(name)
    size = truth.shape[-1]
    form = np.diag([1.0, -1, -1, -1]) if name == "so(1,3)" else np.eye(size)
    for seed in range(3):
        rng = np.random.default_rng(seed)
        # Not isotropic: the law of x has none of the symmetry.
        x = rng.normal(size=(2000, size)) * rng.uniform(0.5, 2, size) + 0.3
        norm = np.einsum("ni,ij,nj->n", x, form, x)
        found = whole(run(x, norm + 1e-3 * rng.normal(size=len(x))))
        assert len(found) == len(truth)
        assert 1 - span_cosine(found, truth) < 1e-4
        assert closure_error(found) < 0.05


def test_a_dilatation_is_found_with_the_weight_of_the_output() -> None:
    rng = np.random.default_rng(4)
    x = rng.normal(size=(3000, 3))
    y = x[:, 0] ** 3 + 2 * x[:, 1] ** 3 - x[:, 2] ** 3 + x[:, 0] * x[:, 1] * x[:, 2]
    assert len(whole(run(x, y))) == 0
    found = run(x, y, output="learned")
    assert len(whole(found)) == 1
    generator, output = whole(found)[0], found.null_space["outputs"][0]
    np.testing.assert_allclose(generator, generator[0, 0] * np.eye(3), atol=1e-6)
    np.testing.assert_allclose(output, 3 * generator[0, 0], rtol=1e-6)


def test_a_linear_dynamics_commutes_with_its_generators_on_the_span_of_the_data() -> None:
    rng = np.random.default_rng(5)
    states = rng.normal(size=(1500, 2))
    turn = np.array([[0.0, 1.0], [-1.0, 0.0]])
    x = np.concatenate([states, -states], axis=1)  # two bodies that are always opposite
    next_states = states * (1 + np.sum(states**2, axis=1, keepdims=True)) @ np.array([[0.8, 0.6], [-0.6, 0.8]])
    y = np.concatenate([next_states, -next_states], axis=1)
    found = run(x, y[:, None], y_action="same")
    assert found.span.shape == (4, 2)
    assert len(whole(found)) == 1
    truth = np.kron(np.eye(2), turn) @ found.span @ found.span.T
    assert 1 - span_cosine(whole(found), truth[None]) < 1e-9


def test_the_light_cone_has_seven_generators_and_the_mass_shell_six() -> None:
    rng = np.random.default_rng(6)
    momenta = rng.normal(size=(4000, 3)) * [3.0, 1.0, 2.0] + [1.0, 0, 0]
    labels = np.zeros(4000)
    for mass, name in ((0.0, "so(1,3)+dilatation"), (2.0, "so(1,3)")):
        energy = np.sqrt(mass**2 + np.sum(momenta**2, axis=1))
        found = whole(run(np.c_[energy, momenta], labels + rng.normal(size=4000), statement="support"))
        truth = known_algebra(name)
        assert len(found) == len(truth)
        assert 1 - span_cosine(found, truth) < 1e-10


def test_a_smeared_cone_is_found_with_an_error_of_the_smearing() -> None:
    rng = np.random.default_rng(7)
    momenta = rng.normal(size=(20000, 3))
    for smearing, error in ((0.01, 1e-6), (0.05, 1e-3)):
        energy = np.linalg.norm(momenta, axis=1) * (1 + smearing * rng.normal(size=len(momenta)))
        found = whole(run(np.c_[energy, momenta], rng.normal(size=len(momenta)), statement="support"))
        assert len(found) == 7
        assert 1 - span_cosine(found, known_algebra("so(1,3)+dilatation")) < error


def test_a_support_without_quadrics_claims_nothing() -> None:
    x = np.random.default_rng(8).normal(size=(4000, 3))
    assert len(whole(run(x, x[:, 0] ** 2, statement="support"))) == 0


def test_complex_doublets_have_their_complex_algebra() -> None:
    rng = np.random.default_rng(9)
    x = rng.normal(size=(1500, 2, 2)) + 1j * rng.normal(size=(1500, 2, 2))
    w = x[:, 0, 0] * x[:, 1, 1] - x[:, 0, 1] * x[:, 1, 0]
    found = whole(run(x, w, degree=2))
    assert len(found) == 6  # sl(2, C), counted over the reals
    assert np.abs(np.trace(found, axis1=1, axis2=2)).max() < 1e-9


def test_a_label_on_a_cone_is_judged_along_the_cone_only() -> None:
    rng = np.random.default_rng(10)
    momenta = rng.normal(size=(20000, 3)) * [1.0, 2.0, 1.5]
    x = np.c_[np.linalg.norm(momenta, axis=1), momenta]
    # The label depends on the energy's square, which turns leave as it is and boosts do not.
    label = (x[:, 0] ** 2 > 6).astype(np.int64)
    found = run(x, label, statement="label", classes=(0, 1), degree=2, largest_defect=0.4, least_gap=2)
    assert len(whole(found)) == 3
    assert span_cosine(whole(found), np.pad(known_algebra("so(3)"), ((0, 0), (1, 0), (1, 0)))) > 0.98


def test_a_polynomial_that_does_not_fit_claims_nothing() -> None:
    rng = np.random.default_rng(11)
    x = rng.normal(size=(2000, 2))
    y = np.sign(np.sin(6 * np.arctan2(x[:, 1], x[:, 0])))
    found = run(x, y)
    assert found.null_space["fit"][0] < 0.5
    assert len(whole(found)) == 0


def test_a_gap_within_the_noise_is_none() -> None:
    values = np.array([1e-6, 1e-3, 0.5, 1.4])
    assert count_small(values, np.zeros(4), largest=0.1, least_gap=5.0)[0] == 1
    assert count_small(values, np.full(4, 1e-3), largest=0.1, least_gap=5.0)[0] == 2
    assert count_small(np.array([0.5, 1.0, 1.2]), np.zeros(3), largest=0.1, least_gap=5.0) == (0, 0.1)


def test_parts_are_answers_of_their_own_and_are_filed(tmp_path: object) -> None:
    rng = np.random.default_rng(12)
    x = rng.normal(size=(2000, 3)) * [1.0, 2.0, 0.5]
    found = run(x, np.sum(x**2, axis=1) + 1e-3 * rng.normal(size=2000), seeds=4)
    assert found.generators.shape == (4, 3, 3, 3)
    assert found.null_space["dimensions"].tolist() == [3, 3, 3, 3]
    assert not np.array_equal(found.generators[0], found.generators[1])
    write_discovery(f"{tmp_path}/found.h5", found)
    again = read_discovery(f"{tmp_path}/found.h5")
    assert np.array_equal(again.null_space["whole"], whole(found))


def write_samples(path: str, x: ndarray, y: ndarray) -> None:
    header = SamplesHeader(feature_names=("a", "b", "c"), units="", x_action="vector", y_action="trivial")
    with SamplesWriter(path, header) as writer:
        writer.append("train", x, y)


def test_a_file_streams_to_the_same_answer_whatever_is_read_at_once(tmp_path: object) -> None:
    rng = np.random.default_rng(13)
    x = rng.normal(size=(1000, 1, 3))
    y = np.sum(x[:, 0] ** 2, axis=1)
    path = f"{tmp_path}/samples.h5"
    write_samples(path, x, y)
    method = NullSpaceEngine(block=64, degree=2)

    def solved(at_once: int) -> ndarray:
        blocks = file_blocks(path, "train", method.block, at_once=at_once)
        return whole(discover_null_space(blocks, x_action="vector", y_action="trivial", method=method, seeds=[0, 1]))

    reference = solved(1000)
    assert len(reference) == 3
    assert np.array_equal(solved(1), reference)
    assert np.array_equal(solved(5), reference)


def test_blocks_of_a_file_are_all_events_once(tmp_path: object) -> None:
    path = f"{tmp_path}/samples.h5"
    x = np.arange(300.0).reshape(100, 1, 3)
    write_samples(path, x, np.arange(100) % 3)

    def read(first: int, last: int | None) -> Iterator[ndarray]:
        return (block[0] for _, block in file_blocks(path, "train", 16, first=first, last=last, at_once=2)())

    assert np.array_equal(np.concatenate(list(read(0, None))), x)
    assert np.array_equal(np.concatenate([*read(0, 3), *read(3, None)]), x)
    assert class_values(path, "train", at_once=7) == (0, 1, 2)
    column = f"{tmp_path}/column.h5"
    write_samples(column, x, (np.arange(100) % 3)[:, None])
    assert class_values(column, "train") == (0, 1, 2)


def test_a_label_on_a_curve_that_no_motion_keeps_has_no_generator() -> None:
    angle = np.random.default_rng(30).uniform(0, 2 * np.pi, size=2000)
    x = np.stack([2 + np.cos(angle), 1 + 0.5 * np.sin(angle)], axis=1)
    found = run(x, (angle > np.pi).astype(np.int64), classes=(0, 1), statement="label", degree=2)
    assert found.null_space["whole"].shape == (0, 2, 2)
    assert not len(found.null_space["singular_values"])


def test_quadrics_through_few_points_are_no_support() -> None:
    x = np.random.default_rng(31).normal(size=(50, 4))
    with pytest.raises(DataError, match="50 points cannot tell"):
        run(x, np.zeros(50), statement="support")


def test_impossible_requests_are_refused_in_one_sentence() -> None:
    rng = np.random.default_rng(14)
    x, y = rng.normal(size=(200, 3)), rng.normal(size=200)
    with pytest.raises(ConfigError, match="'label', and y is no class number"):
        run(x, y, statement="label")
    with pytest.raises(ConfigError, match=r"raise method\.max_monomials"):
        run(x, y, degree=4, max_monomials=30)
    with pytest.raises(DataError, match="cannot fix the 220 coefficients"):
        run(x, y, degree=9)
    with pytest.raises(DataError, match="fewer seeds"):
        run(x, y, seeds=8)
    with pytest.raises(DataError, match="y is the same for all events"):
        run(x, np.ones(200))
    x[3, 1] = np.nan
    with pytest.raises(DataError, match="x holds NaN"):
        run(x, y)


def test_errors_of_a_label_hold_where_its_noise_is_not_the_same_everywhere() -> None:
    # Labels whose noise is large where x is large; the polynomial itself is zero, and so is its change along the turn.
    rng = np.random.default_rng(40)
    basis = known_algebra("so(2)") / np.sqrt(2.0)
    plain, robust = [], []
    for _ in range(300):
        x = rng.normal(size=(600, 2))
        y = (x[:, 0] ** 2 * rng.normal(size=600))[:, None]
        place = coordinates(np.eye(2), tolerance=1e-6)
        u = np.asarray(place.into @ x.T).T
        fit = fit_polynomial(block_moments(u, y, degree=2), place, place, ridge=1e-12)
        for found, one in ((plain, fit), (robust, with_scores(fit, [(u[:250], y[:250]), (u[250:], y[250:])]))):
            rows, noise = function_rows(one, basis)
            form = WeakForm(rows, noise, one.count, np.eye(len(rows)))
            found.append(float(breaking(form, np.ones((1, 1))).p_value))
    assert np.mean(np.array(plain) < 0.05) > 0.15
    assert np.mean(np.array(robust) < 0.05) < 0.10
