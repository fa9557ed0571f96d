"""What the page of one experiment is made of, whatever kind of thing was found."""

from typing import Any, NamedTuple

from matplotlib.figure import Figure
from numpy import ndarray

from symscope.plotting.search import Search
from symscope.report.entries import Highlight
from symscope.report.records import Record

SYMBOLS = {"generators": "L", "readable": "K", "elements": "g", "forms": "J", "steps": "G"}
"""Letter of each kind of matrix in LaTeX."""
KINDS = {
    "generators": "Generators as found",
    "readable": "The same span in a basis that can be read",
    "elements": "Group elements as found",
    "forms": "Invariant symmetric forms",
    "steps": "One step of the translation",
}
"""What each kind of matrix is."""


class NamedMatrix(NamedTuple):
    """A matrix for the downloads."""

    kind: str
    """A key of :data:`KINDS`."""
    name: str
    """Such as `rotation x`; empty where nothing is known."""
    values: ndarray
    """Real or complex."""


class Told(NamedTuple):
    """What there is to say about a discovery."""

    sentence: str
    """The answer in one sentence, for discoveries of which no statements are tested."""
    notes: tuple[str, ...]
    """Further sentences."""
    figure: Figure | None
    """Picture of what was found; None where nothing was."""
    caption: str
    """How to read it."""
    alt: str
    """What a reader who cannot see it should be told."""
    search: Search
    """How it was found."""
    records: tuple[Record, ...]
    """Its numbers."""
    highlights: tuple[Highlight, ...]
    """Those that are set large."""
    matrices: tuple[NamedMatrix, ...]
    """What the downloads hold."""
    components: tuple[str, ...]
    """Names of the rows and columns of these; empty where there are none."""
    facts: dict[str, Any]
    """More for the downloads, as plain values."""
