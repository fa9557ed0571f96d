"""From ragged jets to the flat nodes of many small graphs."""

from typing import NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor

from symscope.errors import DataError
from symscope.models.kinematics import beam_particles, invariant_mass, restore_massless, signed_log


class JetNodes(NamedTuple):
    """Nodes of all jets of a batch, one after another: a jet's beams first, then its constituents."""

    momenta: Float[Tensor, "node 4"]
    """E, px, py, pz [GeV]."""
    scalars: Float[Tensor, "node 2"]
    """psi(mass) in the first column for constituents, in the second for beams; zero in the other."""
    offsets: Int[Tensor, " jet_plus_1"]
    """First node of each jet; the last entry is the number of nodes."""

    @property
    def counts(self) -> Int[Tensor, " jet"]:
        """Nodes of each jet."""
        return self.offsets.diff()

    @property
    def batch(self) -> Int[Tensor, " node"]:
        """Jet of each node, as torch-geometric wants it."""
        return torch.repeat_interleave(torch.arange(len(self.offsets) - 1, device=self.offsets.device), self.counts)


def check_jets(momenta: Tensor, offsets: Tensor) -> None:
    """Refuse arrays that are no ragged jets, with what is wrong in the message."""
    if momenta.ndim != 2 or momenta.shape[-1] != 4:
        raise DataError(f"momenta have shape {tuple(momenta.shape)}; give (n_constituents, 4) as E, px, py, pz in GeV")
    if offsets.ndim != 1 or len(offsets) == 0 or offsets.is_floating_point():
        raise DataError(f"offsets have shape {tuple(offsets.shape)} and type {offsets.dtype}; give n_jets + 1 integers")
    if int(offsets[0]) != 0 or int(offsets[-1]) != len(momenta) or bool((offsets.diff() < 0).any()):
        raise DataError(
            f"offsets run from {int(offsets[0])} to {int(offsets[-1])} over {len(momenta)} constituents; "
            "they must rise from 0 to the number of constituents"
        )
    if not bool(torch.isfinite(momenta).all()):
        first = int((~torch.isfinite(momenta)).any(-1).nonzero()[0])
        raise DataError(f"momenta of constituent {first} are not finite; drop or mend that jet before scoring")


def build_nodes(
    momenta: Float[Tensor, "constituent 4"],
    offsets: Int[Tensor, " jet_plus_1"],
    *,
    beams: bool,
    dtype: torch.dtype,
    beam_momenta: Float[Tensor, "2 4"] | None = None,
) -> JetNodes:
    """Add the beams to each jet and compute the scalars.

    Parameters
    ----------
    momenta
        E, px, py, pz of all constituents [GeV].
    offsets
        First constituent of each jet, and the number of constituents at the end.
    beams
        Whether to add the beam particles.
    dtype
        Precision of the result. Masses are computed in float64 whatever it is.
    beam_momenta
        Beams to use instead of (sqrt 2, 0, 0, +-1), such as boosted ones.
    """
    exact = restore_massless(momenta)
    mass = signed_log(invariant_mass(exact))
    counts = offsets.diff()
    n_beams = 2 if beams else 0
    n_jets = len(counts)
    node_offsets = offsets + n_beams * torch.arange(n_jets + 1, device=offsets.device)
    jet = torch.repeat_interleave(torch.arange(n_jets, device=offsets.device), counts)
    place = torch.arange(len(momenta), device=offsets.device) + n_beams * (jet + 1)
    nodes = exact.new_zeros((len(momenta) + n_beams * n_jets, 4))
    scalars = exact.new_zeros((len(nodes), 2))
    nodes[place] = exact
    scalars[place, 0] = mass
    if beams:
        pair = beam_particles(dtype=exact.dtype, device=exact.device) if beam_momenta is None else beam_momenta.double()
        beam_mass = signed_log(invariant_mass(pair))
        for k in range(2):
            nodes[node_offsets[:-1] + k] = pair[k].to(nodes.device)
            scalars[node_offsets[:-1] + k, 1] = beam_mass[k].to(nodes.device)
    return JetNodes(nodes, scalars.to(dtype), node_offsets)
