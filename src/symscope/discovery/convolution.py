"""An ensemble of convolutional discriminators for images, as grouped convolutions: one group for each seed."""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn.functional import conv2d, leaky_relu

from symscope.config.adversarial import Discriminator
from symscope.discovery.adversary import (
    Features,
    GeneratorLoss,
    Verdict,
    logit_derivatives,
)
from symscope.errors import ConfigError

KERNEL = 5


class ConvolutionEnsemble:
    """One convolutional network for each seed; label embedding and extra features join before the last layer.

    Parameters
    ----------
    settings
        Filters of each 5 x 5 convolution of stride 2, slope, embedding.
    shape
        (channels, height, width) of an image.
    n_extra, n_classes
        As for the perceptron.
    streams
        One random stream for each seed.
    dtype
        Arithmetic.
    """

    def __init__(
        self,
        settings: Discriminator,
        *,
        shape: tuple[int, ...],
        n_extra: int,
        n_classes: int,
        streams: Sequence[torch.Generator],
        dtype: torch.dtype,
    ) -> None:
        self.settings = settings
        self.seeds = len(streams)
        channels, height, width = shape
        for _ in settings.filters:
            height, width = (height + 1) // 2, (width + 1) // 2
        if min(shape[1:]) < 2 ** len(settings.filters):
            raise ConfigError(
                f"discriminator.filters has {len(settings.filters)} convolutions of stride 2, too many for images of "
                f"{shape[1]} x {shape[2]} pixels"
            )
        embedded = settings.label_embedding if n_classes else 0
        into = [channels, *settings.filters[:-1]]
        sizes = [(o, i * KERNEL * KERNEL) for o, i in zip(settings.filters, into, strict=True)]
        sizes.append((1, settings.filters[-1] * height * width + n_extra + embedded))
        self.conv_inputs = into
        self.sizes = sizes
        self.n_classes, self.embedded = n_classes, embedded
        total = sum(o * i + o for o, i in sizes) + n_classes * embedded
        device = streams[0].device
        self.parameters = torch.zeros(self.seeds, total, dtype=dtype, device=device)
        self.gradients = torch.zeros_like(self.parameters)
        layers, embedding = self._views(self.parameters)
        for s, stream in enumerate(streams):
            for weight, bias in layers:
                bound = weight.shape[-1] ** -0.5
                for part in (weight[s], bias[s]):
                    part.copy_(
                        (2.0 * torch.rand(part.shape, generator=stream, device=device, dtype=dtype) - 1.0) * bound
                    )
            embedding[s].copy_(torch.randn(embedding[s].shape, generator=stream, device=device, dtype=dtype))

    def judge(self, real: Features, fake: Features, generator_loss: GeneratorLoss) -> Verdict:
        """One forward and one backward pass over both batches; fills `gradients`.

        No sample has a say in another's logit, so the generator's gradient is the discriminator's times one factor for each
        transformed sample.
        """
        with torch.enable_grad():
            parameters = self.parameters.detach().requires_grad_(True)
            samples = fake.samples.detach().requires_grad_(True)
            both = torch.cat([real.samples, samples], dim=1)
            logits = self.logits(parameters, both, _twice(real.extra, fake.extra), _twice(real.classes, fake.classes))
            real_logits, fake_logits = (part.detach() for part in logits.chunk(2, dim=1))
            by_real, by_fake, ratio = logit_derivatives(real_logits, fake_logits, generator_loss)
            gradients, gradient = torch.autograd.grad(
                logits, (parameters, samples), torch.cat([by_real, by_fake], dim=1)
            )
        self.gradients.copy_(gradients)
        return Verdict(real_logits, fake_logits, gradient * ratio[..., None, None, None])

    def logits(
        self,
        parameters: Float[Tensor, "seed p"],
        images: Float[Tensor, "seed batch channel height width"],
        extra: Tensor | None,
        classes: Tensor | None,
    ) -> Float[Tensor, "seed batch"]:
        """Logits of images under given parameters."""
        layers, embedding = self._views(parameters)
        batch = images.shape[1]
        current = images.transpose(0, 1).flatten(1, 2)  # batch, seed * channel, height, width
        for (weight, bias), into in zip(layers[:-1], self.conv_inputs, strict=True):
            kernel = weight.reshape(-1, into, KERNEL, KERNEL)
            current = conv2d(current, kernel, bias.reshape(-1), stride=2, padding=KERNEL // 2, groups=self.seeds)
            current = leaky_relu(current, self.settings.slope)
        features = current.view(batch, self.seeds, -1).transpose(0, 1)
        parts = [features]
        if extra is not None:
            parts.append(extra)
        if classes is not None:
            parts.append(classes @ embedding)
        weight, bias = layers[-1]
        return torch.baddbmm(bias, torch.cat(parts, dim=-1), weight.mT)[..., 0]

    def _views(self, buffer: Tensor) -> tuple[list[tuple[Tensor, Tensor]], Tensor]:
        layers, start = [], 0
        for out, into in self.sizes:
            weight = buffer[:, start : start + out * into].view(self.seeds, out, into)
            start += out * into
            layers.append((weight, buffer[:, start : start + out].view(self.seeds, 1, out)))
            start += out
        return layers, buffer[:, start:].view(self.seeds, self.n_classes, self.embedded)


def _twice(real: Tensor | None, fake: Tensor | None) -> Tensor | None:
    return None if real is None or fake is None else torch.cat([real, fake], dim=1)
