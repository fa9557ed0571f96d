"""A basis of a discovered algebra that a person reads: a name for each element, and what it does to each component."""

import re
from collections.abc import Sequence

import numpy as np
from jaxtyping import Inexact
from numpy import ndarray

from symscope.groups.physical_basis import PhysicalBasis, physical_basis
from symscope.groups.simple_extension import extended_simply
from symscope.groups.spans import restrict_to_span, sparse_basis
from symscope.report.format import format_fixed
from symscope.report.identity import BasisElement

SMALLEST = 0.05
"""Entries below this share of the largest are left out of the words."""
MOMENTA = ("px", "py", "pz")
"""Components that are named after an axis."""
HOMOGENEOUS = re.compile(r"^(.+) by 1$")
"""What a motion by the homogeneous coordinate, which is 1 for every point, is called before it is named."""
LONGEST = 24
"""Entries of an element that are written out; the words say how many others there are."""


def readable_elements(
    generators: Inexact[ndarray, "c d d"],
    components: Sequence[str] | None = None,
    *,
    span: Inexact[ndarray, "d r"] | None = None,
) -> tuple[BasisElement, ...]:
    """Find a readable basis of a span and put it into words.

    Parameters
    ----------
    generators
        Linearly independent; there may be none.
    components
        Names of the components that they act on; by default x1, x2, ...
    span
        Orthonormal basis of the directions that the data visit, by default all. What generators do to others is not known, and
        the simplest is written.
    """
    if not len(generators):
        return ()
    size = generators.shape[-1]
    named = components is not None and len(components) == size
    names = list(components or ()) if named else [f"x{k + 1}" for k in range(size)]
    basis = readable_basis_of(generators, names if named else None, span=span)
    return tuple(
        BasisElement(name=name, cosine=None if np.isnan(cosine) else float(cosine), motion=motion_words(matrix, names))
        for name, cosine, matrix in zip(basis.names, basis.cosines, basis.generators, strict=True)
    )


def readable_basis_of(
    generators: Inexact[ndarray, "c d d"],
    components: Sequence[str] | None,
    *,
    span: Inexact[ndarray, "d r"] | None = None,
) -> PhysicalBasis:
    """Find a readable basis with names; see :func:`readable_elements`."""
    if span is not None and span.shape[1] < generators.shape[-1] and not np.iscomplexobj(generators):
        generators = extended_simply(sparse_basis(restrict_to_span(generators, span)), span)
    basis = physical_basis(generators, components=None if components is None else axis_names(components))
    return basis._replace(names=tuple(HOMOGENEOUS.sub(r"translation \1", name) for name in basis.names))


def axis_names(components: Sequence[str]) -> list[str]:
    """Give names of components for names of motions: a momentum px stands for the axis x."""
    axes = [name.removeprefix("p") if name in MOMENTA else name for name in components]
    return axes if len(set(axes)) == len(axes) else list(components)


def motion_words(matrix: Inexact[ndarray, "d d"], names: Sequence[str]) -> str:
    """Say what a generator does to each component, such as `δpx = −1.00 py; δpy = 1.00 px`, its largest entry being 1."""
    scaled = matrix / np.abs(matrix).max()
    rows, written, left_out = [], 0, 0
    for name, row in zip(names, scaled, strict=True):
        terms = [(value, other) for value, other in zip(row, names, strict=True) if abs(value) >= SMALLEST]
        kept = terms[: max(0, LONGEST - written)]
        written, left_out = written + len(kept), left_out + len(terms) - len(kept)
        if kept:
            rows.append(
                f"δ{name} = " + " ".join(_term(value, other, first=k == 0) for k, (value, other) in enumerate(kept))
            )
    more = f"; and {left_out} more entries" if left_out else ""
    return "; ".join(rows) + more


def _term(value: np.number, name: str, *, first: bool) -> str:
    if np.iscomplexobj(value):
        number = f"({format_fixed(float(np.real(value)), 2)} {_sign(float(np.imag(value)))} {abs(float(np.imag(value))):.2f}i)"
        return f"{'' if first else '+ '}{number} {name}"
    real = float(np.real(value))
    if first:
        return f"{format_fixed(real, 2)} {name}"
    return f"{_sign(real)} {abs(real):.2f} {name}"


def _sign(value: float) -> str:
    return "\N{MINUS SIGN}" if value < 0 else "+"
