"""How far a representation is from stationary, as the sampling noise sees it.

Stationarity of pairs: the law of ``(y_i, y_j)`` depends on ``i - j`` alone. The published method compares trained
density estimators of neighbouring pairs. Here moments of bounded features are compared instead, which needs no
training: with ``f_k`` the features, ``F_kl(i, j) = E[f_k(y_i) f_l(y_j)]`` is constant along each diagonal. The same is
asked of ``y`` behind a short whitening filter, so that weak high frequencies count as much as strong low ones. Each
deviation enters in units of its sampling noise, so that the loss of the true representation is of the order of half
the number of conditions: a measure of fit that needs no knowledge of the truth. It is no calibrated test. The noise of the
covariance is that of a Gaussian process, and that of pulses is larger: 1 to 3 times half the conditions were found at the
truth. Where the covariance comes from more samples than the moments, it is less.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float
from scipy.linalg import solve_toeplitz, toeplitz
from torch import Tensor


def average_along_diagonals(matrices: Float[Tensor, "... m m"]) -> Float[Tensor, "... m m"]:
    """Replace each entry by the mean of its diagonal: the nearest Toeplitz matrices, not necessarily symmetric."""
    m = matrices.shape[-1]
    index = torch.arange(m)
    lag = (index[:, None] - index + m - 1).reshape(-1)
    flat = matrices.reshape(*matrices.shape[:-2], m * m)
    sums = torch.zeros(*flat.shape[:-1], 2 * m - 1, dtype=flat.dtype).index_add_(-1, lag, flat)
    return (sums / torch.bincount(lag))[..., lag].reshape(matrices.shape)


@dataclass(frozen=True)
class _View:
    """The representation behind one filter, and the normalisation of its features."""

    filter: Float[Tensor, "d m"]
    odd_mean: float
    odd_scale: float
    even_mean: float
    even_scale: float


class PairStationarity:
    """Loss of an orthogonal representation ``y = Q x``, with its gradient.

    Parameters
    ----------
    x
        Centred samples.
    covariance
        Covariance of the data, from these or more samples.
    whitening
        Orders of the autoregressive filters; 0 is no filter.
    floor
        Smallest power of a wave that weighs the deviations of the covariance, in units of the mean power.
    """

    def __init__(
        self,
        x: Float[Tensor, "sample d"],
        covariance: Float[Tensor, "d d"],
        *,
        whitening: Sequence[int],
        floor: float = 1e-4,
    ) -> None:
        self.x = x
        self.covariance = covariance
        self.floor = floor
        # A filter must leave enough of the window; without any, the covariance alone would be tested.
        self.whitening = [order for order in whitening if self._fits(order)] or [0]
        self._views: list[_View] = []
        self._whitener = torch.eye(x.shape[1], dtype=torch.float64)

    def adapt(self, q: Float[Tensor, "d d"]) -> None:
        """Set filters, scales and the weight of the covariance from the representation at hand."""
        hidden = self._average(q @ self.covariance @ q.T)
        values, vectors = torch.linalg.eigh(hidden)
        values = values.clamp_min(self.floor * float(values.mean()))  # an average may lose its positivity
        self._whitener = (vectors / values.sqrt()) @ vectors.T
        power = (vectors * values) @ vectors.T
        self._views = []
        for order in self.whitening:
            view = self._filter(power, order)
            w = self._filtered(view, q)
            odd, even = torch.tanh(w), torch.exp(-w * w)
            self._views.append(
                _View(view, float(odd.mean()), float(odd.std()), float(even.mean()), float(even.std()) + 1e-12)
            )

    def _fits(self, order: int) -> bool:
        """Whether a filter leaves enough of the window."""
        return order <= self.x.shape[1] // 3

    def _average(self, matrices: Float[Tensor, "... m m"]) -> Float[Tensor, "... m m"]:
        """Average over pairs of components that a stationary law does not tell apart."""
        return average_along_diagonals(matrices)

    def _filter(self, covariance: Float[Tensor, "d d"], order: int) -> Float[Tensor, "d m"]:
        """Give the prediction error of each component from the `order` ones before it, of unit variance, as columns."""
        dim = len(covariance)
        lags = covariance[0].numpy()
        taps = np.ones(1)
        if order:
            taps = np.concatenate([[1.0], -solve_toeplitz(lags[:order], lags[1 : order + 1])])
        taps /= np.sqrt(taps @ toeplitz(lags[: order + 1]) @ taps)
        m = dim - order
        matrix = np.zeros((dim, m))
        for k, tap in enumerate(taps):
            matrix[np.arange(m) + order - k, np.arange(m)] = tap
        return torch.from_numpy(matrix)

    @property
    def conditions(self) -> int:
        """Number of independent conditions; an exact symmetry has a loss of the order of half of it."""
        dim = self.x.shape[1]
        total = dim * (dim - 1) // 2
        for order in self.whitening:
            m = dim - order
            total += m * (2 * m + 1) - (4 * m - 1) + 2 * (m - 1)
        return total

    def value(self, q: Float[Tensor, "d d"]) -> float:
        """Loss [nats] without its gradient."""
        total = self._covariance_terms(q)[0]
        for view in self._views:
            total += self._pair_terms(view, self._features(view, q)[3])[0]
        return total

    def __call__(self, q: Float[Tensor, "d d"]) -> tuple[dict[str, float], Float[Tensor, "d d"]]:
        """Terms of the loss [nats] and the gradient of their sum with respect to the entries of `q`."""
        covariance_term, gradient = self._covariance_terms(q)
        terms = {"covariance": covariance_term}
        for order, view in zip(self.whitening, self._views, strict=True):
            w, odd, even, z = self._features(view, q)
            m = w.shape[1]
            terms[f"pairs_{order}"], pairs, singles = self._pair_terms(view, z)
            back = torch.addmm(singles.reshape(1, -1), z, pairs.permute(0, 2, 1, 3).reshape(2 * m, 2 * m))
            w_back = back[:, :m] * (1 - odd * odd) / view.odd_scale - back[:, m:] * (2 * w * even) / view.even_scale
            gradient = gradient + view.filter @ (w_back.T @ self.x).double()
        return terms, gradient

    def _covariance_terms(self, q: Float[Tensor, "d d"]) -> tuple[float, Float[Tensor, "d d"]]:
        """Gaussian part: how far the hidden covariance is from Toeplitz, in units of its sampling noise."""
        rotated = q @ self.covariance
        hidden = rotated @ q.T
        deviation = self._whitener @ (hidden - self._average(hidden)) @ self._whitener
        pull = self._whitener @ deviation @ self._whitener
        gradient = len(self.x) * (pull - self._average(pull)) @ rotated
        return len(self.x) / 4 * float((deviation**2).sum()), gradient

    def _features(
        self, view: _View, q: Float[Tensor, "d d"]
    ) -> tuple[
        Float[Tensor, "sample m"], Float[Tensor, "sample m"], Float[Tensor, "sample m"], Float[Tensor, "sample two_m"]
    ]:
        """Give the filtered components, both features of them, and these normalised side by side."""
        w = self._filtered(view.filter, q)
        odd, even = torch.tanh(w), torch.exp(-w * w)
        m = w.shape[1]
        z = torch.empty(len(w), 2 * m, dtype=w.dtype)
        torch.sub(odd, view.odd_mean, out=z[:, :m]).div_(view.odd_scale)
        torch.sub(even, view.even_mean, out=z[:, m:]).div_(view.even_scale)
        return w, odd, even, z

    def _pair_terms(
        self, view: _View, z: Float[Tensor, "sample two_m"]
    ) -> tuple[float, Float[Tensor, "2 2 m m"], Float[Tensor, "2 m"]]:
        """Loss of the pair moments and means, and their deviations from constant."""
        n_samples, m = len(z), view.filter.shape[1]
        moments = (z.T @ z / n_samples).reshape(2, m, 2, m).permute(0, 2, 1, 3)
        pairs = moments - self._average(moments)
        means = z.mean(dim=0).reshape(2, m)
        singles = means - means.mean(dim=1, keepdim=True)
        value = float((pairs**2).sum(dtype=torch.float64)) / 4 + float((singles**2).sum(dtype=torch.float64)) / 2
        return n_samples * value, pairs, singles

    def per_condition(self, q: Float[Tensor, "d d"]) -> float:
        """Twice the loss per condition: about 1 where the symmetry is exact."""
        return 2 * self.value(q) / self.conditions

    def moments(self, q: Float[Tensor, "d d"]) -> Float[Tensor, "3 3 d d"]:
        """Pair moments of the unfiltered components: identity, odd and even feature, each of unit variance."""
        y = self.x @ q.T.float()
        y = y / y.std()
        z = torch.stack([f - f.mean() for f in (y, torch.tanh(y), torch.exp(-y * y))], dim=1)
        z = (z / z.pow(2).mean(dim=(0, 2), keepdim=True).sqrt()).reshape(len(y), -1)
        return (z.T @ z / len(y)).reshape(3, len(q), 3, len(q)).permute(0, 2, 1, 3).double()

    def _filtered(self, view: Float[Tensor, "d m"], q: Float[Tensor, "d d"]) -> Float[Tensor, "sample m"]:
        return self.x @ (q.T @ view).to(self.x.dtype)
