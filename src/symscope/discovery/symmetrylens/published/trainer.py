"""SymmetryLens as a batched ensemble: both subsystems in one pass a step.

The published code runs the model twice a step, once for the loss of generator and filter and once for that of the density
estimators. Here the estimators give log p with its derivatives by their parameters and by the representation at once, so
the same pass serves both losses; only the chain from the representation back to generator and filter is left to autograd,
and it consists of small matrices. Nothing is read back from the device inside the loop.
"""

import torch
from jaxtyping import Float
from torch import Tensor

from symscope.config.symmetrylens import SymmetryLensPublished
from symscope.discovery.batches import BatchStream
from symscope.discovery.loop import ResumableLoop, log_slot, log_steps
from symscope.discovery.symmetrylens.published.conditional import ConditionalEstimators
from symscope.discovery.symmetrylens.published.group import LensGroupEnsemble, unit
from symscope.discovery.symmetrylens.published.marginal import MarginalEstimators
from symscope.discovery.symmetrylens.published.schedule import learning_rate_factors, snapshot_steps, training_time
from symscope.discovery.symmetrylens.published.terms import alignment, covariance, joint_entropy, rank_weights
from symscope.discovery.symmetrylens.published.uniformity import OWN, divergence, sum_over_estimators

HISTORY_TERMS = (
    "loss",
    "alignment",
    "marginal_uniformity",
    "conditional_uniformity",
    "marginal_entropy",
    "joint_entropy",
    "conditional_entropy",
    "rank",
)


class LensTrainer(ResumableLoop):
    """State of an ensemble in training.

    Parameters
    ----------
    settings
        The method's settings.
    x
        Samples, on the device.
    streams
        One random stream for each seed.
    steps, batch
        Number of updates, and samples in each; `batch` is a multiple of the length of a sample.
    """

    def __init__(
        self,
        settings: SymmetryLensPublished,
        x: Float[Tensor, "sample d"],
        *,
        streams: list[torch.Generator],
        steps: int,
        batch: int,
    ) -> None:
        self.settings = settings
        self.x = x
        chosen = settings.optimisation
        size = x.shape[1]
        self.group = LensGroupEnsemble(settings.group, components=size, streams=streams, dtype=x.dtype)
        self.marginal = MarginalEstimators(settings.marginal, components=size, streams=streams, dtype=x.dtype)
        self.conditional = ConditionalEstimators(settings.conditional, components=size, streams=streams, dtype=x.dtype)
        self.marginal.parameters.grad = self.marginal.gradients
        for weight, gradient in zip(self.conditional.weights, self.conditional.gradients, strict=True):
            weight.grad = gradient
        self.factors = learning_rate_factors(steps, chosen.decay_to)
        self.times = training_time(steps, chosen.decay_to)
        optimizers = (
            torch.optim.Adam(
                self.group.parameters(), lr=chosen.lr_group, betas=chosen.betas, eps=chosen.epsilon, fused=True
            ),
            torch.optim.Adam(
                self._estimators(), lr=chosen.lr_estimators, betas=chosen.betas, eps=chosen.epsilon, fused=True
            ),
        )
        batches = BatchStream(len(x), batch, streams)
        super().__init__(steps=steps, streams=streams, batches=batches, optimizers=optimizers)
        self.history_steps, seeds = log_steps(steps, chosen.log_every), len(streams)
        self.history = torch.zeros(len(self.history_steps), len(HISTORY_TERMS), seeds, dtype=x.dtype, device=x.device)
        self.snapshot_steps = snapshot_steps(chosen, steps)
        shape = (len(self.snapshot_steps), 2, seeds, size, size)
        self.snapshots = torch.zeros(shape, dtype=torch.float32, device=x.device)
        self._keep_snapshot()
        _keep_memory()

    def advance(self) -> None:
        """One update of generator, filter and estimators, from one pass over a batch."""
        self._schedule()
        x = self._batch()
        filters = self.group.noisy_filter(self.step_index)
        convolution = self.group.convolution(filters)
        with torch.no_grad():
            x, groups = self._grouped(x, convolution)
            terms, by_groups = self._densities(groups)
            by_convolution = by_groups.flatten(1, 2).mT @ x.flatten(1, 2)
        loss, aligned, joint = self._by_covariance(convolution, x)
        self.optimizers[0].zero_grad(set_to_none=True)
        torch.autograd.backward([loss.sum(), convolution], [torch.ones_like(loss[0]), by_convolution])
        for optimizer in self.optimizers:
            optimizer.step()
        self.marginal.constrain()
        self._keep(loss.detach(), aligned.detach(), joint.detach(), terms)
        self.step_index += 1
        self._keep_snapshot()

    def _schedule(self) -> None:
        chosen = self.settings.optimisation
        factor = float(self.factors[self.step_index])
        for optimizer, rate in zip(self.optimizers, (chosen.lr_group, chosen.lr_estimators), strict=True):
            optimizer.param_groups[0]["lr"] = rate * factor

    def _batch(self) -> Float[Tensor, "seed sample d"]:
        x = self.x[self.batches.next()]
        if self.settings.standardise == "batch":
            x = x - x.mean((1, 2), keepdim=True)
            x = x / x.std((1, 2), correction=0, keepdim=True)
        return x

    def _grouped(
        self, x: Float[Tensor, "seed batch d"], convolution: Float[Tensor, "seed m d"]
    ) -> tuple[Float[Tensor, "seed given sample d"], Float[Tensor, "seed given sample m"]]:
        """Sort samples and representations into groups, one for each given component, in rising order of that component."""
        seeds, samples, size = x.shape
        grouped = x.view(seeds, size, samples // size, size)
        order = torch.einsum("sgrd,sgd->sgr", grouped, convolution).argsort(-1)
        start = torch.arange(0, seeds * samples, samples // size, device=x.device).view(seeds, size, 1)
        ordered = x.reshape(seeds * samples, size).index_select(0, (order + start).flatten())
        y = ordered.view(seeds, samples, size) @ convolution.mT
        return ordered.view_as(grouped), y.view_as(grouped)

    def _densities(
        self, groups: Float[Tensor, "seed given sample m"]
    ) -> tuple[dict[str, Tensor], Float[Tensor, "seed given sample m"]]:
        """Terms that need densities, and the derivative of their share of the loss by the representations."""
        weights = self.settings.weights
        flat = groups.flatten(1, 2)
        single = self.marginal.judge(flat)
        pairs = self.conditional.judge(groups)
        marginal, by_single = divergence(single.mean_logs)
        conditional, by_pairs = divergence(pairs.mean_logs)
        size = groups.shape[-1]
        slopes = weights.uniformity * weights.marginal_share * by_single
        slopes[OWN] -= weights.resolution / size
        by_targets = single.by_target * slopes[..., None, :] / flat.shape[1]
        by_groups = sum_over_estimators(by_targets, (-1,)).view_as(groups)
        if weights.uniformity * weights.conditional_share > 0:
            slopes = weights.uniformity * weights.conditional_share * by_pairs
            by_groups = by_groups + self.conditional.by_groups(pairs, slopes)
        other = 1.0 - torch.eye(size, dtype=groups.dtype, device=groups.device)
        terms = {
            "marginal_uniformity": marginal,
            "conditional_uniformity": conditional,
            "marginal_entropy": -single.mean_logs[OWN].mean(-1),
            "conditional_entropy": -(pairs.mean_logs[OWN] * other).sum((1, 2)) / (size * (size - 1)),
        }
        return terms, by_groups

    def _by_covariance(self, convolution: Tensor, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Share of the loss that the covariance decides, with alignment and joint entropy."""
        weights, rank = self.settings.weights, self.settings.rank
        found = convolution @ covariance(x.flatten(1, 2)) @ convolution.mT
        aligned = alignment(found)
        soft = rank_weights(float(self.times[self.step_index]), x.shape[-1], rank, like=x)
        joint = joint_entropy(found, soft, rank.variance_floor)
        return weights.alignment * aligned - (weights.resolution + weights.information) * joint, aligned, joint

    @torch.no_grad()
    def _keep(self, loss: Tensor, aligned: Tensor, joint: Tensor, terms: dict[str, Tensor]) -> None:
        slot = log_slot(self.step_index, steps=self.steps, every=self.settings.optimisation.log_every)
        if slot is None:
            return
        weights = self.settings.weights
        uniform = weights.marginal_share * terms["marginal_uniformity"]
        uniform = uniform + weights.conditional_share * terms["conditional_uniformity"]
        loss = loss + weights.uniformity * uniform + weights.resolution * terms["marginal_entropy"]
        rank = self.x.shape[1] * self.times[self.step_index] * torch.ones_like(loss)
        rows = {**terms, "loss": loss, "alignment": aligned, "joint_entropy": joint, "rank": rank}
        self.history[slot] = torch.stack([rows[name] for name in HISTORY_TERMS])

    @torch.no_grad()
    def _keep_snapshot(self) -> None:
        for slot in (self.snapshot_steps == self.step_index).nonzero()[0]:
            self.snapshots[slot] = torch.stack([self.group.generators(), self.convolutions()])

    @torch.no_grad()
    def convolutions(self) -> Float[Tensor, "seed m d"]:
        """Convolve with the filters without noise, in double precision."""
        return self.group.convolution(self.filters())

    @torch.no_grad()
    def filters(self) -> Float[Tensor, "seed d"]:
        """Scale the filters to unit length, without noise, in double precision."""
        return unit(self.group.filter.to(torch.float64))

    def tensors(self) -> list[Tensor]:
        """Give what is trained, and what is kept of the training."""
        return [*self.group.parameters(), *self._estimators(), self.history, self.snapshots]

    def _estimators(self) -> list[Tensor]:
        return [self.marginal.parameters, *self.conditional.weights]


def _keep_memory() -> None:
    """Make the C library keep freed memory for the next step instead of handing it back.

    Fresh pages cost a third of a step at n = 7. Freeing one large array raises glibc's thresholds to its size; elsewhere
    this does nothing.
    """
    torch.empty(31 * 2**20, dtype=torch.uint8)
