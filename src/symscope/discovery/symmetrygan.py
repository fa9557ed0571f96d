"""SymmetryGAN: one learned group element (Desai, Nachman and Thaler 2021, arXiv:2112.05722)."""

import warnings
from collections.abc import Sequence

import numpy as np
import torch
from jaxtyping import Float, Inexact
from numpy import ndarray
from scipy.linalg import logm
from torch import Tensor

from symscope.config.symmetrygan import ElementSettings
from symscope.discovery.masks import search_mask
from symscope.errors import ConfigError


class ElementMover:
    """Moves every sample by the one matrix that is learned.

    Parameters
    ----------
    settings
        Search space, parametrisation and starting values.
    dim
        Size d of the matrix.
    streams
        One random stream for each seed, for the starting values.
    dtype
        Real arithmetic; complex elements use its complex partner.
    is_complex
        Whether the matrix is complex.
    """

    terms: tuple[str, ...] = ("distance_from_identity", "log_volume")

    def __init__(
        self,
        settings: ElementSettings,
        *,
        dim: int,
        streams: Sequence[torch.Generator],
        dtype: torch.dtype,
        is_complex: bool,
    ) -> None:
        device = streams[0].device
        kind = {torch.float32: torch.complex64, torch.float64: torch.complex128}[dtype] if is_complex else dtype
        if is_complex and settings.parametrisation != "free":
            raise ConfigError(
                f"element.parametrisation is '{settings.parametrisation}', which is for real samples, and these are complex; "
                "use 'free'"
            )
        self.parametrisation = settings.parametrisation
        std = settings.initial_std
        if std is None:
            std = 2.0**0.5 / dim if settings.parametrisation == "free" else 1.0
        start = torch.stack(
            [std * torch.randn(1, dim, dim, generator=stream, dtype=kind, device=device) for stream in streams]
        )
        self.identity = torch.eye(dim, dtype=kind, device=device)
        start = start + self.identity if settings.start == "identity" else start
        self.mask = search_mask(settings.search_space, dim).to(dtype=dtype, device=device)
        self.is_complex = is_complex
        self.leaf = (torch.view_as_real(start) if is_complex else start).clone().requires_grad_(True)

    @property
    def learns_elements(self) -> bool:
        """One element is learned."""
        return True

    @property
    def reports_sparse_basis(self) -> bool:
        """An element has no basis."""
        return False

    @property
    def learned(self) -> Inexact[Tensor, "seed 1 d d"]:
        """The numbers that the elements follow from, without the mask; a view of what is trained."""
        return torch.view_as_complex(self.leaf) if self.is_complex else self.leaf

    @property
    def reported(self) -> Inexact[Tensor, "seed 1 d d"]:
        """The elements as they act now."""
        return self._element(self.learned)

    def _element(self, values: Inexact[Tensor, "seed 1 d d"]) -> Inexact[Tensor, "seed 1 d d"]:
        if self.parametrisation == "exponential":
            rotation: Tensor = torch.linalg.matrix_exp((values - values.mT) / 2)
            return rotation
        if self.parametrisation == "qr":
            q, r = torch.linalg.qr(values)
            # With a positive diagonal of R the factors are unique, so that Q follows A without jumps.
            signs = torch.where(r.diagonal(dim1=-2, dim2=-1) < 0, -1.0, 1.0)
            orthogonal: Tensor = q * signs.to(q.dtype)[..., None, :]
            return orthogonal
        return values * self.mask

    @property
    def law_parameters(self) -> dict[str, Tensor]:
        """What is learned of the law of the coefficients; there is none."""
        return {}

    @property
    def state(self) -> list[Tensor]:
        """The elements."""
        return [self.leaf]

    def parameters(self) -> list[Tensor]:
        """List what is trained, as real leaves."""
        return [self.leaf]

    def draw(self, streams: Sequence[torch.Generator], *, steps: int, batch: int, dtype: torch.dtype) -> list[Tensor]:
        """Nothing is random; the empty numbers say how long a batch is."""
        return [torch.empty(len(streams), batch, 0, dtype=dtype, device=self.leaf.device)] * steps

    def elements(self, noise: Tensor) -> Inexact[Tensor, "seed batch d d"]:
        """Give the same element for all samples of a batch."""
        return self.reported.expand(-1, noise.shape[1], -1, -1)

    def penalty(self) -> Float[Tensor, "seed"] | None:
        """Nothing."""
        return None

    def measures(self) -> list[Float[Tensor, "seed"]]:
        """|g - 1| in the Frobenius norm, and log |det g|."""
        element = self.reported[:, 0]
        distance: Tensor = torch.linalg.matrix_norm(element - self.identity)
        return [distance, torch.linalg.slogdet(element).logabsdet]

    def begin_step(self, step_index: int, steps: int) -> None:
        """Do nothing; all steps are alike."""

    def update(self, optimizer: torch.optim.Optimizer) -> None:
        """Take one step."""
        optimizer.step()

    @torch.no_grad()
    def finished(self, learned: Tensor) -> Inexact[Tensor, "seed 1 d d"]:
        """Give the elements to report."""
        return self._element(learned.detach())


def principal_logarithms(elements: Inexact[ndarray, "*lead d d"]) -> Inexact[ndarray, "*lead d d"]:
    """Principal logarithm of each group element: the generator with exp(L) = g and angles between -pi and pi.

    A real element with negative eigenvalues of odd multiplicity has no real logarithm, and a turn by pi has none that is
    singled out; the real part of the complex one is given, whose exponential is then not the element. Elements that are
    not finite give NaN, and so do singular ones.
    """
    exact = elements.astype(np.complex128 if np.iscomplexobj(elements) else np.float64)
    flat = exact.reshape(-1, *elements.shape[-2:])
    return np.stack([_logarithm(element) for element in flat]).reshape(elements.shape).astype(elements.dtype)


def _logarithm(element: ndarray) -> ndarray:
    floor = np.finfo(element.dtype).eps * np.linalg.norm(element)
    if not np.isfinite(element).all() or np.linalg.svd(element, compute_uv=False)[-1] <= floor:
        return np.full_like(element, np.nan)
    with warnings.catch_warnings():  # scipy warns where eigenvalues come close to the negative axis
        warnings.simplefilter("ignore", RuntimeWarning)
        result = np.asarray(logm(element))
    return result if np.iscomplexobj(element) else np.asarray(result.real)
