"""SymmetryLens: the generator of a one-parameter symmetry, found by locality and stationarity."""

from symscope.discovery.symmetrylens.discover import discover_lens
from symscope.discovery.symmetrylens.fast import discover_fast
from symscope.discovery.symmetrylens.published import discover_published
from symscope.discovery.symmetrylens.result import LensResult

__all__ = ["LensResult", "discover_fast", "discover_lens", "discover_published"]
