"""Turns of exact order, permutation groups, cosets, held-out tests, and the trial of all of them."""

from itertools import permutations
from math import factorial

import numpy as np
import pytest
from pydantic import ValidationError
from scipy.stats import kstest

from symscope.config.discrete import DiscreteStudy
from symscope.data.functions import cyclic_values
from symscope.discovery.discrete.cosets import coset_representatives, in_continuous_group, time_reversed
from symscope.discovery.discrete.cyclic import angular_harmonics
from symscope.discovery.discrete.permutation_group import PermutationGroup, random_elements
from symscope.discovery.discrete.permutations import (
    find_permutations,
    moment_contrast,
    moment_distances,
    permuted,
    standard_of,
)
from symscope.errors import DataError
from symscope.evaluation.certainty.contrast_test import contrast_test
from symscope.evaluation.discrete import FAMILIES, run_discrete
from symscope.groups.algebras import dilatation, lorentz_algebra, pseudo_orthogonal_algebra, rotation_algebra
from symscope.io.discrete import read_discrete, write_discrete
from symscope.report.discrete_trial import discrete_records
from symscope.report.entries import read_target
from symscope.report.page import fill_text
from symscope.report.tables import make_table


@pytest.mark.parametrize("order", range(2, 13))
def test_the_order_of_turns_is_exact(order):
    rng = np.random.default_rng(order)
    x = rng.standard_normal((10_000, 3))
    harmonics = angular_harmonics(x, cyclic_values(x, order))
    assert harmonics.order == order
    assert harmonics.present[order - 1]
    held = rng.standard_normal((4000, 3))
    values = cyclic_values(held, order)
    assert angular_harmonics(held, values).rest(order) > 1e-3
    assert angular_harmonics(held, values).rest(order + 1) < 1e-6


def test_without_harmonics_the_turns_are_continuous_and_with_the_first_there_are_none():
    rng = np.random.default_rng(1)
    x = rng.standard_normal((5000, 3))
    assert angular_harmonics(x, x[:, 0] ** 2 + x[:, 1] ** 2 + x[:, 2]).order == 0
    assert angular_harmonics(x, x[:, 0] + x[:, 2]).order == 1
    assert angular_harmonics(x, x[:, 0] * x[:, 1]).order == 2
    assert angular_harmonics(x).order == 0
    assert angular_harmonics(x * [1.0, 1.2, 1.0]).order == 2
    with pytest.raises(DataError, match="too few"):
        angular_harmonics(x[:50])


@pytest.mark.parametrize("find", [angular_harmonics, find_permutations])
def test_points_and_values_that_are_not_finite_are_refused(find):
    rng = np.random.default_rng(21)
    x = rng.standard_normal((500, 3))
    y = x[:, 0].copy()
    y[7] = np.nan
    with pytest.raises(DataError, match="1 numbers of the values are NaN"):
        find(x, y)
    x[3, 2] = np.inf
    with pytest.raises(DataError, match="1 numbers of the points are NaN"):
        find(x)


@pytest.mark.parametrize("order", [2, 3, 4, 6])
def test_points_on_the_corners_of_a_polygon_have_its_order(order):
    rng = np.random.default_rng(22)
    angles = 2.0 * np.pi * rng.integers(0, order, 5000) / order
    x = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    found = angular_harmonics(x)
    assert found.order == order
    # Only the cosines of multiples of the order have a size there, and they do not vary.
    np.testing.assert_array_equal(np.isinf(found.statistics), np.arange(1, 41) % order == 0)
    assert angular_harmonics(np.round(x, 15)).order == order
    # All points in one place: every harmonic is there.
    assert angular_harmonics(np.tile(x[:1], (200, 1))).order == 1


def test_harmonics_that_nothing_measures_do_not_count():
    # Labels that follow the corner: the square of side 2 knows its order, and the labels break it to 2.
    rng = np.random.default_rng(23)
    corner = rng.integers(0, 4, 5000)
    x = np.array([[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0], [0.0, -1.0]])[corner]
    assert angular_harmonics(x).order == 4
    assert angular_harmonics(x, (corner % 2).astype(float)).order == 2
    assert angular_harmonics(x, (corner == 0).astype(float)).order == 1


def test_labels_and_planes():
    rng = np.random.default_rng(2)
    x = rng.standard_normal((20_000, 3))
    labels = (cyclic_values(x, 5) > 0.4).astype(float)
    assert angular_harmonics(x, labels).order == 5
    orders = [angular_harmonics(x, cyclic_values(x, 5), plane=plane).order for plane in ((0, 1), (0, 2), (1, 2))]
    assert orders == [5, 1, 1]


def test_p_values_of_the_harmonics_are_uniform_without_them():
    p_values = []
    for seed in range(60):
        x = np.random.default_rng([3, seed]).standard_normal((1500, 3))
        p_values += list(angular_harmonics(x, x[:, 2], largest=8).p_values)
    assert kstest(p_values, "uniform").pvalue > 1e-3


def exact_symmetries(values, degree):
    """Permutations under which a function of components does not change, by trying all."""
    x = np.random.default_rng(0).standard_normal((50, degree))
    return {element for element in permutations(range(degree)) if np.allclose(values(permuted(x, element)), values(x))}


@pytest.mark.parametrize("kind", FAMILIES)
def test_permutation_groups_of_five_components_against_all_permutations(kind):
    family = FAMILIES[kind]
    x = np.random.default_rng(4).standard_normal((20_000, 5))
    group = find_permutations(x, family.values(x))
    exact = exact_symmetries(family.values, 5)
    assert group.order == len(exact) == family.order(5)
    assert set(group.generators) <= exact
    assert set(random_elements(group, 20, np.random.default_rng(1))) <= exact
    assert group.consistent


def test_names_of_permutation_groups():
    rng = np.random.default_rng(5)
    x = rng.standard_normal((20_000, 6))
    names = {kind: find_permutations(x, family.values(x)).name for kind, family in FAMILIES.items()}
    assert names == {"cycle": "C6", "ring": "D6", "blocks": "S3 x S3", "mixed": "order 18 on 3 + 3", "weights": "S3"}
    assert find_permutations(x * np.arange(1.0, 7.0)).name == "trivial"
    assert find_permutations(x).order == factorial(6)


def test_a_dihedral_group_has_an_element_that_turns_its_cycle_round():
    cycle = tuple((place + 1) % 8 for place in range(8))
    names = {}
    for factor in (3, 5, 7):
        # x -> a x mod 8: the semidihedral, the modular and the dihedral group of 16 elements.
        other = tuple(factor * place % 8 for place in range(8))
        names[factor] = PermutationGroup(degree=8, generators=(cycle, other), order=16).name
    assert names == {3: "order 16 on 8", 5: "order 16 on 8", 7: "D8"}
    assert PermutationGroup(degree=8, generators=(cycle,), order=8).name == "C8"
    double = ((1, 0, 3, 2), (2, 3, 0, 1))
    assert PermutationGroup(degree=4, generators=double, order=4).name == "order 4 on 4"


def test_two_components_agree_with_two_in_both_orders():
    x = np.random.default_rng(24).standard_normal((20_000, 5))
    allowed = moment_distances(x, FAMILIES["cycle"].values(x), level=1e-3).allowed
    np.testing.assert_array_equal(allowed, allowed.transpose(2, 3, 0, 1))
    # The directed cycle takes neighbours to neighbours in its direction alone.
    assert allowed[0, 1, 1, 2]
    assert not allowed[0, 2, 1, 1]
    assert not allowed[0, 1, 1, 0]


def test_a_search_that_comes_to_no_end_leaves_the_group_open():
    x = np.random.default_rng(25).standard_normal((20_000, 6))
    values = FAMILIES["ring"].values(x)
    assert find_permutations(x, values).name == "D6"
    short = find_permutations(x, values, tries=1)
    assert not short.consistent
    assert short.name == "undetermined"
    assert find_permutations(x * np.arange(1.0, 7.0), tries=1).name == "trivial"


def test_many_components_and_groups_that_errors_leave_open():
    rng = np.random.default_rng(6)
    x = rng.standard_normal((20_000, 20))
    group = find_permutations(x, FAMILIES["blocks"].values(x))
    assert group.order == factorial(10) ** 2
    close = find_permutations(x, x @ np.linspace(0.5, 1.0, 20))
    assert not close.consistent
    assert close.name == "undetermined"


def test_held_out_contrast_of_a_permutation():
    rng = np.random.default_rng(7)
    x, held = rng.standard_normal((5000, 5)), rng.standard_normal((2000, 5))
    values = FAMILIES["cycle"].values
    like = standard_of(x, values(x))

    def p_value(element):
        contrast = moment_contrast(x, values(x), element, like=like)
        return contrast.p_value(held, values(held), like=like)

    assert p_value((1, 2, 3, 4, 0)) > 1e-3
    assert p_value((1, 0, 2, 3, 4)) < 1e-6
    assert p_value((0, 1, 2, 3, 4)) == 1.0


def test_held_out_contrast_of_an_element_that_is_not_its_own_inverse():
    # Means that the element moves by a quarter of a turn: a contrast fitted for its inverse is at right angles to the change.
    rng = np.random.default_rng(11)
    mean = 0.15 * np.array([1.0, 0.0, -1.0, 0.0])
    x, held = mean + rng.standard_normal((5000, 4)), mean + rng.standard_normal((4000, 4))
    like = standard_of(x, None)
    for element in ((1, 2, 3, 0), (3, 0, 1, 2)):
        assert moment_contrast(x, None, element, like=like).p_value(held, None, like=like) < 1e-6


@pytest.mark.parametrize(
    ("generators", "count"),
    [
        (rotation_algebra(2), 2),
        (rotation_algebra(3), 2),
        (lorentz_algebra(), 4),
        (np.concatenate([lorentz_algebra(), dilatation(4)]), 4),
        (pseudo_orthogonal_algebra(2, 2), 4),
    ],
)
def test_components_of_orthogonal_groups(generators, count):
    found = coset_representatives(generators)
    assert len(found) == count
    assert found[0].name == "identity"


def test_cosets_of_the_lorentz_group_are_parity_and_time_reversal():
    noisy = lorentz_algebra() + 0.005 * np.random.default_rng(8).standard_normal((6, 4, 4))
    names = [element.name for element in coset_representatives(noisy, components=("E", "px", "py", "pz"))]
    assert names == ["identity", "flip pz", "flip E", "flip E, pz"]
    assert in_continuous_group(np.diag([1.0, -1.0, -1.0, 1.0]), lorentz_algebra())
    assert not in_continuous_group(-np.eye(4), lorentz_algebra())
    with pytest.raises(DataError, match="at most 8"):
        coset_representatives(rotation_algebra(9))


def test_time_reversal_is_its_own_inverse():
    rng = np.random.default_rng(9)
    before, after = rng.standard_normal((2, 10, 4))
    again = time_reversed(*time_reversed(before, after, odd=[2, 3]), odd=[2, 3])
    np.testing.assert_allclose(again[0], before)
    np.testing.assert_allclose(again[1], after)


def test_the_contrast_test_keeps_its_level_and_finds_a_breaking():
    turn = np.array([[0.0, -1.0], [1.0, 0.0]])
    kept, broken = [], []
    for seed in range(80):
        x = np.random.default_rng([10, seed]).standard_normal((1000, 2))
        kept.append(contrast_test(x, lambda points: points @ turn.T, seed=seed).p_value)
        broken.append(contrast_test(x * [1.0, 1.3], lambda points: points @ turn.T, seed=seed).p_value)
    assert kstest(kept, "uniform").pvalue > 1e-3
    assert np.mean(np.array(broken) < 0.01) > 0.9
    with pytest.raises(DataError, match="at least 100"):
        contrast_test(np.zeros((10, 2)), lambda points: points)


@pytest.fixture(scope="module")
def outcomes():
    settings = DiscreteStudy(
        orders=[3], degrees=[5], points=4000, held_out=1000, seeds=[0, 1], permutation_seeds=1, level=0.001
    )
    return run_discrete(settings)


def test_the_trial_finds_what_is_there(outcomes):
    assert {outcome.row.split(".")[0] for outcome in outcomes} == {"cyclic", "density", "signs", "permutations"}
    assert not [outcome.row for outcome in outcomes if outcome.outcome == "wrong"]
    assert all(p_value < 0.001 for outcome in outcomes for p_value in outcome.broken if "cyclic" in outcome.row)


def test_records_and_table(outcomes, repository, tmp_path):
    write_discrete(tmp_path / "trial.json", outcomes)
    assert read_discrete(tmp_path / "trial.json") == outcomes
    (tmp_path / "other.json").write_text('{"row": 1}')
    with pytest.raises(DataError, match="no trial of discrete"):
        read_discrete(tmp_path / "other.json")
    target = read_target(repository / "resources" / "targets" / "discrete_table.yaml")
    records = discrete_records(outcomes, target.table, level=0.001)
    by_id = {record.id: record for record in records}
    assert by_id["discrete.orders.right"].value == 1.0
    assert by_id["discrete.cyclic.k3.right"].n_seeds == 2
    # Two seeds, each with a function and a density of order 3.
    assert (by_id["discrete.orders.right"].n_seeds, by_id["discrete.orders.right"].note) == (2, "Of 4 trials.")
    rejected = by_id["discrete.signs.lorentz.rejected"]
    tests = sum(len(outcome.broken) for outcome in outcomes if outcome.row == "signs.lorentz")
    assert tests > 2
    assert (rejected.n_seeds, rejected.note) == (2, f"Of {tests} tests.")
    assert by_id["discrete.cyclic.k7.right"].value is None
    assert not by_id["discrete.signs.friction.kept"].applies
    assert "{" not in fill_text(target.finding, by_id)
    table = make_table(records, target.table, target.title)
    assert len(table.cells) == len(target.table.rows)


def test_orders_rise():
    with pytest.raises(ValidationError, match="smallest first"):
        DiscreteStudy(orders=[3, 2], degrees=[5], seeds=[0])


def test_the_contrast_test_is_not_misled_by_few_digits():
    rng = np.random.default_rng(30)
    x = np.concatenate([np.abs(rng.normal(size=(3000, 1))) + 3.0, rng.normal(size=(3000, 1))], axis=1)
    single = x.astype(np.float32)
    signs = np.array([1.0, -1.0])
    assert contrast_test(single, lambda points: points * signs).p_value > 0.01
    assert contrast_test(x, lambda points: (points * signs).astype(np.float32)).p_value > 0.01
    assert contrast_test(x, lambda points: points.astype(np.float32)).p_value > 0.01
