"""Exponentials of many small matrices at once, cheap to differentiate."""

import torch
from jaxtyping import Inexact
from torch import Tensor


def expm(matrices: Inexact[Tensor, "*n d d"], *, squarings: int = 6) -> Inexact[Tensor, "*n d d"]:
    """Matrix exponential by scaling, an eighth-order Taylor polynomial and squaring.

    The number of squarings is fixed, so that nothing has to be read back from a device, and the polynomial is evaluated
    with three products (Paterson and Stockmeyer 1973). The truncation error relative to the result is about
    (norm / 2^squarings)^8 / 9!: below 1e-5 for norms up to 2^(squarings + 0.3), below float64's rounding for norms up to
    2^(squarings - 4).

    Parameters
    ----------
    matrices
        Real or complex.
    squarings
        Number of halvings before the series.
    """
    a = matrices * 0.5**squarings
    eye = torch.eye(a.shape[-1], dtype=a.dtype, device=a.device)
    a2 = a @ a
    a3 = a2 @ a
    # exp(a) = c0 + a (c1 + a c2) + a3 (c3 + ...) with the powers grouped by three
    low = eye + a + a2 / 2
    middle = eye / 6 + a / 24 + a2 / 120
    high = eye / 720 + a / 5040 + a2 / 40320
    result = low + a3 @ (middle + a3 @ high)
    for _ in range(squarings):
        result = result @ result
    return result
