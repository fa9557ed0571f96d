"""Do the statements about symmetry hold as often as they say? Many data sets of which the answer is known.

For each law of :mod:`symscope.evaluation.calibration.null_sets`, all data sets at once:

- Exact symmetry. How often "at least k generators" is rejected, where k is the true dimension and, for a law with none, 1. The
  first should be the level; the second is the power.
- Certified symmetry. On one part of each data set the best generator of the whole search space is found; on the other, "its
  defect is below delta" is tested where delta is its true defect, so that the statement is wrong by a hair. Every certificate is a
  false one, and their share should be the level, search included. A second number takes for delta the smallest defect that
  any generator has: no generator is better, and again every certificate is false.
- The upper bound of the defect that is reported, which should be above the truth in all but a share `level` of the data sets.
- Where a law has an algebra that is smaller than the search space, how often the region of confidence of the generators contains
  the true ones.
"""

import time

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from symscope.config.calibration import Calibration
from symscope.config.discovery import UniformLaw
from symscope.discovery.coefficients import draw_coefficients
from symscope.discovery.nullspace.density import WeakForm, principal_flows, search_space, weak_form, weak_sums
from symscope.discovery.nullspace.observables import Basis
from symscope.evaluation.calibration.gaussian_integrals import gaussian_sums
from symscope.evaluation.calibration.null_sets import NullSet, broken_set, null_set
from symscope.evaluation.calibration.power import scan_power
from symscope.evaluation.calibration.result import CalibrationResult, HeldOut, LawResult
from symscope.evaluation.certainty.density_symmetry import make_observables
from symscope.evaluation.certainty.dimension_test import dimension_test
from symscope.evaluation.certainty.equivalence import breaking
from symscope.evaluation.certainty.generator_errors import coefficients, found_algebra
from symscope.evaluation.certainty.moved import discovery_test

SPACE = "so(3)"
"""Rotations of the three components, within which the laws have the algebras that they are said to have."""
_BLOCK = 250
"""Data sets that are held in memory at once."""


def calibrate(settings: Calibration) -> CalibrationResult:
    """Run the study; every law has a random stream of its own.

    Parameters
    ----------
    settings
        Laws, numbers of data sets and of events, observables, level and seed.
    """
    begun = time.process_time()
    sets = [null_set(law) for law in settings.laws] + [broken_set(size) for size in settings.breakings]
    streams = np.random.default_rng(settings.seed).spawn(len(sets) + 2)
    laws = tuple(calibrate_law(one, settings, rng) for one, rng in zip(sets, streams, strict=False))
    power = scan_power(settings.power, level=settings.level, rng=streams[-2])
    return CalibrationResult(
        laws=laws,
        power=power,
        held_out=tuple(try_two_sample(null_set(law), settings, streams[-1]) for law in ("axial", "mixture")),
        level=settings.level,
        events=settings.events,
        seconds=time.process_time() - begun,
    )


def calibrate_law(law: NullSet, settings: Calibration, rng: np.random.Generator) -> LawResult:
    """Apply all tests to many data sets of a law."""
    basis = _padded(search_space(SPACE), law.components)
    observables = make_observables(settings.observables, law.components, rng)
    if law.variances is None:
        reference = weak_sums(law.draw(rng, 1, settings.reference_events)[0], observables, basis)
    else:
        reference = gaussian_sums(law.variances, observables, basis)
    truth = reference.flows / reference.events
    smallest = float(principal_flows(weak_form(reference))[0][0])
    blocks = [min(_BLOCK, settings.sets - start) for start in range(0, settings.sets, _BLOCK)]
    parts = []
    for block in blocks:
        points = law.draw(rng, block, settings.events)
        cut = round(settings.search_share * settings.events)
        first, second = (weak_sums(part, observables, basis) for part in (points[:, :cut], points[:, cut:]))
        search = weak_form(first)
        flows = principal_flows(search)[1][..., :1]
        measured = breaking(weak_form(second, spread=search.spread), flows)
        defect = np.linalg.norm(search.spread @ truth @ flows, axis=(-2, -1))
        whole = weak_form(first.merge(second))
        parts.append(
            {
                "exact": dimension_test(whole).p_values[:, max(law.dimension, 1) - 1],
                "certificate": measured.certified(defect),
                "undercut": measured.certified(smallest),
                "bound": measured.bound(settings.level),
                "defect": defect,
                "region": _region(law, whole, basis),
            }
        )
    found = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    return LawResult(key=law.key, label=law.label, dimension=law.dimension, smallest_defect=smallest, **found)


def _region(law: NullSet, form: WeakForm, basis: Basis) -> Float[ndarray, "some"]:
    """p-values of the true generators, where they are some of the search space and not all."""
    if not 0 < law.dimension < len(basis):
        return np.zeros(0)
    return found_algebra(form, law.dimension).p_value(coefficients(law.generators, basis[:, :3, :3]))


def try_two_sample(law: NullSet, settings: Calibration, rng: np.random.Generator) -> HeldOut:
    """Apply the held-out test to a rotation about the third axis, on many data sets of a law.

    Parameters
    ----------
    law
        Law of points in three dimensions; the rotation is a symmetry of `axial` and of `round`.
    settings
        Classifier, numbers of data sets and of events, seed.
    rng
        Source of data sets and coefficients.
    """
    rotation = null_set("axial").generators
    tests = []
    for _ in range(settings.two_sample_sets):
        seed = int(rng.integers(2**31))
        points = law.draw(rng, 1, settings.two_sample_events)[0][:, None]
        weights = draw_coefficients(
            UniformLaw(half_width=np.pi), count=len(points) // 2, channels=1, parameters={}, seed=seed
        )
        test = discovery_test(
            points,
            None,
            x_action="vector",
            y_action="trivial",
            generators=rotation,
            weights=weights,
            settings=settings.two_sample,
            seed=seed,
        )
        tests.append(test)
    return HeldOut(
        key=law.key,
        label=law.label,
        auc=np.array([test.auc for test in tests]),
        error=np.array([test.error for test in tests]),
        p_value=np.array([test.p_value for test in tests]),
    )


def _padded(basis: Basis, components: int) -> Float[ndarray, "m k k"]:
    """Flows that leave the components after theirs alone."""
    more = components - basis.shape[-1]
    return np.pad(basis, ((0, 0), (0, more), (0, more)))
