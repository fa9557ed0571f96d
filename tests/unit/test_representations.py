"""Representations and equivariant maps, against dimensions from the literature and against averages over groups."""

from itertools import permutations, product

import numpy as np
import pytest
from scipy.linalg import expm, null_space

from symscope.errors import ConfigError
from symscope.groups import dilatation, known_algebra, lorentz_algebra, rotation_algebra
from symscope.groups.representations import Group, Rep, constraint_matrix, constraint_spectrum, equivariant_basis

NO_GENERATORS = np.zeros((0, 0, 0))


def symmetric_group(n: int) -> Group:
    """S_n by two generating permutations, a swap and a cycle."""
    swap = np.eye(n)[[1, 0, *range(2, n)]]
    return Group(NO_GENERATORS, np.stack([swap, np.roll(np.eye(n), 1, axis=0)]))


def orthogonal(n: int) -> Group:
    return Group(rotation_algebra(n), np.diag([-1.0] + [1.0] * (n - 1))[None])


def full_lorentz() -> Group:
    """O(1, 3), with the reflections of time and of one axis."""
    return Group(lorentz_algebra(), np.stack([np.diag([-1.0, 1, 1, 1]), np.diag([1.0, -1, 1, 1])]))


def dimension(rep_in: Rep, rep_out: Rep) -> int:
    return int(equivariant_basis(rep_in, rep_out, tolerance=1e-9, allow_empty=True).rank)


@pytest.mark.parametrize(
    ("group", "dimensions"),
    [
        (Group(rotation_algebra(2)), [1, 0, 2, 0, 6, 0, 20]),  # central binomial coefficients (Weyl)
        (Group(rotation_algebra(3)), [1, 0, 1, 1, 3, 6]),  # Motzkin sums, OEIS A005043
        (orthogonal(3), [1, 0, 1, 0, 3]),  # odd tensors have none; pairings, (k - 1)!!
        (Group(lorentz_algebra()), [1, 0, 1, 0, 4]),  # three products of metrics and the Levi-Civita tensor
        (full_lorentz(), [1, 0, 1, 0, 3]),
        (symmetric_group(4), [1, 1, 2, 5, 15]),  # Bell numbers, for k <= n (Jones 1994)
        (symmetric_group(2), [1, 1, 2, 4, 8]),  # partitions into at most two blocks
        (Group(known_algebra("sl(2)")), [1, 0, 1, 0, 2, 0, 5]),  # Catalan numbers
    ],
    ids=["SO(2)", "SO(3)", "O(3)", "SO(1,3)", "O(1,3)", "S_4", "S_2", "SL(2)"],
)
def test_number_of_invariant_tensors(group: Group, dimensions: list[int]) -> None:
    assert [dimension(group.scalar, group.tensor(k)) for k in range(len(dimensions))] == dimensions


def test_dimension_is_the_mean_character_of_a_compact_group(rng: np.random.Generator) -> None:
    """Reps made by sums, products and duals, against an average over the group (Weyl's integration for SO(2), all of S_3)."""
    angle = rotation_algebra(2)[0]
    turned = [expm(t * angle) for t in 2 * np.pi * np.arange(32) / 32]
    permuted = [np.eye(3)[list(p)] for p in permutations(range(3))]
    for group, members in ((Group(angle[None]), turned), (symmetric_group(3), permuted)):
        v, s = group.vector, group.scalar
        for rep_in, rep_out in ((2 * v + s, v * v), (v * v.dual, v + v), (v * (v + s), 3 * s + v.dual)):
            characters = []
            for g in members:
                single = Group(NO_GENERATORS, g[None])
                into, out = (Rep(single, rep.terms).elements()[0] for rep in (rep_in, rep_out))
                characters.append(np.trace(out) * np.trace(np.linalg.inv(into)))
            assert dimension(rep_in, rep_out) == round(float(np.mean(characters)))


def test_basis_is_orthonormal_and_equivariant(rng: np.random.Generator) -> None:
    group = full_lorentz()
    rep_in, rep_out = group.vector * group.vector.dual + group.scalar, 2 * group.vector * group.vector
    found = equivariant_basis(rep_in, rep_out, tolerance=1e-9)
    flat = found.basis.reshape(len(found.basis), -1)
    np.testing.assert_allclose(flat @ flat.T, np.eye(len(flat)), atol=1e-12)
    for out, into in zip(rep_out.elements(), rep_in.elements(), strict=True):
        np.testing.assert_allclose(out @ found.basis, found.basis @ into, atol=1e-10)
    weights = 0.3 * rng.normal(size=6)
    boosted = Group(NO_GENERATORS, expm(np.tensordot(weights, group.generators, 1))[None])
    out, into = Rep(boosted, rep_out.terms).elements()[0], Rep(boosted, rep_in.terms).elements()[0]
    np.testing.assert_allclose(out @ found.basis, found.basis @ into, atol=1e-10)


def test_null_space_is_the_one_scipy_finds() -> None:
    group = Group(known_algebra("so(3)+dilatation"))
    rep_in, rep_out = group.vector * group.vector, group.tensor(2, 0)
    found = equivariant_basis(rep_in, rep_out, tolerance=1e-9).basis.reshape(-1, 81)
    expected = null_space(constraint_matrix(rep_in, rep_out))
    np.testing.assert_allclose(found.T @ found, expected @ expected.T, atol=1e-10)


def test_products_of_sums_are_written_out() -> None:
    group = Group(rotation_algebra(2))
    v, s = group.vector, group.scalar
    assert ((v + s) * v).terms == ("VV", "V")
    assert (2 * (v + s)).terms == ("V", "", "V", "")
    assert (v * v.dual).dual.terms == ("DV",)
    assert group.tensor(2, 1).terms == ("VVD",)
    assert ((v + s) * v).size == 6
    g = expm(0.4 * rotation_algebra(2)[0])
    single = Rep(Group(NO_GENERATORS, g[None]), ("VD", "")).elements()[0]
    np.testing.assert_allclose(single[:4, :4], np.kron(g, np.linalg.inv(g).T), atol=1e-14)
    assert single[4, 4] == 1
    lie = group.tensor(1, 1).generators()[0]
    np.testing.assert_allclose(expm(0.4 * lie), single[:4, :4], atol=1e-12)


def test_generators_with_a_trace() -> None:
    """Under a dilatation a tensor T(p, q) is scaled by exp(p - q), so that maps exist between equal p - q alone."""
    group = Group(dilatation(3))
    for p, q, r, s in product(range(3), range(2), range(2), range(2)):
        expected = 3 ** (p + q + r + s) if p - q == r - s else 0
        assert dimension(group.tensor(p, q), group.tensor(r, s)) == expected


@pytest.mark.parametrize("scale", [1e-3, 1.0, 1e4])
def test_tolerance_is_relative_and_a_gap_can_be_looked_for(rng: np.random.Generator, scale: float) -> None:
    truth = known_algebra("so(2)", copies=4)
    blocks = np.kron(np.eye(4), np.ones((2, 2)))
    noise = rng.normal(size=(5, 1, 8, 8)) * blocks
    noise *= np.sqrt(8) / np.linalg.norm(noise, axis=(-2, -1), keepdims=True)
    near = Group(scale * (truth + 1e-3 * noise))
    assert equivariant_basis(near.vector, tolerance=5e-3).rank.tolist() == [32] * 5
    assert equivariant_basis(near.vector, tolerance=1e-5).rank.tolist() == [8] * 5
    far = Group(scale * (truth + 0.045 * noise))
    assert max(equivariant_basis(far.vector, tolerance=5e-3).rank) < 32
    found = equivariant_basis(far.vector, tolerance=5e-3, gap_up_to=0.2)
    assert found.rank.tolist() == [32] * 5
    spectrum = constraint_spectrum(far.vector)
    assert spectrum.shape == (5, 64)
    np.testing.assert_allclose(spectrum, found.singular_values, atol=1e-9 * scale)
    exact = constraint_spectrum(Group(truth).vector)
    assert int((exact < 1e-9).sum()) == 32
    assert exact[0] == pytest.approx(2)


def test_smaller_spaces_are_filled_up_with_zeros() -> None:
    both = np.stack([known_algebra("so(2)", copies=2), np.diag([1.0, 2, 3, 4])[None]])
    group = Group(both)
    found = equivariant_basis(group.vector, tolerance=1e-9)
    assert found.rank.tolist() == [8, 4]
    assert found.basis.shape == (2, 8, 4, 4)
    assert not found.basis[1, 4:].any()
    assert found.basis[1, :4].any(axis=(1, 2)).all()


def test_no_group_allows_everything() -> None:
    trivial = Group(np.zeros((0, 3, 3)))
    assert dimension(trivial.vector, trivial.vector) == 9
    frozen = Group(np.zeros((1, 3, 3)))
    assert dimension(frozen.vector, frozen.tensor(2)) == 27


def test_empty_space_says_why() -> None:
    group = Group(known_algebra("so(1,3)+dilatation"))
    with pytest.raises(ConfigError, match=r"from T\(2,0\) to scalar is equivariant \(generator 6 alone allows none"):
        equivariant_basis(group.tensor(2), group.scalar, tolerance=1e-9)
    rotations = Group(rotation_algebra(3))
    with pytest.raises(ConfigError, match=r"no map is allowed by all .* tolerance is 1e-09\); raise the tolerance"):
        equivariant_basis(rotations.vector, rotations.scalar, tolerance=1e-9)
    reflected = Group(NO_GENERATORS, -np.eye(2)[None])
    both = Group(dilatation(2))
    with pytest.raises(ConfigError, match=r"from 2 V to V\* \+ scalar"):
        equivariant_basis(2 * both.vector, both.vector.dual + both.scalar, tolerance=1e-9)
    with pytest.raises(ConfigError, match="element 0 alone"):
        equivariant_basis(reflected.vector, reflected.scalar, tolerance=1e-9)


@pytest.mark.parametrize(
    ("generators", "elements", "words"),
    [
        (np.zeros((2, 3)), NO_GENERATORS, r"shape \(2, 3\)"),
        (np.zeros((1, 2, 2), complex), NO_GENERATORS, "type complex128"),
        (np.full((1, 2, 2), np.nan), NO_GENERATORS, "not finite"),
        (np.zeros((1, 2, 2)), np.ones((1, 3, 3)), r"elements \(1, 3, 3\)"),
    ],
)
def test_matrices_that_cannot_be_used_are_named(generators: np.ndarray, elements: np.ndarray, words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        Group(generators, elements)


def test_representations_of_two_groups_do_not_mix() -> None:
    with pytest.raises(ConfigError, match="two different groups"):
        _ = Group(rotation_algebra(2)).vector + Group(rotation_algebra(2)).vector
