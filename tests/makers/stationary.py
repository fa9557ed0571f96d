"""Small stationary signals and rotations, for tests of the fast way of SymmetryLens."""

import numpy as np
import torch

from symscope.config.signals import GaussianPulses, SignalsDataset
from symscope.data.signals import hidden_signals
from symscope.discovery.symmetrylens.checks import check_samples


def stationary_samples(n=9, n_samples=4000, seed=0, basis=None):
    """Signals as they hide, and their covariance in double precision."""
    x = hidden_signals(
        SignalsDataset(length=n, basis=basis or GaussianPulses()), n_samples, rng=np.random.default_rng(seed)
    )
    x = torch.from_numpy(check_samples(x))
    x = x / x.std()
    return x, (x.T @ x).double() / len(x)


def rotation(n, size, seed=0):
    a = torch.randn(n, n, dtype=torch.float64, generator=torch.Generator().manual_seed(seed)) * size
    return torch.linalg.matrix_exp(a - a.T)


def likeness(q):
    """Mean |diagonal| of a representation or of its mirror image; 1 for the hidden signal itself."""
    return max(float(m.diagonal().abs().mean()) for m in (q, q.flip(0)))
