"""Functions with known symmetries: their values do not change under their own group, and do under other elements."""

import numpy as np
import pytest
from pydantic import ValidationError
from scipy.linalg import expm

from symscope.config.datasets import dataset_settings
from symscope.config.functions import CyclicFunction, FunctionsDataset
from symscope.data.functions import cyclic_values, generate_functions, make_points, two_vector_values
from symscope.evaluation.cyclic import turn_in_plane, turn_of_three
from symscope.groups import known_algebra
from symscope.io.samples import read_header, read_split


def points(n=500, **function):
    settings = FunctionsDataset.model_validate({"function": function})
    return make_points(settings, n, rng=np.random.default_rng(3))


@pytest.mark.parametrize("order", [2, 5, 12])
def test_a_cyclic_function_has_its_symmetry_and_no_finer_one(order: int) -> None:
    x = np.random.default_rng(1).standard_normal((400, 3))
    step = 2 * np.pi / order * turn_in_plane()
    for power in range(1, order):
        assert np.median(np.abs(cyclic_values(x @ expm(power * step).T, order) - cyclic_values(x, order))) < 1e-12
    assert np.median(np.abs(cyclic_values(x @ expm(0.5 * step).T, order) - cyclic_values(x, order))) > 0.02


def test_tasks_are_drawn_one_after_the_other() -> None:
    parts = points(kind="cyclic", orders=[3, 8])
    assert [part.x.shape for part in parts] == [(500, 1, 3)] * 2
    for order, part in zip((3, 8), parts, strict=True):
        # single precision may put a point at the edge of a sector into the next one
        assert np.mean(np.abs(part.y - cyclic_values(part.x[:, 0].astype(float), order)) < 1e-3) > 0.99
    assert not np.array_equal(parts[0].x, parts[1].x)


def test_third_powers_leave_permutations_only_and_first_powers_every_turn() -> None:
    def change(power: int, angle: float) -> float:
        (part,) = points(kind="partial_permutation", power=power)
        x = part.x[:, 0].astype(float)

        def value(at: np.ndarray) -> np.ndarray:
            return ((at[:, :3] ** power).sum(1) / power + at[:, 3] ** 2 - at[:, 4] ** 2) / 3

        np.testing.assert_allclose(part.y, value(x), rtol=1e-4, atol=1e-4)
        return float(np.abs(value(x @ expm(angle * turn_of_three()).T) - value(x)).max())

    assert change(3, 2 * np.pi / 3) < 1e-9
    assert change(3, 0.5) > 0.1
    assert change(1, 0.5) < 1e-9


def test_the_turn_of_three_is_a_permutation() -> None:
    cycle = expm(2 * np.pi / 3 * turn_of_three())
    np.testing.assert_allclose(cycle[:3, :3], [[0, 0, 1], [1, 0, 0], [0, 1, 0]], atol=1e-12)


def test_a_superpotential_does_not_change_under_su2_nor_sl2() -> None:
    (part,) = points(kind="superpotential")
    rng = np.random.default_rng(0)
    doublets = part.x.astype(complex)

    def potential(at: np.ndarray) -> np.ndarray:
        return at[:, 0, 0] * at[:, 1, 1] - at[:, 0, 1] * at[:, 1, 0]

    np.testing.assert_allclose(part.y, potential(doublets), atol=1e-5)
    unitary = expm(np.tensordot(rng.standard_normal(3), known_algebra("su(2)"), axes=1))
    np.testing.assert_allclose(potential(doublets @ unitary.T), potential(doublets), atol=1e-12)
    np.testing.assert_allclose(np.mean(np.abs(doublets) ** 2), 1.0, rtol=0.1)


def test_sectors_hold_their_points() -> None:
    narrow, wide = points(kind="sector", half_widths=[10, 60])
    for part, half_width in ((narrow, 10), (wide, 60)):
        x = part.x[:, 0] * np.where(part.y == 0, 1, -1)[:, None]
        angles = np.degrees(np.arctan2(x[:, 1], x[:, 0]))
        assert 0.6 * half_width < np.abs(angles).max() <= half_width + 1e-3


def test_sectors_of_uniform_density_give_the_length_with_a_sign() -> None:
    (part,) = points(n=4000, kind="sector", half_widths=[45], density="uniform", value="signed_length")
    x = part.x[:, 0]
    np.testing.assert_allclose(part.y, np.sign(x[:, 0]) * np.linalg.norm(x, axis=1), rtol=1e-5)
    angles = np.degrees(np.arctan(x[:, 1] / x[:, 0]))
    assert np.abs(angles).max() <= 45 + 1e-3
    np.testing.assert_allclose(angles.std(), 45 / np.sqrt(3), rtol=0.05)


@pytest.mark.parametrize("dimension", [3, 5])
def test_two_vectors_may_be_turned_together_and_not_stretched(dimension: int) -> None:
    x = np.random.default_rng(0).standard_normal((200, 2, dimension))
    turn = expm(np.tensordot(x[:3, 0, 0], known_algebra(f"so({dimension})")[:3], axes=1))
    np.testing.assert_allclose(two_vector_values(x @ turn.T), two_vector_values(x), atol=1e-9)
    assert np.abs(two_vector_values(1.2 * x) - two_vector_values(x)).max() > 0.1
    moved = np.stack([x[:, 0] @ turn.T, x[:, 1]], axis=1)
    assert np.abs(two_vector_values(moved) - two_vector_values(x)).max() > 0.1


def test_the_file_has_all_tasks_and_actions(tmp_path) -> None:
    settings = FunctionsDataset(function=CyclicFunction(orders=[4, 6]), samples={"train": 30, "val": 5, "test": 5})
    assert generate_functions(settings, tmp_path / "dataset.h5", seed=1) == {"train": 60, "val": 10, "test": 10}
    header, split = read_header(tmp_path / "dataset.h5"), read_split(tmp_path / "dataset.h5", "train")
    assert (header.x_action, header.y_action) == ("vector", "trivial")
    assert split.x.shape == (60, 1, 3)
    assert split.x.dtype == split.y.dtype == np.float32
    again = FunctionsDataset(function=CyclicFunction(orders=[4, 6]), samples={"train": 30, "val": 9, "test": 5})
    generate_functions(again, tmp_path / "again.h5", seed=1)
    np.testing.assert_array_equal(read_split(tmp_path / "again.h5", "train").x, split.x)


def test_settings_say_what_is_wrong() -> None:
    with pytest.raises(ValidationError, match="give each order once"):
        CyclicFunction(orders=[3, 3])
    with pytest.raises(ValidationError, match="give 'train', 'val' and 'test'"):
        FunctionsDataset(function=CyclicFunction(), samples={"train": 10})
    assert dataset_settings({"source": "functions", "function": {"kind": "cyclic", "orders": [2, 3]}}).tasks == 2
