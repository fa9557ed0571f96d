"""The parts of LieGAN: laws of coefficients, search spaces, actions, regularisers, discriminators."""

import numpy as np
import pytest
import torch
from torch import nn

from symscope.config.adversarial import (
    CosineRegularizer,
    Discriminator,
    FourierRegularizer,
    RelativeDifferenceRegularizer,
)
from symscope.config.discovery import (
    ChannelCorrelation,
    GeneratorSettings,
    IntegerGridLaw,
    MixtureLaw,
    NormalLaw,
    UniformLaw,
)
from symscope.discovery.actions import act, dimension
from symscope.discovery.adversary import Features, discriminator_loss, generator_loss, logit_derivatives
from symscope.discovery.batches import BatchStream
from symscope.discovery.coefficients import coefficients, draw_noise, initial_parameters
from symscope.discovery.convolution import ConvolutionEnsemble
from symscope.discovery.generator import GeneratorEnsemble
from symscope.discovery.masks import search_mask
from symscope.discovery.perceptron import PerceptronEnsemble
from symscope.discovery.regularizers import channel_correlation, entrywise_norm, similarity
from symscope.errors import ConfigError
from symscope.groups import known_algebra

F64 = torch.float64


def streams(*seeds):
    return [torch.Generator().manual_seed(seed) for seed in seeds]


def draw(law, steps=200, batch=500, channels=2):
    noise = draw_noise(law, streams(1, 2), steps=steps, batch=batch, channels=channels, dtype=F64)
    parameters = initial_parameters(law, 2, channels, F64)
    return torch.stack([coefficients(law, step, parameters) for step in noise])


@pytest.mark.parametrize(
    ("law", "mean", "variance"),
    [
        (NormalLaw(sigma=3.0), 0.0, 9.0),
        (NormalLaw(sigma=0.5, covariance="learned"), 0.0, 0.25),
        (UniformLaw(half_width=2.0), 0.0, 4.0 / 3.0),
        (IntegerGridLaw(maximum=10), 0.0, 110.0 / 3.0),
        (IntegerGridLaw(maximum=10, half_open=True), -0.5, 33.25),
        (MixtureLaw(components=3, spread=2.0, sigma=0.1), 0.0, 8.0 / 3.0 + 0.01),
    ],
)
def test_moments_of_every_law(law, mean, variance):
    values = draw(law)
    assert values.shape == (200, 2, 500, 2)
    assert values.mean().item() == pytest.approx(mean, abs=5 * (variance / values.numel()) ** 0.5)
    assert values.var().item() == pytest.approx(variance, rel=0.02)


def test_integer_grids_are_symmetric_unless_half_open():
    assert set(draw(IntegerGridLaw(maximum=3), steps=10).unique().tolist()) == {-3, -2, -1, 0, 1, 2, 3}
    assert set(draw(IntegerGridLaw(maximum=3, half_open=True), steps=10).unique().tolist()) == {-3, -2, -1, 0, 1, 2}


def test_learned_laws_have_gradients():
    for law in (NormalLaw(covariance="learned"), MixtureLaw(components=4)):
        parameters = {k: v.requires_grad_(True) for k, v in initial_parameters(law, 2, 3, F64).items()}
        noise = draw_noise(law, streams(1, 2), steps=1, batch=50, channels=3, dtype=F64)[0]
        (coefficients(law, noise, parameters) - 1.0).square().mean().backward()
        assert all(parameter.grad is not None and parameter.grad.abs().sum() > 0 for parameter in parameters.values())


def test_learned_covariance_is_that_of_the_scale_matrix():
    law = NormalLaw(covariance="learned")
    scale = torch.tensor([[2.0, 1.0], [0.0, 0.5]], dtype=F64)
    parameters = {"mean": torch.tensor([[1.0, -1.0]], dtype=F64), "scale": scale[None]}
    noise = draw_noise(law, streams(1), steps=1, batch=200_000, channels=2, dtype=F64)[0]
    values = coefficients(law, noise, parameters)[0]
    torch.testing.assert_close(torch.cov(values.T), scale.T @ scale, rtol=0.02, atol=0.02)
    torch.testing.assert_close(values.mean(0), parameters["mean"][0], rtol=0.02, atol=0.02)


def test_two_by_two_blocks():
    mask = search_mask("2x2", 6)
    assert mask.sum() == 12
    torch.testing.assert_close(mask, torch.block_diag(*[torch.ones(2, 2)] * 3).double())


def test_two_body_space_couples_positions_with_positions_only():
    mask = search_mask("4x4", 8)
    positions, momenta = [0, 1, 4, 5], [2, 3, 6, 7]
    assert mask.sum() == 32
    assert mask[np.ix_(positions, positions)].all()
    assert mask[np.ix_(momenta, momenta)].all()
    assert not mask[np.ix_(positions, momenta)].any()


def test_affine_custom_and_full_spaces():
    assert search_mask("full", 3).all()
    assert not search_mask("affine", 3)[-1].any()
    assert search_mask("affine", 3)[:-1].all()
    torch.testing.assert_close(search_mask([[0, 1], [1, 0]], 2), torch.tensor([[0.0, 1.0], [1.0, 0.0]], dtype=F64))


@pytest.mark.parametrize(("space", "dim"), [("2x2", 3), ("4x4", 6), ([[1, 0]], 2), ([], 2)])
def test_search_spaces_that_do_not_fit_are_refused(space, dim):
    with pytest.raises(ConfigError, match="search_space"):
        search_mask(space, dim)


def test_vectors_turn_and_originals_stay(torch_rng):
    x = torch.randn(2, 5, 3, 4, generator=torch_rng, dtype=F64)
    g = torch.randn(2, 5, 4, 4, generator=torch_rng, dtype=F64)
    before = x.clone()
    torch.testing.assert_close(act("vector", g, x), torch.einsum("sbij,sboj->sboi", g, x))
    assert act("trivial", g, x) is x
    torch.testing.assert_close(x, before, rtol=0, atol=0)


def test_complex_vectors_turn(torch_rng):
    x = torch.randn(1, 5, 2, 2, generator=torch_rng, dtype=torch.complex128)
    g = torch.linalg.matrix_exp(torch.from_numpy(known_algebra("su(2)")[:1])).expand(1, 5, 2, 2)
    moved = act("complex_vector", g, x)
    torch.testing.assert_close(moved.abs().square().sum(-1), x.abs().square().sum(-1))


def test_images_rotate_by_a_quarter_turn(torch_rng):
    images = torch.rand(1, 2, 1, 8, 8, generator=torch_rng, dtype=F64)
    turn = torch.tensor([[0.0, -1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]], dtype=F64).expand(1, 2, 3, 3)
    moved = act("image_grid", turn, images)
    candidates = [torch.rot90(images, k, dims=(-2, -1)) for k in (1, 3)]
    assert any(torch.allclose(moved, candidate, atol=1e-6) for candidate in candidates)
    torch.testing.assert_close(act("image_grid", torch.eye(3, dtype=F64).expand(1, 2, 3, 3), images), images)


@pytest.mark.parametrize(
    ("action", "shape", "dtype"),
    [("vector", (5, 4), F64), ("image_grid", (5, 8, 8), F64), ("complex_vector", (5, 1, 2), F64), ("vector", (5, 1, 2), torch.complex128)],
)  # fmt: skip
def test_samples_that_do_not_fit_their_action_are_refused(action, shape, dtype):
    with pytest.raises(ConfigError, match="action"):
        dimension(action, torch.zeros(shape, dtype=dtype))


def test_cosine_of_a_known_rotation(torch_rng):
    x = torch.randn(1, 100, 1, 2, generator=torch_rng, dtype=F64)
    turn = torch.linalg.matrix_exp(2.0 * torch.tensor([[0.0, 1.0], [-1.0, 0.0]], dtype=F64)).expand(1, 100, 2, 2)
    moved = act("vector", turn, x)
    expected = np.cos(2.0)
    for reduction, value in (("mean", expected), ("abs_of_mean", -expected), ("mean_of_abs", -expected)):
        assert similarity(CosineRegularizer(reduction=reduction), x, moved).item() == pytest.approx(value)
    half_and_half = torch.cat([x, -x], dim=1)
    assert (
        similarity(CosineRegularizer(reduction="abs_of_mean"), torch.cat([x, x], dim=1), half_and_half).item() < 1e-12
    )
    assert similarity(
        CosineRegularizer(reduction="mean_of_abs"), torch.cat([x, x], dim=1), half_and_half
    ).item() == pytest.approx(1)


def test_relative_difference_is_capped(torch_rng):
    x = torch.randn(1, 10, 2, 3, generator=torch_rng, dtype=F64)
    settings = RelativeDifferenceRegularizer(cap=0.5)
    assert similarity(settings, x, 1.2 * x).item() == pytest.approx(-0.2)
    assert similarity(settings, x, 9.0 * x).item() == pytest.approx(-0.5)


def test_fourier_similarity_sees_rotations_but_no_cyclic_shifts():
    stripes = torch.sin(torch.arange(16) * np.pi / 4).expand(1, 1, 1, 16, 16).to(F64)
    assert similarity(FourierRegularizer(), stripes, stripes.roll(3, dims=-1)).item() == pytest.approx(1)
    assert similarity(FourierRegularizer(), stripes, stripes.mT).item() < 1e-6


def test_channel_correlation_of_known_generators():
    lorentz = torch.from_numpy(known_algebra("so(1,3)"))[None]
    mask = torch.ones(4, 4, dtype=F64)
    for kind in ("cosine", "killing"):
        assert channel_correlation(ChannelCorrelation(kind=kind), lorentz, mask).item() == pytest.approx(0, abs=1e-12)
    same = torch.cat([lorentz[:, :1], -2.0 * lorentz[:, :1]], dim=1)
    assert channel_correlation(ChannelCorrelation(), same, mask).item() == pytest.approx(1)
    assert channel_correlation(ChannelCorrelation(times_dimension=True), same, mask).item() == pytest.approx(4)
    assert channel_correlation(ChannelCorrelation(kind="killing"), same, mask).item() == pytest.approx(1)
    assert entrywise_norm(same, 1.0).item() == pytest.approx(2.0 + 4.0)


def test_channel_correlation_with_and_without_the_search_space():
    basis = torch.ones(1, 2, 2, 2, dtype=F64)
    basis[0, 1, 0, 0] = -1.0
    basis[0, 1, 1] = -1.0
    mask = torch.tensor([[0.0, 1.0], [0.0, 0.0]], dtype=F64)
    assert channel_correlation(ChannelCorrelation(masked=True), basis, mask).item() == pytest.approx(1)
    assert channel_correlation(ChannelCorrelation(masked=False), basis, mask).item() == pytest.approx(0.5)


@pytest.mark.parametrize("kind", ["non_saturating", "saturating"])
def test_derivatives_of_both_losses(kind, torch_rng):
    real, fake = (torch.randn(2, 6, generator=torch_rng, dtype=F64, requires_grad=True) for _ in range(2))
    by_real, by_fake = torch.autograd.grad(discriminator_loss(real, fake).sum(), (real, fake))
    by_generator = torch.autograd.grad(generator_loss(fake, kind).sum(), fake)[0]
    mine = logit_derivatives(real.detach(), fake.detach(), kind)
    torch.testing.assert_close(mine[0], by_real)
    torch.testing.assert_close(mine[1], by_fake)
    torch.testing.assert_close(mine[1] * mine[2], by_generator)


def reference_network(ensemble, seed, settings):
    """The same network as a plain torch module."""
    parts = []
    for layer in ensemble.layers:
        linear = nn.Linear(layer.weight.shape[-1], layer.weight.shape[-2], dtype=F64)
        with torch.no_grad():
            linear.weight.copy_(layer.weight[seed])
            linear.bias.copy_(layer.bias[seed, 0])
        parts += [linear, nn.LeakyReLU(settings.slope)]
    return nn.Sequential(*parts[:-1])


@pytest.mark.parametrize(
    "settings",
    [
        Discriminator(hidden=7, layers=2, label_embedding=3),
        Discriminator(hidden=5, layers=1, label_embedding=3),
        Discriminator(hidden=6, layers=3, label_embedding=2, features="quadratic", gradient_penalty=0.7),
        Discriminator(hidden=6, layers=2, label_embedding=2, gradient_penalty=1.3),
    ],
)
@pytest.mark.parametrize("kind", ["non_saturating", "saturating"])
def test_hand_written_derivatives_agree_with_autograd(settings, kind, torch_rng):
    batch, n_inputs = 9, 4
    ensemble = PerceptronEnsemble(
        settings, n_inputs=n_inputs, n_extra=2, n_classes=3, streams=streams(5, 6), dtype=F64, hidden_dtype=F64
    )
    real, fake = (torch.randn(2, batch, n_inputs, generator=torch_rng, dtype=F64) for _ in range(2))
    extra = torch.randn(2, batch, 2, generator=torch_rng, dtype=F64)
    labels = torch.randint(0, 3, (2, batch), generator=torch_rng)
    classes = nn.functional.one_hot(labels, 3).to(F64)
    verdict = ensemble.judge(Features(real, extra, classes), Features(fake, extra, classes), kind)
    for seed in range(2):
        network = reference_network(ensemble, seed, settings)
        embedding = ensemble.embedding[seed].clone().requires_grad_(True)
        moved = fake[seed].clone().requires_grad_(True)

        def features(samples, network=network, embedding=embedding, seed=seed):
            parts = [samples]
            if settings.features == "quadratic":
                rows, columns = torch.triu_indices(n_inputs, n_inputs)
                parts.append(samples[:, rows] * samples[:, columns])
            seen = torch.cat(parts, dim=-1)
            return seen, network(torch.cat([seen, extra[seed], embedding[labels[seed]]], dim=-1))[:, 0]

        def logits(seen, network=network, embedding=embedding, seed=seed):
            return network(torch.cat([seen, extra[seed], embedding[labels[seed]]], dim=-1))[:, 0]

        seen_real, real_logits = features(real[seed])
        fake_logits = features(moved)[1]
        loss = discriminator_loss(real_logits[None], fake_logits[None]).sum()
        if settings.gradient_penalty > 0:
            leaf = seen_real.detach().requires_grad_(True)
            slope = torch.autograd.grad(logits(leaf).sum(), leaf, create_graph=True)[0]
            loss = loss + 0.5 * settings.gradient_penalty * slope.square().sum(1).mean()
        wanted = [*network.parameters(), embedding]
        expected = torch.autograd.grad(loss, wanted, retain_graph=True, allow_unused=True)
        mine = [part for layer in ensemble.layer_gradients for part in (layer.weight[seed], layer.bias[seed, 0])]
        mine.append(ensemble.embedding_gradient[seed])
        for got, want in zip(mine, expected, strict=True):
            torch.testing.assert_close(got, torch.zeros_like(got) if want is None else want)
        by_samples = torch.autograd.grad(generator_loss(fake_logits[None], kind).sum(), moved)[0]
        torch.testing.assert_close(verdict.gradient[seed], by_samples)
        torch.testing.assert_close(verdict.real[seed], real_logits)


def test_half_precision_changes_the_gradients_little(torch_rng):
    settings = Discriminator(hidden=64)
    make = {"n_inputs": 8, "n_extra": 0, "n_classes": 2, "dtype": torch.float32}
    exact = PerceptronEnsemble(settings, **make, streams=streams(1), hidden_dtype=torch.float32)
    rough = PerceptronEnsemble(settings, **make, streams=streams(1), hidden_dtype=torch.bfloat16)
    classes = nn.functional.one_hot(torch.randint(0, 2, (1, 32), generator=torch_rng), 2).float()
    real, fake = (Features(torch.randn(1, 32, 8, generator=torch_rng), None, classes) for _ in range(2))
    gradients = [ensemble.judge(real, fake, "non_saturating").gradient for ensemble in (exact, rough)]
    assert nn.functional.cosine_similarity(*[g.flatten() for g in gradients], dim=0) > 0.999
    assert nn.functional.cosine_similarity(exact.gradients, rough.gradients).item() > 0.999


def test_convolutions_of_an_ensemble_are_those_of_its_members(torch_rng):
    settings = Discriminator(kind="conv", filters=[3, 4], label_embedding=2)
    make = {"shape": (1, 8, 8), "n_extra": 0, "n_classes": 2, "dtype": F64}
    both = ConvolutionEnsemble(settings, **make, streams=streams(1, 2))
    images = torch.randn(2, 6, 1, 8, 8, generator=torch_rng, dtype=F64)
    moved = torch.randn(2, 6, 1, 8, 8, generator=torch_rng, dtype=F64)
    classes = nn.functional.one_hot(torch.randint(0, 2, (2, 6), generator=torch_rng), 2).to(F64)
    verdict = both.judge(Features(images, None, classes), Features(moved, None, classes), "non_saturating")
    for seed in range(2):
        alone = ConvolutionEnsemble(settings, **make, streams=streams(seed + 1))
        part = slice(seed, seed + 1)
        single = alone.judge(
            Features(images[part], None, classes[part]), Features(moved[part], None, classes[part]), "non_saturating"
        )
        torch.testing.assert_close(single.gradient[0], verdict.gradient[seed])
        torch.testing.assert_close(alone.gradients[0], both.gradients[seed])
        torch.testing.assert_close(single.real[0], verdict.real[seed])


@pytest.mark.parametrize("kind", ["non_saturating", "saturating"])
def test_one_pass_through_convolutions_gives_both_gradients(kind, torch_rng):
    """Against each loss differentiated by itself."""
    settings = Discriminator(kind="conv", filters=[3, 4], label_embedding=2)
    ensemble = ConvolutionEnsemble(settings, shape=(1, 8, 8), n_extra=0, n_classes=2, streams=streams(1, 2), dtype=F64)
    real, fake = (torch.randn(2, 6, 1, 8, 8, generator=torch_rng, dtype=F64) for _ in range(2))
    classes = nn.functional.one_hot(torch.randint(0, 2, (2, 6), generator=torch_rng), 2).to(F64)
    verdict = ensemble.judge(Features(real, None, classes), Features(fake, None, classes), kind)
    parameters, moved = ensemble.parameters.clone().requires_grad_(), fake.clone().requires_grad_()
    on_real, on_fake = (torch.sigmoid(ensemble.logits(parameters, x, None, classes)) for x in (real, moved))
    by_hand = -(on_real.log() + (1 - on_fake).log()).mean(1).sum() / 2
    torch.testing.assert_close(ensemble.gradients, torch.autograd.grad(by_hand, parameters, retain_graph=True)[0])
    loss = -on_fake.log() if kind == "non_saturating" else (1 - on_fake).log()
    torch.testing.assert_close(verdict.gradient, torch.autograd.grad(loss.mean(1).sum(), moved)[0])


def test_images_too_small_for_the_convolutions_are_refused():
    with pytest.raises(ConfigError, match="filters"):
        ConvolutionEnsemble(
            Discriminator(kind="conv", filters=[4, 4, 4]), shape=(1, 4, 4), n_extra=0, n_classes=0, streams=streams(1), dtype=F64
        )  # fmt: skip


@pytest.mark.parametrize("constraint", ["unit", "orthonormal"])
@pytest.mark.parametrize("is_complex", [False, True])
def test_constraints_hold_after_a_step(constraint, is_complex, torch_rng):
    ensemble = GeneratorEnsemble(
        GeneratorSettings(channels=3, constraint=constraint, search_space="affine"),
        NormalLaw(),
        dim=3,
        streams=streams(1, 2),
        dtype=F64,
        is_complex=is_complex,
    )
    with torch.no_grad():
        kick = torch.randn(ensemble.basis.shape, generator=torch_rng, dtype=ensemble.basis.dtype)
        ensemble.basis.add_(0.01 * kick)
    ensemble.constrain()
    rows = (torch.view_as_real(ensemble.basis) if is_complex else ensemble.basis).flatten(2)
    gram = rows @ rows.mT
    wanted = torch.eye(3, dtype=F64).expand(2, 3, 3)
    if constraint == "unit":
        gram = gram * wanted
    torch.testing.assert_close(gram, wanted, rtol=0, atol=1e-6)
    assert not ensemble.basis[:, :, -1].any()


def test_more_orthonormal_channels_than_free_entries_are_refused():
    settings = GeneratorSettings(channels=3, constraint="orthonormal", search_space=[[0, 1], [1, 0]])
    with pytest.raises(ConfigError, match="at most 2 channels"):
        GeneratorEnsemble(settings, NormalLaw(), dim=2, streams=streams(1), dtype=F64, is_complex=False)


def test_channels_open_one_after_the_other():
    settings = GeneratorSettings(channels=3, incremental=True)
    ensemble = GeneratorEnsemble(settings, NormalLaw(), dim=2, streams=streams(1), dtype=F64, is_complex=False)
    noise = torch.randn(1, 4, 3, 1, dtype=F64, generator=streams(3)[0])
    ensemble.open_channel(0)
    first = torch.linalg.matrix_exp(noise[..., 0, :, None] * ensemble.basis[:, :1])
    torch.testing.assert_close(ensemble.elements(noise), first, rtol=1e-6, atol=1e-6)
    ensemble.open_channel(2)
    assert ensemble.active.tolist() == [1.0, 1.0, 1.0]


def test_batches_cover_the_samples_once_a_pass_in_another_order_for_each_seed():
    batches = BatchStream(10, 3, streams(1, 2))
    passes = [torch.cat([batches.next() for _ in range(3)], dim=1) for _ in range(2)]
    for indices in passes:
        assert all(len(row.unique()) == 9 for row in indices)
    assert not torch.equal(passes[0][0], passes[0][1])
    assert not torch.equal(passes[0], passes[1])
