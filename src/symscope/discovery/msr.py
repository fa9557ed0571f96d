"""MSR: which weights of a layer are shared, meta-learned over many small tasks (Zhou, Knowles and Finn 2021).

The layer is linear, y = W x, with W = U v; U is common to all tasks. The gradient by v is written out, so that the inner loop is
a few batched products and the outer gradient passes through it.
"""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor

from symscope.config.msr import Msr
from symscope.discovery.batches import BatchStream
from symscope.discovery.logbook import Logbook, falling_rate
from symscope.discovery.polarisation import count_each
from symscope.discovery.samples import Samples
from symscope.discovery.trainer import EnsembleTrainer, first_of_each
from symscope.errors import ConfigError


class UsedWeights(NamedTuple):
    """The space of weights that adapted layers use."""

    values: Float[Tensor, "seed free"]
    """Root mean square over the tasks of the weights along each direction, falling."""
    basis: Float[Tensor, "seed free m d"]
    """The directions, orthonormal."""
    number: Int[Tensor, " seed"]
    """How many of them are used."""


class MsrTrainer(EnsembleTrainer):
    """Symmetry matrices of an ensemble in training.

    Parameters
    ----------
    settings
        The method's settings.
    samples
        Tasks of one layer each, with real vectors x and y.
    streams
        One random stream for each seed.

    Raises
    ------
    ConfigError
        For samples of another kind, and for fewer tasks than a batch has.
    """

    def __init__(self, settings: Msr, samples: Samples, *, streams: list[torch.Generator]) -> None:
        if samples.is_complex or samples.x_action != "vector" or samples.y_action != "trivial" or samples.n_classes:
            raise ConfigError(
                "method 'msr' learns which weights of linear layers are shared: x must be real vectors, and y real numbers without "
                "an action of their own"
            )
        chosen = settings.optimisation
        if chosen.batch > samples.tasks:
            raise ConfigError(
                f"optimisation.batch asks for {chosen.batch} tasks in each update, and the samples hold {samples.tasks}; lower it"
            )
        steps = chosen.count_steps(samples.tasks)
        x, y = samples.x.flatten(1), samples.y.flatten(1)
        self.x, self.y = (values.reshape(samples.tasks, -1, values.shape[1]) for values in (x, y))
        self.settings = settings
        self.first = min(max(1, round(settings.inner.support * self.x.shape[1])), self.x.shape[1] - 1)
        self.shape = (y.shape[1], x.shape[1])
        size, dtype, device = y.shape[1] * x.shape[1], x.dtype, x.device
        std = x.shape[1] ** -0.5
        shape = (size + 1, settings.free)
        starts = [std * torch.randn(shape, generator=stream, dtype=dtype, device=device) for stream in streams]
        both = torch.stack(starts)
        self.symmetry = both[:, :-1].clone().requires_grad_(True)
        self.start = both[:, -1].clone().requires_grad_(True)
        rates = torch.full((len(streams), settings.inner.steps), settings.inner.rate, dtype=dtype, device=device)
        self.log_rates = rates.log().requires_grad_(True)
        players = [self.symmetry, self.start, self.log_rates]
        none = x.new_zeros(len(streams), 0, x.shape[1], x.shape[1])
        super().__init__(
            steps=steps,
            streams=streams,
            batches=BatchStream(samples.tasks, chosen.batch, streams),
            players=players,
            optimizers=(torch.optim.Adam(players, lr=chosen.lr, fused=True),),
            logbook=Logbook(("loss",), none, steps=steps, every=chosen.log_every, average_from=1.0),
        )

    def draw(self, steps: int) -> Sequence[Tensor]:
        """Nothing is random but the order of the tasks."""
        return [self.x.new_empty(0)] * steps

    def step(self, noise: Tensor) -> None:  # noqa: ARG002 - there is none
        """One update over a batch of tasks."""
        chosen = self.settings.optimisation
        indices = self.batches.next()
        x, y = self.x[indices], self.y[indices]
        weights = self.adapt(x[:, :, : self.first], y[:, :, : self.first])
        residual = x[:, :, self.first :] @ weights.mT - y[:, :, self.first :]
        share = falling_rate(self.step_index, self.steps, start=chosen.decay_start, end=0.0)
        self.descend(residual.square().flatten(1).mean(1), rate=chosen.lr * share)

    def adapt(
        self, x: Float[Tensor, "seed task n d"], y: Float[Tensor, "seed task n m"]
    ) -> Float[Tensor, "seed task m d"]:
        """Weights of each task after the inner loop: gradient descent on half the squared error, summed over the outputs."""
        moments, products = x.mT @ x / x.shape[2], y.mT @ x / x.shape[2]
        free = self.start[:, None].expand(-1, x.shape[1], -1)
        for k in range(self.settings.inner.steps):
            weights = self._weights(free)
            gradient = (weights @ moments - products).flatten(2) @ self.symmetry
            free = free - self.log_rates[:, k].exp()[:, None, None] * gradient
        return self._weights(free)

    def _weights(self, free: Float[Tensor, "seed task free"]) -> Float[Tensor, "seed task m d"]:
        return (free @ self.symmetry.mT).view(*free.shape[:2], *self.shape)

    @torch.no_grad()
    def used(self) -> UsedWeights:
        """Space of the weights that all tasks use, after they adapted."""
        x, y = (values[:, : self.first].expand(len(self.streams), -1, -1, -1) for values in (self.x, self.y))
        weights = self.adapt(x, y).double().flatten(2)
        _, singular, basis = torch.linalg.svd(weights, full_matrices=False)
        free = min(self.settings.free, singular.shape[1])
        values = singular[:, :free] / weights.shape[1] ** 0.5
        unused = count_each(values.flip(1), largest=self.settings.largest)
        return UsedWeights(values, basis[:, :free].reshape(len(basis), free, *self.shape), free - unused)

    @property
    def learns_elements(self) -> bool:
        """The matrix that shares the weights is a group element."""
        return True

    def spectrum(self) -> Float[Tensor, "seed free"]:
        """Size of the weights along each direction."""
        return self.used().values.flip(1)

    def shared_weights(self) -> Float[Tensor, "seed free m d"]:
        """Basis of the weights that each seed found; zero where a seed uses fewer directions than another."""
        found = self.used()
        return first_of_each(found.basis, found.number)

    def learned(self) -> Float[Tensor, "seed 1 d d"]:
        """Give the group element that shares the weights."""
        return orbit_element(self.shared_weights())[:, None]


def orbit_element(weights: Float[Tensor, "seed free m d"]) -> Float[Tensor, "seed d d"]:
    """Give the matrix R by which row j + 1 of every matrix of weights follows from row j, and the first from the last.

    By least squares. Where the rows are no orbit of one matrix this is not a group element, and its powers do not return to 1.
    """
    rows = weights.flatten(1, 2)
    following = weights.roll(-1, dims=2).flatten(1, 2)
    solution: Tensor = torch.linalg.pinv(rows) @ following
    return solution
