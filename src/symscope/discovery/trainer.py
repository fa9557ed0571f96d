"""What all discoveries of matrices have in common while they train."""

from abc import abstractmethod
from collections.abc import Sequence

import torch
from jaxtyping import Float, Int
from torch import Tensor

from symscope.discovery.batches import BatchStream
from symscope.discovery.logbook import Logbook
from symscope.discovery.loop import ResumableLoop

NOISE_BLOCK = 64
"""Steps for which random coefficients are drawn at once; a matter of speed alone."""


class EnsembleTrainer(ResumableLoop):
    """Trains all seeds of an ensemble together, in blocks of steps that can be interrupted.

    Parameters
    ----------
    steps
        Number of updates.
    streams
        One random stream for each seed.
    batches
        The order of the samples.
    players
        All tensors that are trained; they are restored in place.
    optimizers
        What trains them.
    logbook
        What is kept of the training.
    """

    def __init__(
        self,
        *,
        steps: int,
        streams: list[torch.Generator],
        batches: BatchStream,
        players: Sequence[Tensor],
        optimizers: tuple[torch.optim.Optimizer, ...],
        logbook: Logbook,
    ) -> None:
        super().__init__(steps=steps, streams=streams, batches=batches, optimizers=optimizers)
        self.players = list(players)
        self.logbook = logbook

    def advance(self) -> None:
        """Train up to the next multiple of the block of steps for which noise is drawn at once."""
        count = min(NOISE_BLOCK, self.steps - self.step_index)
        for noise in self.draw(count):
            self.step(noise)
            self.step_index += 1

    @abstractmethod
    def draw(self, steps: int) -> Sequence[Tensor]:
        """Random numbers for several steps at once."""

    @abstractmethod
    def step(self, noise: Tensor) -> None:
        """One update; `step_index` counts those before it."""

    def descend(self, losses: Float[Tensor, " seed"], *, rate: float) -> None:
        """Take one step of the only optimizer along the losses of all seeds, and log them."""
        optimizer = self.optimizers[0]
        optimizer.param_groups[0]["lr"] = rate
        optimizer.zero_grad(set_to_none=True)
        torch.autograd.backward(losses.sum())
        optimizer.step()
        slot = self.logbook.slot(self.step_index)
        if slot is not None:
            self.logbook.write(slot, (losses.detach(),), self.logbook.trajectory[slot])

    @abstractmethod
    def learned(self) -> Tensor:
        """Give the matrices to report, (seed, channel, d, d)."""

    @property
    def learns_elements(self) -> bool:
        """Whether the learned matrices are group elements, and not generators."""
        return False

    @property
    def reports_sparse_basis(self) -> bool:
        """Whether the basis of the learned span with the fewest large entries is reported in place of the trained one."""
        return False

    @property
    def tried(self) -> dict[str, Tensor]:
        """What was tried on the way, each (seed, candidate); nothing for most methods."""
        return {}

    def spectrum(self) -> Float[Tensor, "seed k"] | None:
        """Singular values, rising, behind the number of generators or free weights; None where their number is given."""
        return None

    def shared_weights(self) -> Float[Tensor, "seed free out d"] | None:
        """Basis of the weights that are left free, of a method that learns which ones are shared."""
        return None

    @property
    def law_parameters(self) -> dict[str, Tensor]:
        """What is learned of the law of the coefficients, each with leading axis seed."""
        return {}

    def tensors(self) -> list[Tensor]:
        """Give what is trained, and what is kept of the training."""
        return [*self.players, *self.logbook.tensors()]


def first_of_each(
    matrices: Float[Tensor, "seed k m d"], number: Int[Tensor, " seed"]
) -> Float[Tensor, "seed channel m d"]:
    """Keep the first matrices of each seed: as many channels as the seed with the most has, zero where it has fewer."""
    channels = max(1, int(number.max()))
    kept = torch.arange(channels, device=number.device) < number[:, None]
    return matrices[:, :channels] * kept[..., None, None]
