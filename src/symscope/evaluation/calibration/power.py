"""How small a breaking is noticed: the power of the test of a symmetry, as theory predicts it and as data have it.

The rotation of Gaussian points of the plane is broken by unequal variances, 1 - b/2 and 1 + b/2. The rows of the weak form and
their noise are then integrals, done by quadrature, and the power of the test follows: it depends on N b^2 alone where b is
small. A test that knows the law, that of the variances, reaches n standard deviations at N b^2 = 4 n^2 (Fisher information 1/4).
"""

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from symscope.config.calibration import PowerScan
from symscope.discovery.nullspace.density import WeakForm, WeakSums, search_space, weak_form, weak_sums
from symscope.discovery.nullspace.observables import Observables
from symscope.evaluation.calibration.gaussian_integrals import gaussian_sums
from symscope.evaluation.calibration.null_sets import plane_set
from symscope.evaluation.calibration.result import FIVE_SIGMA, PowerScanResult
from symscope.evaluation.certainty.density_symmetry import make_observables
from symscope.evaluation.certainty.dimension_test import dimension_test
from symscope.evaluation.certainty.equivalence import breaking as measured_breaking
from symscope.evaluation.certainty.quadratic_forms import NormalSquares

_CHUNK = 1_000_000
"""Events that are made at once."""


def predicted_power(form: WeakForm, events: Float[ndarray, "point"], *, level: float) -> Float[ndarray, "point"]:
    """Probability that the exact symmetry is rejected at a level, for several numbers of events."""
    variances, axes = np.linalg.eigh(form.noise)
    variances = np.maximum(variances, 0.0)
    squares = np.outer(events, np.square(axes.T @ form.rows.ravel()))
    value = np.full(len(events), _threshold(variances, level))
    return NormalSquares(np.tile(variances, (len(events), 1)), squares).above(value)


def scan_power(settings: PowerScan, *, level: float, rng: np.random.Generator) -> PowerScanResult:
    """Inject breakings into data sets, count how often they are noticed, and compare with the prediction.

    Parameters
    ----------
    settings
        Breakings, observables, numbers of events and of data sets.
    level
        Level of the test.
    rng
        Source of the data sets.
    """
    observables = make_observables(settings.observables, 2, rng)
    found: dict[str, list[float]] = {name: [] for name in PowerScanResult._fields[:8]}
    for size in settings.breakings:
        form = _plane_form(size, observables)
        defect = float(np.linalg.norm(form.rows))
        for expected in settings.expected:
            events = max(round(expected / size**2), 10 * observables.number)
            sets = int(np.clip(settings.budget // events, 1, settings.sets))
            measured = _stream_form(rng, (sets, events), size, observables)
            detected = dimension_test(measured).p_values[:, 0] < level
            seen = measured_breaking(measured, np.ones((sets, 1, 1)))
            point = {
                "breaking": size,
                "events": events,
                "sets": sets,
                "detected": detected.sum(),
                "predicted": predicted_power(form, np.array([float(events)]), level=level)[0],
                "defect": defect,
                "squared": seen.squared.mean(),
                "squared_error": np.sqrt(np.square(seen.squared_error).mean() / sets),
            }
            for name, value in point.items():
                found[name].append(float(value))
    small = min(settings.breakings)
    form = _plane_form(small, observables)
    scaled = np.geomspace(0.3, 300.0, 61)
    counts = ("events", "sets", "detected")
    return PowerScanResult(
        **{name: np.array(values, dtype=np.int64 if name in counts else np.float64) for name, values in found.items()},
        curve_events=scaled,
        curve=predicted_power(form, scaled / small**2, level=level),
        half=_events_for_half(form, level) * small**2,
        five_sigma=_events_for_half(form, FIVE_SIGMA) * small**2,
    )


def _stream_form(rng: np.random.Generator, shape: tuple[int, int], size: float, observables: Observables) -> WeakForm:
    """Weak forms of data sets that need not fit into memory; the shape is their number and their events."""
    sets, events = shape
    basis = search_space("so(2)")
    step = max(1, _CHUNK // sets)
    total: WeakSums | None = None
    for start in range(0, events, step):
        points = plane_set(rng, sets, min(step, events - start), breaking=size)
        part = weak_sums(points, observables, basis)
        total = part if total is None else total.merge(part)
    return weak_form(total)  # type: ignore[arg-type] # there is at least one event


def _plane_form(breaking: float, observables: Observables) -> WeakForm:
    return weak_form(gaussian_sums((1.0 - breaking / 2.0, 1.0 + breaking / 2.0), observables, search_space("so(2)")))


def _threshold(variances: Float[ndarray, "i"], level: float) -> float:
    """Value that the squares exceed with a probability of `level` where nothing is broken."""
    law = NormalSquares(variances)
    low, high = 0.0, 4.0 * float(law.mean + 20.0 * np.sqrt(law.variance))
    for _ in range(60):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if float(law.above(middle)) > level else (low, middle)
    return high


def _events_for_half(form: WeakForm, level: float) -> float:
    """Events at which one half of the data sets reach a level: a fine scan, then a line between its points."""
    events = np.geomspace(1.0, 1e16, 4001)
    power = predicted_power(form, events, level=level)
    after = int(np.argmax(power > 0.5))
    return float(np.exp(np.interp(0.5, power[after - 1 : after + 1], np.log(events[after - 1 : after + 1]))))
