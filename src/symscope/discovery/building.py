"""From the settings of a method to an ensemble that is ready to train."""

import torch
from torch import Tensor

from symscope.config.augerino import Augerino
from symscope.config.discovery import LieGan
from symscope.config.liegg import LieGG
from symscope.config.methods import AlgebraMethod
from symscope.config.msr import Msr
from symscope.config.symmetrygan import SymmetryGan
from symscope.discovery.adversarial import AdversarialTrainer
from symscope.discovery.adversary import DiscriminatorEnsemble
from symscope.discovery.augerino import AugerinoTrainer
from symscope.discovery.convolution import ConvolutionEnsemble
from symscope.discovery.generator import GeneratorEnsemble
from symscope.discovery.liegan import AlgebraMover
from symscope.discovery.liegg import LieGGTrainer
from symscope.discovery.movers import Mover
from symscope.discovery.msr import MsrTrainer
from symscope.discovery.perceptron import PerceptronEnsemble
from symscope.discovery.samples import Samples
from symscope.discovery.scale_search import ScaleSearchTrainer
from symscope.discovery.symmetrygan import ElementMover
from symscope.discovery.trainer import EnsembleTrainer
from symscope.errors import ConfigError


def build_trainer(
    method: AlgebraMethod, samples: Samples, span: Tensor, streams: list[torch.Generator]
) -> EnsembleTrainer:
    """Put together what a method trains, before its first step.

    Parameters
    ----------
    method
        The method and its settings.
    samples
        What to train on.
    span
        Orthonormal basis of the directions that the samples visit, (d, r).
    streams
        One random stream for each seed.

    Raises
    ------
    ConfigError
        For settings that do not fit the samples.
    """
    if isinstance(method, Msr):
        return MsrTrainer(method, samples, streams=streams)
    if isinstance(method, Augerino | LieGG) and samples.tasks > 1:
        raise ConfigError(f"method '{method.name}' learns one task at a time, and the samples hold {samples.tasks}")
    if isinstance(method, LieGG):
        return LieGGTrainer(method, samples, streams=streams)
    if isinstance(method, Augerino):
        return AugerinoTrainer(method, samples, generators=_generators(method, samples, span, streams), streams=streams)
    mover: Mover
    if isinstance(method, SymmetryGan):
        mover = ElementMover(
            method.element,
            dim=samples.dim,
            streams=streams,
            dtype=samples.x.real.dtype,
            is_complex=samples.is_complex,
        )
    else:
        mover = AlgebraMover(method, _generators(method, samples, span, streams))
    discriminator = _discriminator(method, samples, streams)
    steps = method.optimisation.count_steps(len(samples.x) // samples.tasks)
    if isinstance(mover, AlgebraMover) and mover.settings.scale_search is not None:
        if not isinstance(discriminator, PerceptronEnsemble):
            raise ConfigError("method.scale_search needs discriminator.kind: mlp")
        return ScaleSearchTrainer(
            mover.settings,
            mover.settings.scale_search,
            samples,
            mover=mover,
            discriminator=discriminator,
            streams=streams,
            steps=steps,
        )
    return AdversarialTrainer(method, samples, mover=mover, discriminator=discriminator, streams=streams, steps=steps)


def _generators(
    method: LieGan | Augerino, samples: Samples, span: Tensor, streams: list[torch.Generator]
) -> GeneratorEnsemble:
    return GeneratorEnsemble(
        method.generator,
        method.coefficients,
        dim=samples.dim,
        streams=streams,
        dtype=samples.x.real.dtype,
        is_complex=samples.is_complex,
        span=span,
    )


def _discriminator(
    method: LieGan | SymmetryGan, samples: Samples, streams: list[torch.Generator]
) -> DiscriminatorEnsemble:
    x, y, n_classes = samples.x, samples.y, samples.n_classes
    dtype = x.real.dtype
    moves_y = samples.y_action != "trivial"
    extra = _width(y) if not moves_y and n_classes == 0 else 0
    if method.discriminator.kind == "conv":
        if x.ndim != 4 or moves_y:
            raise ConfigError(
                "discriminator.kind 'conv' needs images (n, channels, height, width) and a trivial action on y"
            )
        return ConvolutionEnsemble(
            method.discriminator,
            shape=tuple(x.shape[1:]),
            n_extra=extra,
            n_classes=n_classes,
            streams=streams,
            dtype=dtype,
        )
    return PerceptronEnsemble(
        method.discriminator,
        n_inputs=_width(x) + (_width(y) if moves_y else 0),
        n_extra=extra,
        n_classes=n_classes,
        streams=streams,
        dtype=dtype,
        hidden_dtype=torch.bfloat16 if method.precision == "bfloat16" else dtype,
    )


def _width(values: Tensor) -> int:
    return (2 if values.is_complex() else 1) * values[0].numel()
