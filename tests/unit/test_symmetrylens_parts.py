"""Parts of the paper's SymmetryLens against closed forms and independent implementations."""

import numpy as np
import pytest
import torch
from scipy import stats
from scipy.linalg import logm

from symscope.config.symmetrylens import LensConditional, LensGroup, LensMarginal, LensOptimisation, LensRank
from symscope.discovery.symmetrylens.published.conditional import ConditionalEstimators
from symscope.discovery.symmetrylens.published.group import LensGroupEnsemble, convolution_matrix
from symscope.discovery.symmetrylens.published.marginal import MarginalEstimators
from symscope.discovery.symmetrylens.published.mixture import mixture_derivatives
from symscope.discovery.symmetrylens.published.perceptrons import Weights, accumulate_gradients, initialise, piecewise
from symscope.discovery.symmetrylens.published.prefix import accumulate_rows, room_for, select_rows
from symscope.discovery.symmetrylens.published.schedule import (
    learning_rate_factors,
    snapshot_steps,
    training_time,
)
from symscope.discovery.symmetrylens.published.terms import (
    alignment,
    component_entropies,
    covariance,
    joint_entropy,
    rank_weights,
)
from symscope.discovery.symmetrylens.published.uniformity import LOWER, OWN, UPPER, divergence, neighbour_targets

DOUBLE = torch.float64


@pytest.mark.parametrize("rows", [1, 2, 3, 4, 15, 16, 17, 113])
def test_rows_are_accumulated(rows: int, torch_rng: torch.Generator) -> None:
    values = torch.randn(2, 3, room_for(rows), 5, generator=torch_rng, dtype=DOUBLE)
    expected = values[..., :rows, :].cumsum(-2)
    accumulate_rows(values, rows)
    torch.testing.assert_close(values[..., :rows, :], expected)


def test_rows_are_selected_in_their_own_matrix(torch_rng: torch.Generator) -> None:
    table = torch.randn(2, 3, 7, 4, generator=torch_rng)
    indices = torch.randint(0, 7, (2, 3, 9), generator=torch_rng)
    found = select_rows(table, indices)
    for a in range(2):
        for b in range(3):
            assert torch.equal(found[a, b], table[a, b][indices[a, b]])


def test_mixture_is_that_of_scipy_and_its_derivatives_are_those_of_autograd(torch_rng: torch.Generator) -> None:
    target = torch.randn(2, 6, 3, generator=torch_rng, dtype=DOUBLE)
    logits, means, logs = (torch.randn(2, 6, 4, 3, generator=torch_rng, dtype=DOUBLE) for _ in range(3))
    weights = torch.softmax(logits, -2).numpy()
    density = (weights * stats.norm.pdf(target.numpy()[..., None, :], means.numpy(), np.exp(logs.numpy() / 2))).sum(-2)
    found = mixture_derivatives(target, logits, means, logs)
    np.testing.assert_allclose(found.log_density, np.log(density), rtol=1e-12)

    inputs = [values.clone().requires_grad_() for values in (target, logits, means, logs)]
    kernels = torch.distributions.Normal(inputs[2], (inputs[3] / 2).exp())
    plain = torch.logsumexp(torch.log_softmax(inputs[1], -2) + kernels.log_prob(inputs[0][..., None, :]), -2)
    for mine, theirs in zip(found[1:], torch.autograd.grad(plain.sum(), inputs), strict=True):
        torch.testing.assert_close(mine, theirs)


def test_mixture_far_in_the_tail_stays_finite() -> None:
    target = torch.tensor([[1e4]])
    logits, means, logs = torch.zeros(1, 2, 1), torch.tensor([[[0.0], [1.0]]]), torch.zeros(1, 2, 1)
    found = mixture_derivatives(target, logits, means, logs)
    assert float(found.log_density) == pytest.approx(-0.5 * (1e4 - 1) ** 2, rel=1e-4)
    assert all(bool(part.isfinite().all()) for part in found)


def dense(weights: Weights, given: int, inputs: torch.Tensor, slope: float) -> torch.Tensor:
    hidden = inputs[:, None, :, None] * weights.first[:, :, given, None, :] + weights.first_bias[:, :, None]
    hidden = torch.nn.functional.leaky_relu(hidden, slope)
    return hidden @ weights.second + weights.second_bias[:, :, None]


@pytest.mark.parametrize("slope", [0.0, 0.2])
def test_piecewise_perceptrons_are_dense_ones(slope: float, torch_rng: torch.Generator) -> None:
    weights = Weights(
        *(torch.randn(2, 3, *shape, generator=torch_rng, dtype=DOUBLE) for shape in ((4, 11), (11,), (11, 6), (6,)))
    )
    weights.first[0, 0, 1, :3] = 0.0  # neurons that never switch
    weights.first_bias[0, 0, :2] = torch.tensor([1.0, -1.0], dtype=DOUBLE)
    weights.first_bias[1, 2] = 0.0  # all switch at zero, as at the start of a training
    inputs = torch.randn(2, 2, 25, generator=torch_rng, dtype=DOUBLE).sort(-1).values
    table = piecewise(weights, given=slice(1, 3), slope=slope)
    pieces = table.find(inputs)
    outputs, slopes = table.evaluate(inputs, pieces)
    by_outputs = torch.randn(outputs.shape, generator=torch_rng, dtype=DOUBLE)

    plain = Weights(*(values.clone().requires_grad_() for values in weights))
    variable = inputs.clone().requires_grad_()
    expected = torch.stack([dense(plain, 1 + g, variable[:, g], slope) for g in range(2)], dim=2)
    torch.testing.assert_close(outputs, expected)
    by_inputs = torch.autograd.grad((expected * by_outputs).sum(), variable, retain_graph=True)[0]
    torch.testing.assert_close((slopes * by_outputs).sum((1, 4)), by_inputs)

    gradients = Weights(*(torch.zeros_like(values) for values in weights))
    accumulate_gradients(
        gradients,
        weights,
        inputs,
        by_outputs.unbind(1),
        below=table.count_below(pieces),
        given=slice(1, 3),
        slope=slope,
    )
    wanted = torch.autograd.grad((expected * by_outputs).sum(), list(plain))
    for mine, theirs in zip(gradients, wanted, strict=True):
        torch.testing.assert_close(mine, theirs)


def test_starting_weights_depend_on_their_own_stream() -> None:
    sets = []
    for seeds in ((3, 4), (4,)):
        weights = Weights.zeros(
            len(seeds), nets=3, components=5, hidden=8, outputs=20, dtype=torch.float32, device=torch.device("cpu")
        )
        initialise(weights, [torch.Generator().manual_seed(seed) for seed in seeds])
        sets.append(weights)
    assert torch.equal(sets[0].first[1], sets[1].first[0])
    assert not torch.equal(sets[0].first[0], sets[0].first[1])
    assert float(sets[0].second.abs().max()) <= (6 / 28) ** 0.5
    assert float(sets[0].second.abs().max()) > 0.9 * (6 / 28) ** 0.5


def test_entropies_are_those_of_gaussians(rng: np.random.Generator) -> None:
    root = rng.normal(size=(5, 5))
    found = root @ root.T
    weights = rank_weights(1e3, 5, LensRank(), like=torch.zeros(1, dtype=DOUBLE))
    joint = joint_entropy(torch.from_numpy(found)[None], weights, 0.0)
    assert float(joint) == pytest.approx(stats.multivariate_normal(cov=found).entropy() / 5)
    assert float(component_entropies(torch.tensor([4.0], dtype=DOUBLE), 0.0)) == pytest.approx(
        stats.norm(0, 2).entropy()
    )


def test_directions_without_variance_stay_finite() -> None:
    flat = torch.diag(torch.tensor([1.0, 1.0, 0.0])).requires_grad_()
    value = joint_entropy(flat, torch.ones(3), 1e-7)
    value.backward()
    assert bool(value.isfinite())
    assert flat.grad is not None
    assert bool(flat.grad.isfinite().all())


def test_rank_grows_from_the_first_component_to_all() -> None:
    like = torch.zeros(1, dtype=DOUBLE)
    settings = LensRank(gain=50.0)
    start, middle, end = (rank_weights(time, 33, settings, like=like) for time in (0.0, 0.5, 1.0))
    assert float(start[0]) == pytest.approx(0.5)
    assert float(start[5:].max()) < 1e-3
    assert float(middle[16]) == pytest.approx(0.5)
    assert float(middle[:10].min()) > 0.999
    assert float(middle[23:].max()) < 1e-3
    assert float(end[-1]) == pytest.approx(0.5)
    assert float(end[:-6].min()) > 0.999
    assert all(bool((weights.diff() <= 0).all()) for weights in (start, middle, end))
    # a rank of one third measures the largest third of the variances only
    found = torch.diag(torch.tensor([4.0] * 11 + [1e-3] * 22, dtype=DOUBLE))
    low = joint_entropy(found, rank_weights(0.15, 33, settings, like=like), 0.0)
    assert float(low) == pytest.approx(stats.norm(0, 2).entropy(), abs=1e-2)


def test_alignment_is_the_mean_correlation_of_neighbours(rng: np.random.Generator) -> None:
    place = np.arange(6)
    chain = torch.from_numpy(0.7 ** np.abs(place[:, None] - place))
    scale = torch.diag(torch.from_numpy(rng.uniform(0.1, 10, size=6)))
    assert float(alignment(scale @ chain @ scale)) == pytest.approx(-0.7)
    assert float(alignment(torch.eye(4))) == 0.0
    assert float(alignment(torch.ones(4, 4))) == pytest.approx(-1.0)


def test_covariance_of_a_batch(rng: np.random.Generator) -> None:
    x = rng.normal(size=(2, 50, 3)) + 5.0
    found = covariance(torch.from_numpy(x))
    np.testing.assert_allclose(found[1], np.cov(x[1].T, bias=True))


def test_divergence_of_shifted_gaussians() -> None:
    """Components N(0.3 i, 1) with their exact densities: every divergence of neighbours is 0.3^2 / 2."""
    quantiles = torch.from_numpy(stats.norm.ppf((np.arange(20_000) + 0.5) / 20_000))
    y = (quantiles[:, None] + 0.3 * torch.arange(5, dtype=DOUBLE))[None]
    streams = [torch.Generator().manual_seed(0)]
    estimators = MarginalEstimators(LensMarginal(kernels=1), components=5, streams=streams, dtype=DOUBLE)
    estimators.parameters[0, 1, 0] = 0.3 * torch.arange(5)
    estimators.parameters[0, 2] = 0.0
    verdict = estimators.judge(y)
    total, _ = divergence(verdict.mean_logs)
    assert float(total) == pytest.approx(0.3**2 / 2, rel=1e-3)
    assert float(-verdict.mean_logs[OWN].mean()) == pytest.approx(stats.norm.entropy(), rel=1e-3)


@pytest.mark.parametrize("axes", [1, 2])
def test_divergence_by_loops(axes: int, torch_rng: torch.Generator) -> None:
    n = 5
    logs = torch.randn(3, 2, *[n] * axes, generator=torch_rng, dtype=DOUBLE)
    total, slopes = divergence(logs)
    for seed in range(2):
        values = []
        for index in np.ndindex(*[n] * axes):
            if axes == 2 and index[0] == index[1]:
                continue
            parts = []
            for which, step in ((LOWER, -1), (UPPER, 1)):
                other = tuple(k + step for k in index)
                if all(0 <= k < n for k in other):
                    parts.append(max(0.0, float(logs[OWN, seed][index] - logs[which, seed][other])))
            if parts:
                values.append(np.mean(parts))
        assert len(values) == (n if axes == 1 else n * (n - 1) - 2)
        assert float(total[seed]) == pytest.approx(np.mean(values))
    variable = logs.clone().requires_grad_()
    torch.testing.assert_close(slopes, torch.autograd.functional.jacobian(lambda v: divergence(v)[0].sum(), variable))


def test_neighbours_are_one_component_further() -> None:
    values = torch.arange(5.0)[None]
    found = neighbour_targets(values, (-1,))
    assert found[LOWER, 0].tolist() == [1, 2, 3, 4, 0]
    assert found[UPPER, 0].tolist() == [4, 0, 1, 2, 3]


def test_perceptrons_see_one_component_of_each_sample(torch_rng: torch.Generator) -> None:
    streams = [torch.Generator().manual_seed(0)]
    settings = LensConditional(hidden_per_component=4)
    estimators = ConditionalEstimators(settings, components=4, streams=streams, dtype=DOUBLE)
    groups = torch.randn(1, 4, 10, 4, generator=torch_rng, dtype=DOUBLE)
    groups = torch.stack([groups[:, g, groups[0, g, :, g].argsort()] for g in range(4)], dim=1)
    before = estimators.judge(groups).mean_logs[OWN, 0]
    for g in range(4):
        for moved in set(range(4)) - {g}:
            changed = groups.clone()
            changed[0, g, :, moved] += 1.0
            after = estimators.judge(changed).mean_logs[OWN, 0]
            differs = after != before
            assert differs.nonzero().tolist() == [[g, moved]]


def test_estimators_learn_known_densities() -> None:
    """A Gaussian chain: entropies of components and of components given another one are known."""
    rho, n = 0.8, 3
    generator = torch.Generator().manual_seed(1)
    noise = torch.randn(3_000, n, generator=generator)
    x = [noise[:, 0]]
    for k in range(1, n):
        x.append(rho * x[-1] + (1 - rho**2) ** 0.5 * noise[:, k])
    y = torch.stack(x, dim=1)
    streams = [torch.Generator().manual_seed(0)]
    single = MarginalEstimators(LensMarginal(), components=n, streams=streams, dtype=torch.float32)
    pairs = ConditionalEstimators(LensConditional(), components=n, streams=streams, dtype=torch.float32)
    single.parameters.grad = single.gradients
    for weight, gradient in zip(pairs.weights, pairs.gradients, strict=True):
        weight.grad = gradient
    optimizer = torch.optim.Adam([single.parameters, *pairs.weights], lr=1e-2)
    groups = y.view(1, n, 1_000, n)
    groups = torch.stack([groups[:, g, groups[0, g, :, g].argsort()] for g in range(n)], dim=1)
    for _ in range(150):
        found = single.judge(y[None]), pairs.judge(groups)
        optimizer.step()
        single.constrain()
    assert float(-found[0].mean_logs[OWN].mean()) == pytest.approx(stats.norm.entropy(), abs=0.03)
    given = -found[1].mean_logs[OWN, 0]
    for (g, e), distance in {(0, 1): 1, (2, 1): 1, (0, 2): 2, (2, 0): 2}.items():
        expected = stats.norm(0, (1 - rho ** (2 * distance)) ** 0.5).entropy()
        assert float(given[g, e]) == pytest.approx(expected, abs=0.05), (g, e)


def test_marginal_bounds() -> None:
    y = 1e-4 * torch.randn(1, 200, 3, generator=torch.Generator().manual_seed(0))
    kept = {}
    for policy in ("projected", "dead"):
        streams = [torch.Generator().manual_seed(0)]
        settings = LensMarginal(bound_gradient=policy)  # type: ignore[arg-type]
        estimators = MarginalEstimators(settings, components=3, streams=streams, dtype=torch.float32)
        estimators.parameters[0, 2] = -6.0
        estimators.judge(y)
        assert bool((estimators.gradients[0, 2] == 0).all()) == (policy == "dead")
        estimators.constrain()
        kept[policy] = float(estimators.parameters[0, 2].max())
    assert kept == {"projected": -4.5, "dead": -6.0}


def cyclic_algebra(n: int) -> np.ndarray:
    """Antisymmetric matrix whose exponential is the cyclic shift of an odd number of components."""
    return np.asarray(np.real(logm(np.roll(np.eye(n), 1, axis=0))))


def test_convolution_of_a_cyclic_shift_is_a_permutation() -> None:
    n = 7
    algebra = torch.from_numpy(cyclic_algebra(n))[None]
    delta = torch.zeros(1, n, dtype=DOUBLE)
    delta[0, 3] = 1.0
    found = convolution_matrix(algebra, delta, padding=0, squarings=6)
    torch.testing.assert_close(found[0], torch.eye(n, dtype=DOUBLE), atol=1e-10, rtol=0)


@pytest.mark.parametrize(("n", "padding"), [(5, 5), (4, 2), (8, 0), (33, 3)])
def test_rows_of_the_convolution_are_powers_of_the_generator(n: int, padding: int, torch_rng: torch.Generator) -> None:
    size = n + 2 * padding
    algebra = 0.2 * torch.randn(2, size, size, generator=torch_rng, dtype=DOUBLE)
    filters = torch.randn(2, n, generator=torch_rng, dtype=DOUBLE)
    found = convolution_matrix(algebra, filters, padding=padding, squarings=5)
    for s in range(2):
        s_matrix = (algebra[s] - algebra[s].T) / 2
        long = torch.nn.functional.pad(filters[s], (padding, padding))
        for k in range(n):
            row = (torch.matrix_exp((k - (n - 1) / 2) * s_matrix) @ long)[padding : padding + n]
            torch.testing.assert_close(found[s, k], row, atol=1e-9, rtol=1e-9)


def test_group_starts_near_the_identity_with_a_random_filter() -> None:
    streams = [torch.Generator().manual_seed(seed) for seed in (0, 1)]
    group = LensGroupEnsemble(LensGroup(), components=9, streams=streams, dtype=DOUBLE)
    assert group.padding == 9
    assert group.generators().shape == (2, 9, 9)
    torch.testing.assert_close(group.generators()[0], torch.eye(9, dtype=DOUBLE), atol=1e-2, rtol=0)
    first, second = group.noisy_filter(0), group.noisy_filter(0)
    torch.testing.assert_close(first.norm(dim=1), torch.ones(2, dtype=DOUBLE))
    assert not torch.equal(first, second)
    with torch.no_grad():
        group.filter[:, 0] = 1.0
    assert float(group.noisy_filter(20_000)[0, 0].detach()) == pytest.approx(1.0, abs=1e-6)


def test_schedules() -> None:
    factors = learning_rate_factors(101, 0.1)
    assert factors[0] == 1.0
    assert factors[-1] == pytest.approx(0.1)
    assert factors[50] == pytest.approx(0.1**0.5)
    times = training_time(101, 0.1)
    assert times[-1] == pytest.approx(1.0)
    assert times[50] == pytest.approx(factors[:51].sum() / factors.sum())
    chosen = LensOptimisation(steps=1000, snapshots=4)
    assert snapshot_steps(chosen, 1000).tolist() == [0, 62, 250, 562, 1000]
    assert snapshot_steps(LensOptimisation(steps=3, snapshots=12), 3).tolist() == [0, 1, 2, 3]
    assert snapshot_steps(LensOptimisation(steps=3, snapshots=0), 3).tolist() == []
    assert LensOptimisation(epochs=2.5, batch=99).count_steps(1000) == 25
    assert LensOptimisation(steps=7).count_steps(1000) == 7
