"""Settings of the statements about a discovery: what is symmetric under it, how surely, and how the seeds agree."""

from typing import Annotated

from pydantic import Field

from symscope.config.base import FiniteSettings
from symscope.config.density import TwoSample, WaveSettings


class Identification(FiniteSettings):
    """Tests of a discovery of any method, on events that it did not see where the test needs that."""

    events: Annotated[int, Field(ge=100)] = 20_000
    """Largest number of training events from which the data's own algebras are found."""
    held_out_events: Annotated[int, Field(ge=50)] = 6_000
    """Largest number of events of the test split on which discovered generators are tested."""
    function_degree: Annotated[int, Field(ge=1, le=9)] = 5
    """Largest degree of the polynomial that stands for a function; less where there would be more than `monomials`."""
    label_degree: Annotated[int, Field(ge=1, le=9)] = 2
    """Degree of the polynomial nearest to a class label, with the same limit."""
    monomials: Annotated[int, Field(ge=10, le=5000)] = 400
    """Largest number of monomials of a polynomial."""
    waves: WaveSettings = WaveSettings()
    """Observables of the density. `bandwidth` is here the typical phase of a wave at an event, whatever the number of components;
    wave vectors of half of it and of twice are among them."""
    parts: Annotated[int, Field(ge=3, le=100)] = 5
    """Disjoint parts of the held-out events whose changes bound that of a support or a function, 3 to 100."""
    classes: Annotated[int, Field(ge=2, le=1000)] = 50
    """Largest number of classes of a label that is asked about."""
    rows: Annotated[int, Field(ge=100, le=20_000)] = 4000
    """Largest number of rows of a test, observables times motions; its memory grows with the square (0.13 GB for a matrix of 4,000)
    and there are several."""
    level: Annotated[float, Field(gt=0, lt=0.5)] = 0.05
    """Probability of a wrong statement, above 0 to below 0.5."""
    holds: Annotated[float, Field(gt=0, lt=1)] = 0.1
    """Change along discovered generators, over the root mean square of all motions that are searched, below which these count as
    symmetries (dimensionless): of a support or a function the change itself, of a density or a label the bound that held-out events
    certify. Where exact symmetry is rejected, a small defect counts as nearly a symmetry and a large one as none; where it is not
    and the bound is larger, the events are too few to tell."""
    width: Annotated[float, Field(gt=0)] = 0.5
    """Standard deviation of the coefficients with which held-out events are moved where the method has no law of them; generators
    are then scaled so that 1 moves events by about their own size (dimensionless)."""
    apart: Annotated[float, Field(gt=0, lt=0.5)] = 0.1
    """How far above 1/2 the area under the curve of the held-out test of a translation may lie, with the error of the level, for
    the translation to count as a symmetry of the law or nearly one; above 0 to below 0.5. A wrong translation reaches 0.3 to 0.5."""
    agreement: Annotated[float, Field(gt=0, le=1)] = 0.99
    """Cosine with the answer from which a seed agrees with it."""
    two_sample: TwoSample = TwoSample()
    """Classifier that tells held-out events from moved ones."""
    seed: Annotated[int, Field(ge=0, lt=2**31)] = 0
    """Random seed of wave vectors, moved events and classifier."""
