"""Names of known Lie algebras, read without building a matrix: for checks that must be quick."""

import re
from typing import Annotated, NamedTuple

from pydantic import AfterValidator

TERMS = "so(n), so(p,q), su(n), gl(n), sl(n), se(n), translation(n), affine_rotation(n) and dilatation"
"""Terms of a name, as messages list them."""

_TERM = re.compile(r"(?P<kind>so|su|gl|sl|se|affine_rotation|translation|dilatation)\((?P<sizes>\d+(,\d+)*)\)")
_HOMOGENEOUS = ("se", "translation", "affine_rotation")


class AlgebraTerm(NamedTuple):
    """One term of a name."""

    kind: str
    """Family, such as `so`."""
    sizes: tuple[int, ...]
    """The numbers in parentheses."""

    @property
    def dimension(self) -> int:
        """Size of its matrices."""
        return sum(self.sizes) + (self.kind in _HOMOGENEOUS)


def algebra_terms(name: str) -> list[AlgebraTerm]:
    """Split the name of an algebra into its terms.

    Parameters
    ----------
    name
        Terms joined by ``+``, such as ``so(1,3)+dilatation``; ``dilatation`` alone takes the size of the first term.

    Raises
    ------
    ValueError
        For a term that is not known, a size that it does not have, or terms of different sizes.
    """
    terms: list[AlgebraTerm] = []
    for text in name.replace(" ", "").split("+"):
        match = _TERM.fullmatch(f"dilatation({terms[0].dimension})" if text == "dilatation" and terms else text)
        if match is None:
            raise ValueError(f"'{text}' is no known algebra; allowed are {TERMS}, joined by '+'")
        term = AlgebraTerm(match["kind"], tuple(int(size) for size in match["sizes"].split(",")))
        smallest = 1 if term.kind in ("gl", "translation", "dilatation") else 2
        most = 2 if term.kind == "so" else 1
        if len(term.sizes) > most or sum(term.sizes) < smallest:
            raise ValueError(f"'{text}' is no algebra; {term.kind} takes one size of at least {smallest}")
        terms.append(term)
    if len({term.dimension for term in terms}) > 1:
        sizes = ", ".join(str(term.dimension) for term in terms)
        raise ValueError(f"its terms have matrices of sizes {sizes}; give terms of one size")
    return terms


def algebra_dimension(name: str) -> int:
    """Size of the matrices of an algebra by name; raises ``ValueError`` as :func:`algebra_terms` does."""
    return algebra_terms(name)[0].dimension


def _known(name: str) -> str:
    algebra_terms(name)
    return name


AlgebraName = Annotated[str, AfterValidator(_known)]
"""Name of a known algebra."""
