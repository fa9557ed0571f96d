"""SymmetryLens by the paper's own losses and estimators."""

from symscope.discovery.symmetrylens.published.discover import discover_published

__all__ = ["discover_published"]
