"""SymmetryLens written plainly, for one seed, as the oracle of gradients and the yardstick of speed.

In the manner of the published code: dense perceptrons on masked samples, densities through probabilities of every kernel, one
loop over shifts, and a forward pass for each of the two losses, which autograd differentiates.
"""

import math
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from symscope.config.symmetrylens import SymmetryLensPublished


@dataclass
class PlainLens:
    """Parameters and losses."""

    settings: SymmetryLensPublished
    components: int
    padding: int
    dtype: torch.dtype = torch.float32
    parameters: dict[str, Tensor] = field(default_factory=dict)

    def __post_init__(self) -> None:
        n, kernels = self.components, self.settings.conditional.kernels
        hidden, full = self.settings.conditional.hidden_per_component * n, n + 2 * self.padding
        shapes = {"algebra": (full, full), "filter": (n,)}
        shapes |= dict.fromkeys(("logits", "means", "log_variances"), (self.settings.marginal.kernels, n))
        for net in range(3):
            shapes |= {f"first {net}": (n, hidden), f"first_bias {net}": (hidden,)}
            shapes |= {f"second {net}": (hidden, kernels * n), f"second_bias {net}": (kernels * n,)}
        for name, shape in shapes.items():
            values = torch.randn(shape, dtype=self.dtype)
            if name in ("algebra", "filter"):
                values = 0.3 * values
            elif name not in ("logits", "means", "log_variances"):
                values = values / max(shape[0], 4) ** 0.5
            self.parameters[name] = values.requires_grad_()

    def group(self) -> list[Tensor]:
        return [self.parameters["algebra"], self.parameters["filter"]]

    def estimators(self) -> list[Tensor]:
        return [values for name, values in self.parameters.items() if name not in ("algebra", "filter")]

    def convolution(self, noise: Tensor) -> Tensor:
        n, pad = self.components, self.padding
        algebra = (self.parameters["algebra"] - self.parameters["algebra"].T) / 2
        psi = self.parameters["filter"] + noise
        psi = nn.functional.pad(psi / psi.norm(), (pad, pad))
        rows = []
        for k in range(n):
            power = torch.matrix_exp((k - (n - 1) / 2) * algebra)
            rows.append((power @ psi)[pad : pad + n])
        return torch.stack(rows)

    def marginal_logs(self, y: Tensor) -> Tensor:
        logits, means = self.parameters["logits"], self.parameters["means"]
        variances = self.parameters["log_variances"].exp()
        z = y[:, None, :] - means
        kernels = torch.exp(-0.5 * z * z / variances) / torch.sqrt(2 * math.pi * variances)
        return torch.log((torch.softmax(logits, 0) * kernels).sum(1))

    def conditional_logs(self, given: Tensor, y: Tensor) -> Tensor:
        """Logarithms (n given, B / n, n) where samples are in blocks, one block for each given component."""
        n, chosen = self.components, self.settings.conditional
        mask = torch.eye(n, dtype=y.dtype).repeat_interleave(len(y) // n, 0)
        outputs = []
        for net in range(3):
            parts = [self.parameters[f"{name} {net}"] for name in ("first", "first_bias", "second", "second_bias")]
            hidden = nn.functional.leaky_relu((given * mask) @ parts[0] + parts[1], chosen.slope)
            outputs.append((hidden @ parts[2] + parts[3]).view(len(y), chosen.kernels, n))
        weights = torch.softmax(chosen.gain * torch.tanh(outputs[0]), 1)
        means = outputs[1] if chosen.mean_output == "linear" else nn.functional.leaky_relu(outputs[1], chosen.slope)
        variances = torch.exp(chosen.gain * torch.tanh(outputs[2]))
        z = y[:, None, :] - means
        kernels = torch.exp(-0.5 * z * z / variances) / torch.sqrt(2 * math.pi * variances)
        return torch.log((weights * kernels).sum(1)).view(n, len(y) // n, n)

    def losses(self, x: Tensor, noise: Tensor, time: float) -> tuple[Tensor, Tensor, dict[str, float]]:
        """Loss of generator and filter, loss of the estimators, and the values of the terms."""
        n, weights, rank = self.components, self.settings.weights, self.settings.rank
        y = x @ self.convolution(noise).T
        marginal, conditional = self._uniformity(y)
        aligned = torch.corrcoef(y.T).diagonal(1).mean()
        variances = torch.linalg.eigvalsh(torch.cov(y.T, correction=0)).flip(0)
        entropies = 0.5 * (torch.log(2 * math.pi * variances + rank.variance_floor) + 1)
        place = torch.arange(n, dtype=self.dtype) / (n - 1)
        soft = 1 / (1 + torch.exp((rank.gain * (place - time)).clamp(-rank.exponent_bound, rank.exponent_bound)))
        joint = (entropies * soft).sum() / soft.sum()
        single = -self.marginal_logs(y).mean()
        uniform = weights.marginal_share * marginal + weights.conditional_share * conditional
        model = -weights.alignment * aligned + weights.uniformity * uniform
        model = model + weights.resolution * (single - joint) - weights.information * joint
        other = 1 - torch.eye(n, dtype=y.dtype)
        fixed = y.detach()
        pairs = -(self.conditional_logs(fixed, fixed).mean(1) * other).sum() / (n * (n - 1))
        norms = sum(self.parameters[f"{name} {net}"].norm() for name in ("first", "second") for net in range(3))
        estimators = pairs - self.marginal_logs(fixed).mean() + self.settings.conditional.shrinkage * norms
        terms = {"alignment": -aligned, "marginal_uniformity": marginal, "conditional_uniformity": conditional}
        terms |= {"marginal_entropy": single, "joint_entropy": joint, "conditional_entropy": pairs, "loss": model}
        return model, estimators, {name: float(value.detach()) for name, value in terms.items()}

    def _uniformity(self, y: Tensor) -> tuple[Tensor, Tensor]:
        n = self.components
        single, pairs = self.marginal_logs(y).mean(0), self.conditional_logs(y, y).mean(1)
        other = 1 - torch.eye(n, dtype=y.dtype)
        sums, counts = [0.0, 0.0], [torch.zeros(n, dtype=y.dtype), torch.zeros(n, n, dtype=y.dtype)]
        divergences: list[Tensor] = [torch.zeros(n, dtype=y.dtype), torch.zeros(n, n, dtype=y.dtype)]
        for shift in (1, -1):
            index = torch.arange(n) - shift
            line = ((index >= 0) & (index < n)).to(y.dtype)
            neighbour = self.marginal_logs(y.roll(-shift, 1)).roll(shift, 1).mean(0)
            divergences[0] = divergences[0] + torch.relu(single - neighbour) * line
            counts[0] += line
            moved = self._pair_logs_of_neighbour(y, shift).mean(1)
            inside = line[:, None] * line * other
            divergences[1] = divergences[1] + torch.relu(pairs - moved) * inside
            counts[1] += inside
        for k in range(2):
            sums[k] = (divergences[k] / counts[k].clamp(min=1)).sum() / (counts[k] > 0).sum()
        return sums[0], sums[1]

    def _pair_logs_of_neighbour(self, y: Tensor, shift: int) -> Tensor:
        """Entry (g, e): log of the density of e - shift given g - shift, at the values of e given g."""
        if self.settings.conditional.neighbour_samples == "same":
            samples = len(y) // self.components
            moved = y.roll(-shift, 1).roll(-shift * samples, 0)
        else:
            moved = y.roll(-shift, 1)
        return self.conditional_logs(moved, moved).roll((shift, shift), (0, 2))
