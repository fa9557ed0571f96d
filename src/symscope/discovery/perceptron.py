"""An ensemble of perceptrons with hand-written derivatives: a few batched products a step instead of many small ones."""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from symscope.config.adversarial import Discriminator
from symscope.discovery.adversary import Features, GeneratorLoss, Verdict, logit_derivatives
from symscope.discovery.fourier import FourierMap


class Layer(NamedTuple):
    """Views of one layer in the parameter or gradient buffer."""

    weight: Float[Tensor, "seed out into"]
    bias: Float[Tensor, "seed 1 out"]


class PerceptronEnsemble:
    """One multilayer perceptron for each seed: embedding of the label, leaky rectifiers, one logit.

    Parameters
    ----------
    settings
        Width, depth, slope, embedding, features, gradient penalty.
    n_inputs
        Length of a flattened sample.
    n_extra
        Length of the extra features.
    n_classes
        Number of classes that are embedded; 0 for none.
    streams
        One random stream for each seed, for the starting values (uniform in +-1/sqrt(inputs), embedding standard
        normal).
    dtype, hidden_dtype
        Arithmetic, and that of the products between hidden layers.
    """

    def __init__(
        self,
        settings: Discriminator,
        *,
        n_inputs: int,
        n_extra: int,
        n_classes: int,
        streams: Sequence[torch.Generator],
        dtype: torch.dtype,
        hidden_dtype: torch.dtype,
    ) -> None:
        self.settings = settings
        self.hidden_dtype = hidden_dtype
        self._buffers: dict[tuple[str, tuple[int, ...], torch.dtype], Tensor] = {}
        device = streams[0].device
        pairs = torch.triu_indices(n_inputs, n_inputs, device=device) if settings.features == "quadratic" else None
        self.pairs = pairs
        self.fourier: FourierMap | None = None
        added = 0 if pairs is None else pairs.shape[1]
        if settings.features == "fourier":
            self.fourier = FourierMap(settings.fourier, n_inputs=n_inputs + n_extra, streams=streams, dtype=dtype)
            added = settings.fourier.count
        self.n_features = n_inputs + added
        self.n_inputs = n_inputs
        self.n_classes = n_classes
        embedded = settings.label_embedding if n_classes else 0
        widths = [self.n_features + n_extra + embedded, *[settings.hidden] * settings.layers, 1]
        sizes = [(o, i) for i, o in pairwise(widths)]
        total = sum(o * i + o for o, i in sizes) + n_classes * embedded
        self.parameters = torch.zeros(len(streams), total, dtype=dtype, device=device)
        self.gradients = torch.zeros_like(self.parameters)
        self.layers, self.embedding = _views(self.parameters, sizes, n_classes, embedded)
        self.layer_gradients, self.embedding_gradient = _views(self.gradients, sizes, n_classes, embedded)
        for s, stream in enumerate(streams):
            for layer in self.layers:
                bound = layer.weight.shape[-1] ** -0.5
                for part in (layer.weight[s], layer.bias[s]):
                    part.copy_(
                        (2.0 * torch.rand(part.shape, generator=stream, device=device, dtype=dtype) - 1.0) * bound
                    )
            shape = self.embedding[s].shape
            self.embedding[s].copy_(torch.randn(shape, generator=stream, device=device, dtype=dtype))

    def judge(self, real: Features, fake: Features, generator_loss: GeneratorLoss) -> Verdict:
        """One forward and backward pass over both batches; fills `gradients`."""
        angles = self._angles(fake)
        inputs = torch.cat([self._inputs(real, self._angles(real)), self._inputs(fake, angles)], dim=1)
        weights = self._weights()
        activations = self._forward(inputs, weights)
        last = self.layers[-1]
        top = self._cast("top", activations[-1], inputs.dtype)
        logits = (top @ last.weight.mT + last.bias)[..., 0]
        real_logits, fake_logits = logits.chunk(2, dim=1)
        by_real, by_fake, ratio = logit_derivatives(real_logits, fake_logits, generator_loss)
        by_logit = torch.cat([by_real, by_fake], dim=1)[..., None]

        deltas = self._backward(by_logit, activations, weights)
        self._weight_gradients([*deltas, by_logit], [inputs, *activations[:-1], top])
        n_batch = real_logits.shape[1]
        by_features = deltas[0][:, n_batch:] @ weights[0][:, :, : self.n_features].contiguous()
        gradient = self._features_backward(fake.samples.flatten(2), angles, by_features) * ratio[..., None]
        if self.settings.gradient_penalty > 0:
            self._add_gradient_penalty(real.samples.flatten(2), activations, weights, n_batch)
        return Verdict(real_logits, fake_logits, gradient.view_as(fake.samples))

    @torch.no_grad()
    def logits(self, features: Features) -> Float[Tensor, "seed batch"]:
        """Judge samples and learn nothing from them."""
        inputs = self._inputs(features, self._angles(features))
        last = self.layers[-1]
        top = self._forward(inputs, self._weights())[-1].to(inputs.dtype)
        return (top @ last.weight.mT + last.bias)[..., 0]

    def _weights(self) -> list[Tensor]:
        """Give the weights of the hidden layers in the precision of their products."""
        hidden = [
            self._cast(f"weight {k}", layer.weight, self.hidden_dtype) for k, layer in enumerate(self.layers[1:-1])
        ]
        return [self._first_weight(), *hidden]

    def _angles(self, features: Features) -> Tensor | None:
        if self.fourier is None:
            return None
        flat = features.samples.flatten(2)
        return self.fourier.angles(flat if features.extra is None else torch.cat([flat, features.extra], dim=-1))

    def _inputs(self, features: Features, angles: Tensor | None) -> Float[Tensor, "seed batch k"]:
        parts = [self._features(features.samples.flatten(2), angles)]
        if features.extra is not None:
            parts.append(features.extra)
        if features.classes is not None:
            parts.append(features.classes)
        return torch.cat(parts, dim=-1) if len(parts) > 1 else parts[0]

    def _first_weight(self) -> Float[Tensor, "seed out k"]:
        """First layer acting on one-hot classes instead of their embedding: fewer columns, the same function."""
        weight = self.layers[0].weight
        if not self.n_classes:
            return weight
        embedded = self.embedding.shape[-1]
        by_class = weight[:, :, -embedded:] @ self.embedding.mT
        return torch.cat([weight[:, :, :-embedded], by_class], dim=-1)

    def _spread_first_gradient(self, gradient: Float[Tensor, "seed out k"]) -> None:
        """Hand the gradient by :meth:`_first_weight` on to the layer and the embedding."""
        embedded = self.embedding.shape[-1]
        weight, target = self.layers[0].weight, self.layer_gradients[0].weight
        plain, by_class = gradient[:, :, : -self.n_classes], gradient[:, :, -self.n_classes :]
        target[:, :, :-embedded] = plain
        target[:, :, -embedded:] = by_class @ self.embedding
        torch.bmm(by_class.mT, weight[:, :, -embedded:], out=self.embedding_gradient)

    def _features(self, flat: Float[Tensor, "seed batch n"], angles: Tensor | None) -> Float[Tensor, "seed batch k"]:
        if self.fourier is not None and angles is not None:
            return torch.cat([flat, self.fourier.features(angles)], dim=-1)
        if self.pairs is None:
            return flat
        return torch.cat([flat, flat[..., self.pairs[0]] * flat[..., self.pairs[1]]], dim=-1)

    def _features_backward(
        self, flat: Tensor, angles: Tensor | None, by_features: Tensor
    ) -> Float[Tensor, "seed batch n"]:
        if self.fourier is not None and angles is not None:
            n = self.n_inputs
            return by_features[..., :n] + self.fourier.backward(angles, by_features[..., n:], n)
        if self.pairs is None:
            return by_features
        linear, products = by_features[..., : self.n_inputs], by_features[..., self.n_inputs :]
        result = linear.clone()
        result.index_add_(-1, self.pairs[0], products * flat[..., self.pairs[1]])
        result.index_add_(-1, self.pairs[1], products * flat[..., self.pairs[0]])
        return result

    def _buffer(self, name: str, shape: tuple[int, ...], dtype: torch.dtype) -> Tensor:
        """Give memory that is used again in every step; fresh megabytes a step cost more than the arithmetic in them."""
        key = (name, shape, dtype)
        if key not in self._buffers:
            self._buffers[key] = torch.empty(shape, dtype=dtype, device=self.parameters.device)
        return self._buffers[key]

    def _cast(self, name: str, values: Tensor, dtype: torch.dtype) -> Tensor:
        return values if values.dtype == dtype else self._buffer(name, tuple(values.shape), dtype).copy_(values)

    def _forward(self, inputs: Tensor, weights: list[Tensor]) -> list[Tensor]:
        activations = []
        current = inputs
        for k, (layer, weight) in enumerate(zip(self.layers[:-1], weights, strict=True)):
            shape = (*current.shape[:2], weight.shape[1])
            out = self._buffer(f"activation {k}", shape, weight.dtype)
            bias = layer.bias.to(weight.dtype)
            torch.baddbmm(bias, self._cast(f"input {k}", current, weight.dtype), weight.mT, out=out)
            torch.nn.functional.leaky_relu_(out, self.settings.slope)
            current = self._cast(f"rounded {k}", out, self.hidden_dtype)
            activations.append(current)
        return activations

    def _backward(self, by_logit: Tensor, activations: list[Tensor], weights: list[Tensor]) -> list[Tensor]:
        """Differentiate by the pre-activations of each hidden layer; the first in full precision."""
        last = self.layers[-1].weight.to(self.hidden_dtype)
        delta = self._delta(len(activations), activations[-1])
        torch.mul(by_logit.to(self.hidden_dtype), last, out=delta)
        deltas = [self._masked(delta, activations[-1])]
        for k in range(len(activations) - 1, 0, -1):
            delta = torch.bmm(deltas[0], weights[k], out=self._delta(k, activations[k - 1]))
            deltas.insert(0, self._masked(delta, activations[k - 1]))
        deltas[0] = self._cast("first delta", deltas[0], by_logit.dtype)
        return deltas

    def _delta(self, k: int, like: Tensor) -> Tensor:
        return self._buffer(f"delta {k}", tuple(like.shape), self.hidden_dtype)

    def _masked(self, delta: Tensor, activation: Tensor) -> Tensor:
        """Multiply by the rectifier's slope, in place."""
        torch.ops.aten.leaky_relu_backward.grad_input(delta, activation, self.settings.slope, True, grad_input=delta)
        return delta

    def _weight_gradients(self, deltas: list[Tensor], below: list[Tensor]) -> None:
        """Fill the gradients of every layer from derivatives by its outputs and from its inputs, of equal precision."""
        for k, (layer, delta, values) in enumerate(zip(self.layer_gradients, deltas, below, strict=True)):
            ones = torch.ones(1, 1, 1, dtype=delta.dtype, device=delta.device).expand(*delta.shape[:2], 1)
            if k == 0 and self.n_classes:
                self._spread_first_gradient(torch.bmm(delta.mT, values))
                torch.bmm(ones.mT, delta, out=layer.bias)
            elif delta.dtype == layer.weight.dtype:
                torch.bmm(delta.mT, values, out=layer.weight)
                torch.bmm(ones.mT, delta, out=layer.bias)
            else:
                out = self._buffer(f"product {k}", tuple(layer.weight.shape), delta.dtype)
                layer.weight.copy_(torch.bmm(delta.mT, values, out=out))
                layer.bias.copy_(torch.bmm(ones.mT, delta))

    def _add_gradient_penalty(
        self, flat: Tensor, activations: list[Tensor], weights: list[Tensor], n_batch: int
    ) -> None:
        """Add the gradient of (weight / 2) mean |d logit / d features|^2 at real samples.

        The network is piecewise linear, so with unit derivatives u_k by the pre-activations and g = u_1 W_1 the penalty's
        gradient by W_k is u_k^T t_(k-1), where t is g propagated forward through the same masks.
        """
        share = self.settings.gradient_penalty / n_batch
        real = [activation[:, :n_batch] for activation in activations]
        ones = torch.ones(*flat.shape[:2], 1, dtype=flat.dtype, device=flat.device)
        deltas = self._backward(ones, real, weights)
        first = weights[0][:, :, : self.n_features]
        tangent = deltas[0] @ first
        self.layer_gradients[0].weight[:, :, : self.n_features] += share * torch.bmm(deltas[0].mT, tangent)
        tangent = torch.bmm(tangent, first.mT).to(self.hidden_dtype)
        for k, weight in enumerate(weights[1:], start=1):
            tangent = torch.ops.aten.leaky_relu_backward(tangent, real[k - 1], self.settings.slope, True)
            self.layer_gradients[k].weight.add_(torch.bmm(deltas[k].to(self.hidden_dtype).mT, tangent), alpha=share)
            tangent = torch.bmm(tangent, weight.mT)
        tangent = torch.ops.aten.leaky_relu_backward(tangent, real[-1], self.settings.slope, True)
        self.layer_gradients[-1].weight.add_(tangent.sum(1, keepdim=True, dtype=flat.dtype), alpha=share)


def _views(
    buffer: Tensor, sizes: Sequence[tuple[int, int]], n_classes: int, embedded: int
) -> tuple[list[Layer], Float[Tensor, "seed m e"]]:
    seeds = buffer.shape[0]
    layers, start = [], 0
    for out, into in sizes:
        weight = buffer[:, start : start + out * into].view(seeds, out, into)
        start += out * into
        layers.append(Layer(weight, buffer[:, start : start + out].view(seeds, 1, out)))
        start += out
    return layers, buffer[:, start:].view(seeds, n_classes, embedded)
