"""What must hold of momenta that come from a file, and what is told where it does not."""

import numpy as np
from jaxtyping import Bool

from symscope.config.jet_datasets import JetReading
from symscope.errors import DataError
from symscope.io.jets import JetBatch, JetBlock, jets_out_of_order

COMPONENTS = ("E", "px", "py", "pz")
_ORDER_TOLERANCE = 1e-5  # relative; a file sorted in double precision may seem unsorted in single by about 1e-7


def check_momenta(block: JetBlock, settings: JetReading) -> None:
    """Refuse momenta that no particle has.

    Raises
    ------
    DataError
        Naming file, entry and constituent, where a component is not finite or an energy is negative; and, where the
        settings say so, where constituents are space-like or not in order.
    """
    momenta = block.batch.momenta
    finite = np.isfinite(momenta)
    if not finite.all():
        row = int(np.flatnonzero(~finite.all(axis=1))[0])
        component = int(np.flatnonzero(~finite[row])[0])
        raise DataError(
            f"{_place(block, row)}: {COMPONENTS[component]} is {momenta[row, component]}, and momenta must be finite "
            "numbers in GeV; mend the file"
        )
    negative = np.flatnonzero(momenta[:, 0] < 0)
    if len(negative):
        raise DataError(
            f"{_place(block, int(negative[0]))}: E is {momenta[negative[0], 0]:g} GeV, and energies must be 0 or more; mend "
            "the file, or check that the components are named in the order E, px, py, pz"
        )
    if settings.spacelike == "error":
        row = int(np.argmax(spacelike)) if (spacelike := spacelike_constituents(block.batch, settings)).any() else -1
        if row >= 0:
            energy, px, py, pz = (float(v) for v in momenta[row])
            raise DataError(
                f"{_place(block, row)}: E is {energy:g} GeV and |p| is {np.hypot(np.hypot(px, py), pz):g} GeV, and E must not "
                f"be below |p| beyond a relative {settings.spacelike_tolerance:g} of the squares; mend the file, or set "
                "'spacelike: report' to keep and count such constituents"
            )
    if settings.constituent_order == "check":
        wrong = np.flatnonzero(jets_out_of_order(block.batch, tolerance=_ORDER_TOLERANCE))
        if len(wrong):
            raise DataError(
                f"{block.path}, entry {block.first_entry + wrong[0]}: the constituents are not by falling transverse "
                "momentum; set 'constituent_order: sort' to have them sorted, or 'keep' to leave them"
            )


def spacelike_constituents(batch: JetBatch, settings: JetReading) -> Bool[np.ndarray, " constituent"]:
    """Mark the constituents with (|p|^2 - E^2) / E^2 above the tolerance."""
    energy, px, py, pz = batch.momenta.T.astype(np.float64)
    marked: Bool[np.ndarray, " constituent"] = px**2 + py**2 + pz**2 > (1 + settings.spacelike_tolerance) * energy**2
    return marked


def _place(block: JetBlock, row: int) -> str:
    """File, entry and constituent of one row of the momenta, the latter two counted from 0."""
    jet = int(np.searchsorted(block.batch.offsets, row, side="right")) - 1
    return f"{block.path}, entry {block.first_entry + jet}, constituent {row - block.batch.offsets[jet]}"
