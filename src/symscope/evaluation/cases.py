"""The events that statements are about, and everything that is the same for all statements about them."""

from dataclasses import dataclass
from typing import NamedTuple

from numpy import ndarray

from symscope.config.identification import Identification
from symscope.config.null_space import NullSpaceEngine
from symscope.discovery.nullspace.discover import merged, totals
from symscope.discovery.nullspace.fits import PolynomialFit, fit_polynomial, with_scores
from symscope.discovery.nullspace.streams import Frame, Sums, Task, array_blocks, sum_events


@dataclass(frozen=True)
class Events:
    """Events of one split, in memory."""

    x: ndarray
    y: ndarray


class Case(NamedTuple):
    """Everything that is the same for all statements."""

    train: Events
    held_out: Events
    task: Task
    frame: Frame
    engine: NullSpaceEngine
    settings: Identification
    independent: bool

    @property
    def rule(self) -> dict[str, float]:
        """What counts as small."""
        return {"largest": self.engine.largest_defect, "least_gap": self.engine.least_gap}

    def sums(self, events: Events, *, joint: bool) -> Sums:
        """Sum over events, with their outputs where these are asked about."""
        blocks = array_blocks(events.x, events.y, self.engine.block)()
        return merged(totals(sum_events(blocks, self.task, self.frame, parts=1, joint=joint, points=True)))

    def fit(self, sums: Sums) -> PolynomialFit | None:
        """Fit a polynomial to the outputs."""
        if sums.joint is None:
            return None
        return fit_polynomial(
            sums.joint, self.frame.inputs, self.frame.outputs, objects=self.task.objects, ridge=self.engine.ridge
        )

    def with_errors(self, fit: PolynomialFit, events: Events) -> PolynomialFit:
        """Add the errors of a fit to these events, whose outputs may vary more at some of them than at others."""
        blocks = array_blocks(events.x, events.y, self.engine.block)()
        return with_scores(
            fit,
            (
                (
                    self.frame.into(self.task.inputs(x), self.frame.inputs),
                    self.frame.into(self.task.targets(y), self.frame.outputs),
                )
                for _, (x, y) in blocks
            ),
        )
