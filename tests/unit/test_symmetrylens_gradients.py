"""One training step of the paper's SymmetryLens against autograd of a plain implementation, in double precision."""

from typing import Any

import pytest
import torch
from tests.makers.plain_lens import PlainLens
from torch import Tensor

from symscope.config.symmetrylens import SymmetryLensPublished
from symscope.discovery.symmetrylens.published import conditional, marginal
from symscope.discovery.symmetrylens.published.trainer import HISTORY_TERMS, LensTrainer


def make_trainer(x: Tensor, plains: list[PlainLens], noise: Tensor, *, steps: int) -> LensTrainer:
    """Trainer with the parameters of plain models, one a seed, whose next batch is `x` in its order."""
    settings = plains[0].settings
    streams = [torch.Generator().manual_seed(k) for k in range(len(plains))]
    trainer = LensTrainer(settings, x[0], streams=streams, steps=steps, batch=x.shape[1])
    for s, plain in enumerate(plains):
        values = {name: value.detach() for name, value in plain.parameters.items()}
        with torch.no_grad():
            trainer.group.algebra[s] = values["algebra"]
            trainer.group.filter[s] = values["filter"]
        for k, name in enumerate(("logits", "means", "log_variances")):
            trainer.marginal.parameters[s, k] = values[name]
        for part, name in zip(
            trainer.conditional.weights, ("first", "first_bias", "second", "second_bias"), strict=True
        ):
            for net in range(3):
                part[s, net] = values[f"{name} {net}"]
    trainer._batch = lambda: x  # type: ignore[method-assign]

    def noisy(step: int) -> Tensor:
        psi = trainer.group.filter + noise
        return psi / psi.norm(dim=-1, keepdim=True)

    trainer.group.noisy_filter = noisy  # type: ignore[method-assign]
    return trainer


CASES: dict[str, dict[str, Any]] = {
    "paper": {"n": 5},
    "even length": {"n": 4},
    "published": {"n": 5, "conditional": {"mean_output": "leaky", "neighbour_samples": "shifted"}},
    "no padding": {"n": 6, "group": {"padding": 0}},
    "uneven shares": {"n": 5, "weights": {"marginal_share": 0.3, "conditional_share": 1.1, "alignment": 0.2}},
    "three components": {"n": 3, "group": {"padding": 2}},
}


@pytest.mark.parametrize("block", [1_000, 12_000, 1_000_000])
@pytest.mark.parametrize("case", CASES)
def test_a_step_has_the_losses_and_gradients_of_the_plain_model(
    case: str, block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conditional, "BLOCK", block)  # one pair of seed and component at a time, some, or all at once
    monkeypatch.setattr(marginal, "BLOCK", block)
    choices = dict(CASES[case])
    n = choices.pop("n")
    changes = {"conditional": {"hidden_per_component": 3}, "group": {}}
    changes = {key: {**changes.get(key, {}), **choices.get(key, {})} for key in {*changes, *choices}}
    settings = SymmetryLensPublished.model_validate(
        {**changes, "optimisation": {"steps": 3, "log_every": 1}, "precision": "float64"}
    )
    torch.manual_seed(5)
    padding = n if settings.group.padding is None else settings.group.padding
    plains = [PlainLens(settings, n, padding, torch.float64) for _ in range(2)]
    mixing = torch.randn(n, n, dtype=torch.float64)
    x = (
        torch.randn(2, 24 * n, n, dtype=torch.float64) @ mixing
        + 0.3 * torch.randn(2, 24 * n, n, dtype=torch.float64) ** 3
    )
    noise = 0.1 * torch.randn(2, n, dtype=torch.float64)
    trainer = make_trainer(x, plains, noise, steps=3)
    time = float(trainer.times[0])
    trainer.advance()
    for s, plain in enumerate(plains):
        model, estimators, terms = plain.losses(x[s], noise[s], time)
        for name, value in terms.items():
            assert float(trainer.history[0, HISTORY_TERMS.index(name), s]) == pytest.approx(value, rel=1e-8), name
        assert terms["conditional_uniformity"] > 0
        for mine, theirs in zip(
            (trainer.group.algebra.grad, trainer.group.filter.grad),
            torch.autograd.grad(model, plain.group(), retain_graph=True),
            strict=True,
        ):
            torch.testing.assert_close(mine[s], theirs, rtol=1e-7, atol=1e-9)
        found = torch.autograd.grad(estimators, plain.estimators())
        theirs = dict(zip(list(plain.parameters)[2:], found, strict=True))
        for k, name in enumerate(("logits", "means", "log_variances")):
            torch.testing.assert_close(trainer.marginal.gradients[s, k], theirs[name], rtol=1e-7, atol=1e-10)
        for part, name in zip(
            trainer.conditional.gradients, ("first", "first_bias", "second", "second_bias"), strict=True
        ):
            for net in range(3):
                torch.testing.assert_close(part[s, net], theirs[f"{name} {net}"], rtol=1e-7, atol=1e-10)


def test_single_precision_agrees_with_double() -> None:
    """The tables of sums lose no more than rounding, with the neurons of a training at n = 33."""
    torch.manual_seed(2)
    gradients = []
    x = torch.randn(1, 33 * 40, 33, dtype=torch.float64)
    noise = 0.1 * torch.randn(1, 33, dtype=torch.float64)
    for precision, dtype in (("float64", torch.float64), ("float32", torch.float32)):
        settings = SymmetryLensPublished.model_validate({"optimisation": {"steps": 3}, "precision": precision})
        torch.manual_seed(3)
        plain = PlainLens(settings, 33, 4, torch.float64)
        plain.settings = settings.model_copy(update={"group": settings.group.model_copy(update={"padding": 4})})
        trainer = make_trainer(x.to(dtype), [plain], noise.to(dtype), steps=3)
        trainer.advance()
        parts = [*trainer.conditional.gradients, trainer.marginal.gradients, trainer.group.algebra.grad]
        gradients.append([part.to(torch.float64).flatten() for part in parts])
    for double, single in zip(*gradients, strict=True):
        assert float((double - single).norm() / double.norm()) < 1e-3
