"""Discovery of symmetries from samples: LieGAN as a batched ensemble."""

from symscope.discovery.discover import discover_symmetry
from symscope.discovery.result import Discovery

__all__ = ["Discovery", "discover_symmetry"]
