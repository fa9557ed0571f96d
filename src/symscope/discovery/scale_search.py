"""Finding the scale of a generator whose coefficients are integers: the game in three parts."""

import math
from typing import NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.nn.functional import conv1d, pad

from symscope.config.discovery import LieGan
from symscope.config.scale_search import ScaleSearch
from symscope.discovery.actions import act
from symscope.discovery.adversarial import AdversarialTrainer
from symscope.discovery.adversary import generator_loss
from symscope.discovery.liegan import AlgebraMover
from symscope.discovery.perceptron import PerceptronEnsemble
from symscope.discovery.samples import Samples
from symscope.groups import expm

_GOLDEN = (math.sqrt(5.0) - 1.0) / 2.0


class Curve(NamedTuple):
    """What the discriminator makes of a generator at many scales."""

    norms: Float[Tensor, " candidate"]
    """Frobenius norms that were tried, rising."""
    losses: Float[Tensor, "seed candidate"]
    """Loss of the generator at each; small where moved samples pass for original ones."""


class ScaleSearchTrainer(AdversarialTrainer):
    """LieGAN with integer coefficients and one channel, as :class:`~symscope.config.scale_search.ScaleSearch` says.

    Parameters
    ----------
    settings
        The method's settings, with `scale_search`.
    samples
        What to train on, on the device.
    mover, discriminator
        The generator and the discriminator.
    streams
        One random stream for each seed.
    steps
        Number of updates.
    """

    def __init__(
        self,
        settings: LieGan,
        search: ScaleSearch,
        samples: Samples,
        *,
        mover: AlgebraMover,
        discriminator: PerceptronEnsemble,
        streams: list[torch.Generator],
        steps: int,
    ) -> None:
        super().__init__(settings, samples, mover=mover, discriminator=discriminator, streams=streams, steps=steps)
        self.search = search
        self.algebra, self.judge = mover, discriminator
        self.direction_ends = math.ceil(search.direction_until * steps)
        self.search_at = max(self.direction_ends, math.ceil(search.until * steps))
        norms = torch.linspace(math.log(search.lowest), math.log(search.highest), search.candidates).exp()
        place = samples.x.device
        self.norms = norms.to(device=place, dtype=samples.x.real.dtype)
        self.losses = torch.zeros(len(streams), search.candidates, dtype=self.norms.dtype, device=place)
        self._hold_norm(search.lowest)

    def step(self, noise: Tensor) -> None:
        """One update; before the search the integers are stretched, and the generator keeps its norm."""
        if self.step_index == self.search_at:
            self._choose_scale()
        if self.step_index >= self.search_at:
            super().step(noise)
            return
        super().step(noise * self._stretch())
        self._hold_norm(self.search.lowest)

    def tensors(self) -> list[Tensor]:
        """Give what changes: the players, the history, and the curve of the search."""
        return [*super().tensors(), self.losses]

    @property
    def tried(self) -> dict[str, Tensor]:
        """Norms that were tried and the loss at each, (seed, candidate)."""
        return {"norm": self.norms.expand_as(self.losses), "loss": self.losses}

    def _stretch(self) -> float:
        """Factor of the integers: it sweeps evenly over the logarithm of all scales.

        The range opens while the direction is learned. At first a random generator moves samples out of all bounds at large
        scales; once its direction is roughly known these are what tells the direction precisely. A range that opens twice as
        fast loses seeds to wrong directions.
        """
        opened = min(1.0, self.step_index / max(1, self.direction_ends))
        share = (self.step_index * _GOLDEN) % 1.0
        return float((self.search.highest / self.search.lowest) ** (share * opened))

    def _schedule(self) -> None:
        chosen, index = self.settings.optimisation, self.step_index
        after = max(0.0, (index - self.search_at) / max(1, self.steps - self.search_at))
        before = max(0.0, 1.0 - index / max(1, self.direction_ends))
        shares = (before if index < self.search_at else 1.0 - after, 1.0 - after)
        for optimizer, rate, share in zip(
            self.optimizers, (chosen.lr_generator, chosen.lr_discriminator), shares, strict=True
        ):
            optimizer.param_groups[0]["lr"] = rate * share

    @torch.no_grad()
    def _hold_norm(self, norm: float | Tensor) -> None:
        basis = self.algebra.generators.basis
        masked = basis * self.algebra.generators.mask
        length: Tensor = torch.linalg.vector_norm(masked, dim=(-2, -1), keepdim=True)
        basis.copy_(masked / length.clamp_min(torch.finfo(length.dtype).tiny) * norm)

    @torch.no_grad()
    def _choose_scale(self) -> None:
        curve = self.curve()
        self.losses.copy_(curve.losses)
        chosen = choose_norms(curve, self.search)
        self._hold_norm(self.norms[chosen][:, None, None, None])
        self.optimizers[0].state.clear()  # its steps were in another scale

    @torch.no_grad()
    def curve(self) -> Curve:
        """Let the discriminator judge the direction of each seed at all scales, on the same samples and integers."""
        indices = torch.cat([self.batches.next() for _ in range(self.search.batches)], dim=1)
        noise = torch.cat(self.draw(self.search.batches), dim=1)
        x, y = self.x[indices], self.y[indices]
        algebra = self.algebra.generators.combinations(noise) / self.search.lowest
        kind = self.settings.optimisation.generator_loss
        squarings = self.algebra.generators.settings.squarings
        losses = []
        for norm in self.norms:
            elements = expm(algebra * norm, squarings=squarings)
            moved = self._features(act(self.x_action, elements, x), act(self.y_action, elements, y))
            losses.append(generator_loss(self.judge.logits(moved), kind))
        return Curve(self.norms, torch.nan_to_num(torch.stack(losses, dim=1), nan=torch.inf))


def choose_norms(curve: Curve, search: ScaleSearch) -> Int[Tensor, " seed"]:
    """Find the first deep well of each curve: index of its least loss.

    Parameters
    ----------
    curve
        Losses along the logarithm of the norm.
    search
        Smoothing and tolerance.
    """
    losses = smoothed(curve.losses, search.smoothing / math.log(search.highest / search.lowest) * search.candidates)
    least, usual = losses.amin(1, keepdim=True), losses.median(1, keepdim=True).values
    deep = losses <= least + search.tolerance * (usual - least)
    first = deep.to(torch.int64).argmax(1)
    place = torch.arange(losses.shape[1], device=losses.device)
    left = (~deep & (place[None] > first[:, None])).to(torch.int64)  # where the first well has been left again
    ends = torch.where(left.any(1), left.argmax(1), losses.shape[1])
    inside = (place[None] >= first[:, None]) & (place[None] < ends[:, None])
    return losses.masked_fill(~inside, torch.inf).argmin(1)


def smoothed(losses: Float[Tensor, "seed candidate"], width: float) -> Float[Tensor, "seed candidate"]:
    """Convolve curves with a Gaussian of this standard deviation [candidates]; the ends are continued as they are."""
    reach = max(1, math.ceil(3.0 * width))
    steps = torch.arange(-reach, reach + 1, dtype=losses.dtype, device=losses.device)
    kernel = torch.exp(-0.5 * (steps / width) ** 2)
    extended = pad(losses[:, None].clamp_max(torch.finfo(losses.dtype).max / 1e6), (reach, reach), mode="replicate")
    result: Tensor = conv1d(extended, (kernel / kernel.sum())[None, None])
    return result[:, 0]
