"""Settings of the search for symmetries of a density, and of the held-out test of any discovery."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from symscope.config.algebra_names import AlgebraName
from symscope.config.base import FiniteSettings


def _even(number: int) -> int:
    if number % 2:
        raise ValueError(f"{number} is odd; waves come in pairs of a cosine and a sine, so give an even number")
    return number


class WaveSettings(FiniteSettings):
    """Observables cos(k . x) and sin(k . x) with random wave vectors: bounded, for any density."""

    kind: Literal["waves"] = "waves"
    """Kind of observables."""
    number: Annotated[int, Field(ge=2, le=2000), AfterValidator(_even)] = 20
    """Observables, even, 2 to 2000. More see more shapes of the density, and their noise adds up."""
    bandwidth: Annotated[float, Field(gt=0, le=100)] = 0.7
    """Width of the normal law of each component of k, in units of 1 / (root mean square of a component of x), above 0 to 100."""


class PolynomialSettings(FiniteSettings):
    """Observables that are monomials below a Gaussian envelope: few and readable."""

    kind: Literal["polynomials"] = "polynomials"
    """Kind of observables."""
    degree: Annotated[int, Field(ge=1, le=8)] = 3
    """Largest total degree, 1 to 8. A density whose moments up to this degree are symmetric looks symmetric."""
    envelope: Annotated[float, Field(gt=0)] | None = 2.0
    """Width of the envelope in units of the root mean square of a component of x, above 0; null leaves it out, and then
    heavy tails carry the moments."""


ObservableSettings = Annotated[WaveSettings | PolynomialSettings, Field(discriminator="kind")]
"""Settings of the observables; `kind` says of which."""


class DensityTests(FiniteSettings):
    """Tests of flows that leave a density alone, by the weak form."""

    observables: ObservableSettings = WaveSettings()
    """Functions whose means a symmetry leaves alone."""
    level: Annotated[float, Field(gt=0, lt=0.5)] = 0.05
    """Probability of a wrong statement, above 0 to below 0.5."""
    search_share: Annotated[float, Field(ge=0.1, le=0.9)] = 0.5
    """Share of the events on which the generators to be certified are found; the others measure their defect. 0.1 to 0.9."""


class DensitySearch(DensityTests):
    """Search for the linear flows that leave a density alone."""

    search: AlgebraName = "so(3)"
    """Algebra in which symmetries are searched, such as `so(3)` or `gl(4)`. Every statement is about this space: a Gaussian with
    distinct axes has no symmetry in so(d) and has that of its ellipsoid in gl(d)."""
    frame: Literal["scaled", "whitened"] = "scaled"
    """Coordinates of the search: `scaled` has one unit for all components, so that rotations stay rotations; `whitened` makes the
    second moments the identity, and every Gaussian round."""


class Boosting(FiniteSettings):
    """Gradient-boosted trees."""

    kind: Literal["boosting"] = "boosting"
    """Kind of classifier."""
    trees: Annotated[int, Field(ge=1, le=5000)] = 60
    """Trees, 1 to 5000."""
    leaves: Annotated[int, Field(ge=2, le=1000)] = 15
    """Leaves of a tree, 2 to 1000."""
    learning_rate: Annotated[float, Field(gt=0, le=1)] = 0.1
    """Share of each tree that is added, above 0 to 1."""


class Perceptron(FiniteSettings):
    """A perceptron on standardised features, which sees rotations of many features better than trees do."""

    kind: Literal["perceptron"] = "perceptron"
    """Kind of classifier."""
    hidden: Annotated[int, Field(ge=1, le=4096)] = 64
    """Width of the hidden layers, 1 to 4096."""
    layers: Annotated[int, Field(ge=1, le=8)] = 2
    """Hidden layers, 1 to 8."""
    epochs: Annotated[int, Field(ge=1)] = 50
    """Passes over the events, 1 or more."""
    learning_rate: Annotated[float, Field(gt=0, le=1)] = 1e-3
    """Learning rate of Adam, above 0 to 1."""


class TwoSample(FiniteSettings):
    """Classifier that tries to tell events from moved events."""

    classifier: Annotated[Boosting | Perceptron, Field(discriminator="kind")] = Boosting()
    """What tells them apart."""
    train_share: Annotated[float, Field(gt=0, lt=1)] = 0.5
    """Share of the events that trains the classifier; the others are scored. Above 0 to below 1."""
