"""Samples as a discovery trains on them: checked, on the device, scaled, labels as classes."""

from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from symscope.config.actions import ActionName
from symscope.config.methods import AlgebraMethod
from symscope.discovery.actions import dimension
from symscope.errors import ConfigError, DataError
from symscope.groups import data_span

MAX_CLASSES = 1000
COMPLEX = {torch.float32: torch.complex64, torch.float64: torch.complex128}


class Samples(NamedTuple):
    """What a discovery trains on."""

    x: Tensor
    """(n, objects, d) or images (n, channel, height, width)."""
    y: Tensor
    """(n, ...) real or complex, or class numbers (n,)."""
    x_action: ActionName
    """How a group element acts on x."""
    y_action: ActionName
    """How it acts on y."""
    dim: int
    """Size of the matrices that act."""
    n_classes: int
    """Number of classes; 0 where y is no label."""
    tasks: int = 1
    """Number of tasks that the samples are of, in equal blocks one after the other."""

    @property
    def is_complex(self) -> bool:
        """Whether the matrices that act are complex."""
        return "complex_vector" in (self.x_action, self.y_action)

    def visited(self) -> np.ndarray:
        """Orthonormal basis (d, r) of the directions that x and y visit, of those that transform as vectors."""
        moving = [(self.x, self.x_action), (self.y, self.y_action)]
        points = [values.flatten(0, -2) for values, action in moving if action in ("vector", "complex_vector")]
        if not points:
            return np.eye(self.dim)
        return data_span(torch.cat(points).cpu().numpy())


def prepare_samples(
    x: Tensor | np.ndarray,
    y: Tensor | np.ndarray,
    *,
    x_action: ActionName,
    y_action: ActionName,
    method: AlgebraMethod,
    dtype: torch.dtype,
    device: torch.device,
    tasks: int = 1,
) -> Samples:
    """Check samples and bring them to the form and device in which a discovery uses them.

    Raises
    ------
    DataError
        For samples that are too few, not finite or of unequal number, and labels that are no classes.
    ConfigError
        For actions that do not fit the samples or each other.
    """
    x, y = torch.as_tensor(x), torch.as_tensor(y)
    if tasks < 1 or len(x) % tasks:
        raise DataError(f"{len(x)} samples are no {tasks} equal blocks; give each task the same number of samples")
    _check(x, y, method.least_samples * tasks)
    x = _as_number(x, dtype)
    n_classes = 0
    if y_action == "trivial" and not y.is_floating_point() and not y.is_complex():
        y, n_classes = _as_classes(y)
    else:
        y = _as_number(y, dtype)
        y = y.unsqueeze(-1) if y.ndim == 1 else y
    if method.input_rms is not None and x_action in ("vector", "complex_vector"):
        rms = x.abs().square().mean().sqrt().clamp_min(torch.finfo(dtype).tiny)
        factor = method.input_rms / rms
        x = x * factor
        y = y * factor if y_action == x_action else y
    return Samples(
        x=x.to(device).contiguous(),
        y=y.to(device).contiguous(),
        x_action=x_action,
        y_action=y_action,
        dim=_common_dimension(x, y, x_action, y_action),
        n_classes=n_classes,
        tasks=tasks,
    )


def _check(x: Tensor, y: Tensor, batch: int) -> None:
    if len(x) != len(y):
        raise DataError(f"x has {len(x)} samples and y has {len(y)}; give one y for each x")
    if len(x) < batch:
        raise DataError(f"{len(x)} samples do not fill a batch of {batch}; give more, or lower optimisation.batch")
    for name, values in (("x", x), ("y", y)):
        if not bool(torch.isfinite(values).all()):
            raise DataError(f"{name} holds NaN or infinite values; remove those samples first")


def _as_number(values: Tensor, dtype: torch.dtype) -> Tensor:
    return values.to(COMPLEX[dtype] if values.is_complex() else dtype)


def _as_classes(y: Tensor) -> tuple[Tensor, int]:
    values, classes = torch.unique(y, return_inverse=True)
    if y.ndim != 1 or len(values) > MAX_CLASSES:
        raise DataError(
            f"integer y are classes: one for each sample and at most {MAX_CLASSES} in all; found shape "
            f"{tuple(y.shape)} with {len(values)}. Give real numbers where y is no label"
        )
    return classes, len(values)


def _common_dimension(x: Tensor, y: Tensor, x_action: ActionName, y_action: ActionName) -> int:
    sizes = {size for size in (dimension(x_action, x), dimension(y_action, y)) if size is not None}
    if len(sizes) != 1:
        found = f"sizes {sorted(sizes)}" if sizes else "two trivial actions"
        raise ConfigError(f"x_action '{x_action}' and y_action '{y_action}' need matrices of one size, found {found}")
    return sizes.pop()
