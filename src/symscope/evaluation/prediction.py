"""Errors of a trained predictor on windows that it has not seen, and how equivariant it is."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import torch
from jaxtyping import Float
from numpy import ndarray
from torch import Tensor

from symscope.config.prediction import Augmentation, MlpModel, PredictorEvaluation, predictor_model
from symscope.device import resolve_device
from symscope.errors import DataError
from symscope.models.emlp.network import Emlp
from symscope.training.augmentation import Symmetry, draw_elements, unit_generators
from symscope.training.predictor_networks import Predictor, rebuild_predictor
from symscope.training.predictor_result import TrainedPredictor
from symscope.training.predictors import WindowsLike

_CHUNK = 2048


class PredictorScores(NamedTuple):
    """Numbers of one model, each with leading axis seed; errors in the unit of the data squared."""

    seeds: list[int]
    mse: Float[ndarray, " seed"]
    """Mean squared error over windows, components and future steps of the test windows."""
    train_mse: Float[ndarray, " seed"]
    """The same for the training windows; NaN where none are given."""
    mse_by_step: Float[ndarray, "seed future"]
    """Test error of each future step."""
    equivariance_error: Float[ndarray, " seed"]
    """Median over group elements of |f(g x) - g f(x)| / |g f(x)| (root mean squares over test windows), for the symmetry
    that the model uses; NaN where it uses none."""
    truth_equivariance_error: Float[ndarray, " seed"]
    """The same for the true symmetry; NaN where none is given."""
    ranks: list[int] | None
    n_parameters: list[int]
    seconds: float
    steps: int

    def as_records(self) -> list[dict[str, Any]]:
        """One mapping a seed, of plain values; what was not measured is None."""
        return [
            {
                "seed": seed,
                "mse": _plain(self.mse[k]),
                "train_mse": _plain(self.train_mse[k]),
                "mse_by_step": [_plain(value) for value in self.mse_by_step[k]],
                "equivariance_error": _plain(self.equivariance_error[k]),
                "truth_equivariance_error": _plain(self.truth_equivariance_error[k]),
                "rank": None if self.ranks is None else self.ranks[k],
                "n_parameters": self.n_parameters[k],
                "seconds": self.seconds,
                "steps": self.steps,
            }
            for k, seed in enumerate(self.seeds)
        ]


def evaluate_predictor(
    trained: TrainedPredictor,
    test: WindowsLike,
    *,
    train: WindowsLike | None = None,
    truth: Float[ndarray, "c d d"] | None = None,
    settings: PredictorEvaluation,
    seed: int = 0,
    device: str = "cpu",
) -> PredictorScores:
    """Predict the test windows with all seeds of a model.

    Parameters
    ----------
    trained
        The model. One that is trained with augmentation predicts as its settings say: the mean over some g of
        rho(g^-1) f(rho(g) x), equation (11).
    test, train
        Windows; of the training windows the first 4000 are used.
    truth
        Generators of the true symmetry, acting on a state.
    settings
        What to measure.
    seed
        Seed of the random group elements.
    device
        Where to compute.

    Raises
    ------
    DataError
        Where the windows are not those of the model.
    """
    predictor = rebuild_predictor(trained).to(resolve_device(device))
    model = predictor_model(trained.model)
    augmentation = model.augmentation if isinstance(model, MlpModel) and model.use == "augmentation" else None
    _check(trained, test)
    streams = [torch.Generator().manual_seed(_mixed(seed, own)) for own in trained.seeds]
    errors = _errors(predictor, test, augmentation, streams)
    train_mse = np.full(len(trained.seeds), np.nan)
    if train is not None:
        train_mse = _errors(predictor, train, augmentation, streams, stop=4000).mean(axis=1)
    few = torch.as_tensor(np.asarray(test.x[: settings.windows]))
    own = None if predictor.symmetry is None else _on_states(predictor.symmetry, predictor)
    truth_symmetry = None
    if truth is not None:
        stack = torch.from_numpy(np.stack([truth] * len(trained.seeds)))
        truth_symmetry = Symmetry(unit_generators(stack), stack[:, :0])
    return PredictorScores(
        seeds=list(trained.seeds),
        mse=errors.mean(axis=1),
        train_mse=train_mse,
        mse_by_step=errors,
        equivariance_error=_equivariance_error(predictor, few, own, settings, streams),
        truth_equivariance_error=_equivariance_error(predictor, few, truth_symmetry, settings, streams),
        ranks=trained.ranks,
        n_parameters=list(trained.n_parameters),
        seconds=trained.seconds,
        steps=trained.steps,
    )


@torch.no_grad()
def predict(
    predictor: Predictor,
    x: Float[Tensor, "n past d"],
    *,
    augmentation: Augmentation | None = None,
    streams: Sequence[torch.Generator] = (),
    n_seeds: int,
) -> Float[Tensor, "seed n future d"]:
    """Continue trajectories with every seed's network.

    Parameters
    ----------
    predictor
        Networks.
    x
        Past states in the unit of the data.
    augmentation
        Where given, predictions with `copies` random group elements are averaged (equation 11).
    streams
        Random streams of the group elements, one for each seed.
    n_seeds
        Number of seeds.
    """
    frame = predictor.frame
    outputs = []
    for piece in torch.split(x.to(frame.enter), _CHUNK):
        past = piece.expand(n_seeds, *piece.shape)
        if augmentation is None or augmentation.copies == 0 or predictor.symmetry is None:
            outputs.append(predictor(past))
            continue
        total = torch.zeros(())
        for _ in range(augmentation.copies):
            drawn = draw_elements(predictor.symmetry, augmentation, len(piece), streams)
            total = total + predictor(past @ drawn.forward.mT) @ drawn.inverse.mT
        outputs.append(total / augmentation.copies)
    return torch.cat(outputs, dim=1)


def _errors(
    predictor: Predictor,
    windows: WindowsLike,
    augmentation: Augmentation | None,
    streams: list[torch.Generator],
    stop: int | None = None,
) -> Float[ndarray, "seed future"]:
    """Mean squared errors of each seed and future step."""
    x, y = (torch.as_tensor(np.asarray(values[:stop])) for values in (windows.x, windows.y))
    out = predict(predictor, x, augmentation=augmentation, streams=streams, n_seeds=len(streams)).double().cpu()
    return (out - y.double()).square().mean(dim=(1, 3)).numpy()


def _on_states(symmetry: Symmetry, predictor: Predictor) -> Symmetry:
    """Make a symmetry act on states, also where the network works in coordinates of the span."""
    generators, elements = (part.double().cpu() for part in symmetry)
    enter, leave = predictor.frame.enter.double().cpu(), predictor.frame.leave.double().cpu()
    if not isinstance(predictor.network, Emlp):
        return Symmetry(generators, elements)
    rest = torch.eye(len(enter), dtype=enter.dtype) - (enter @ leave).mT
    return Symmetry(leave.mT @ generators @ enter.mT, leave.mT @ elements @ enter.mT + rest)


@torch.no_grad()
def _equivariance_error(
    predictor: Predictor,
    x: Float[Tensor, "n past d"],
    symmetry: Symmetry | None,
    settings: PredictorEvaluation,
    streams: list[torch.Generator],
) -> Float[ndarray, " seed"]:
    if symmetry is None:
        return np.full(len(streams), np.nan)
    law = Augmentation(law="generators" if symmetry.generators.shape[1] else "elements", sigma=settings.sigma)
    like = predictor.frame.enter
    drawn = draw_elements(symmetry, law, settings.transformations, streams).forward.to(like)
    past = x.to(like).expand(len(streams), *x.shape)
    plain = predictor(past)
    ratios = []
    for k in range(settings.transformations):
        g = drawn[:, k, None].mT
        expected = plain @ g
        wrong = predictor(past @ g) - expected
        ratios.append(wrong.double().square().sum(dim=(1, 2, 3)) / expected.double().square().sum(dim=(1, 2, 3)))
    return torch.stack(ratios).median(dim=0).values.sqrt().cpu().numpy()


def _check(trained: TrainedPredictor, windows: WindowsLike) -> None:
    dim = trained.frame[0].shape[0]
    found = np.shape(windows.x)[1:], np.shape(windows.y)[1:]
    wanted = (trained.past, dim), (trained.future, dim)
    if found != wanted:
        raise DataError(f"windows have shapes {found}, and the predictor was trained on {wanted}; cut them alike")


def _mixed(seed: int, own: int) -> int:
    return int(np.random.SeedSequence((seed, own)).generate_state(1)[0])


def _plain(value: Any) -> float | None:
    return None if np.isnan(value) else float(value)
