"""What is said of a discovered translation, in a sentence and a table."""

import os
from collections.abc import Mapping
from typing import Any

from symscope.config.identification import Identification
from symscope.evaluation.certainty.two_sample import SeparationTest
from symscope.evaluation.lens_certainty import LensCertainty, lens_certainty
from symscope.evaluation.statements import Outcome
from symscope.io.lens import read_lens
from symscope.io.samples import read_split
from symscope.report.format import format_brief
from symscope.report.identity import Identity, IdentityRow, percent

PathLike = str | os.PathLike[str]
AXES = ("rows", "columns")
"""What the axes of images are called in turn; which is which is not known from the data."""


def lens_identity(samples: PathLike, lens: PathLike, settings: Mapping[str, Any]) -> Identity:
    """Ask whether held-out samples have the translation that was discovered, and put the answers into words.

    Parameters
    ----------
    samples
        The dataset of the discovery.
    lens
        What it found.
    settings
        As plain values: `experiment`, its name; `identification`; `independent`, whether samples are independent of each
        other; `scale`, the size of the run in words.
    """
    asked = Identification(**settings["identification"])
    result = read_lens(lens)
    found = lens_certainty(result, read_split(samples, "test", stop=asked.held_out_events).x, settings=asked)
    return compose_lens(
        found,
        experiment=settings["experiment"],
        seeds=len(result.seeds),
        independent=settings["independent"],
        settings=asked,
        scale=settings["scale"],
    )


def compose_lens(
    found: LensCertainty,
    *,
    experiment: str,
    seeds: int,
    independent: bool,
    settings: Identification,
    scale: str = "",
) -> Identity:
    """Put what is known of a translation into a sentence and a table.

    Parameters
    ----------
    found
        Agreement of the seeds and the tests.
    experiment, scale
        Its name, and the size of the run in words.
    seeds
        Number of seeds.
    independent
        Whether samples are independent of each other, without which the tests have no error.
    settings
        Level, and what counts as small.
    """
    several = len(found.sides) > 1
    places = " \N{MULTIPLICATION SIGN} ".join(map(str, found.sides))
    words = [
        f"One step of each of two translations of the images, on a grid of {places} places"
        if several
        else f"One step of a translation of the signals, on an axis of {places} places"
    ]
    rows = [_law_row(found, axis, independent=independent, settings=settings) for axis in range(len(found.sides))]
    outcomes = {row.verdict for row in rows}
    if outcomes == {"hold"}:
        words[0] += ", of the law of the data"
    elif outcomes <= {"hold", "nearly"}:
        words.append("nearly of the law of the data (an exact translation is rejected)")
    elif "broken" in outcomes:
        words.append("not of the law of the data")
    elif outcomes != {"not asked"}:
        words.append("undecided for the law of the data")
    tests = [test for test in found.tests if test is not None]
    if tests:
        told = " and ".join(
            f"{test.auc:.3f}" + (f" \N{PLUS-MINUS SIGN} {test.error:.3f}" if independent else "") for test in tests
        )
        words.append(f"held-out AUC {told}")
    words.append(f"{_share(found.found)} of the covariance is not stationary ({_share(found.given)} as given)")
    if seeds > 1:
        words.append(f"{found.agreeing} of {seeds} seeds agree")
    worst = max(tests, key=lambda test: test.auc, default=None)
    return Identity(
        experiment=experiment,
        sentence="; ".join(words) + ".",
        dimension=len(found.sides),
        algebra="translation" if not several else "two translations",
        reason="",
        auc=None if worst is None else worst.auc,
        auc_error=None if worst is None or not independent else worst.error,
        agreeing=found.agreeing,
        seeds=seeds,
        rows=(*rows, _covariance_row(found, settings)),
        scale=scale,
    )


def decided(test: SeparationTest, settings: Identification) -> Outcome:
    """Decide by the upper end of the interval of the AUC, and by the p-value of one law."""
    low, high = test.interval(2.0 * settings.level)
    if high < 0.5 + settings.apart:
        return "nearly" if test.p_value <= settings.level else "holds"
    return "broken" if low >= 0.5 + settings.apart else "undecided"


def _law_row(found: LensCertainty, axis: int, *, independent: bool, settings: Identification) -> IdentityRow:
    name = "law of the samples" + (f", {AXES[axis]}" if len(found.sides) > 1 else "")
    test, longest = found.tests[axis], found.longest[axis]
    steps = "one step" if longest == 1 else f"1 to {longest} steps"
    if test is None:
        why = "There are too few samples or places for a test."
        return IdentityRow(statement=name, own="not told", verdict="not asked", change="", p_value="", note=why)
    note = (
        f"A classifier tells windows of {found.sides[axis] - longest} places from windows moved by {steps}, {test.tested:,} samples "
        "that neither it nor the discovery saw."
    )
    if not independent:
        note += " Samples are not independent of each other, so there is no test and no bound."
        return IdentityRow(
            statement=name, own="not told", verdict="undecided", change=f"AUC {test.auc:.3f}", p_value="", note=note
        )
    outcome = decided(test, settings)
    bound = f"AUC {test.auc:.3f}, below {test.interval(2.0 * settings.level)[1]:.3f} at {percent(1 - settings.level)}"
    p_value = "<\N{NO-BREAK SPACE}10⁻⁶" if test.p_value < 1e-6 else format_brief(test.p_value)
    verdict = "hold" if outcome == "holds" else outcome
    return IdentityRow(statement=name, own="not told", verdict=verdict, change=bound, p_value=p_value, note=note)


def _covariance_row(found: LensCertainty, settings: Identification) -> IdentityRow:
    return IdentityRow(
        statement="covariance",
        own="not told",
        verdict="hold" if found.found < settings.holds else "broken",
        change=f"{_share(found.found)} of it is what no stationary law has",
        p_value="",
        note=f"In the order in which the components are given it is {_share(found.given)}. White noise, which has every symmetry, "
        "is taken out of what is compared with.",
    )


def _share(share: float) -> str:
    """Write a share that errors may make negative."""
    return "less than 0.1 %" if share < 1e-3 else percent(share)


def unanswered_identity(*, experiment: str, why: str, seeds: int, scale: str) -> Identity:
    """Say why nothing is asked of a discovery."""
    return Identity(
        experiment=experiment,
        sentence=why,
        dimension=0,
        algebra="undetermined",
        reason="",
        auc=None,
        auc_error=None,
        agreeing=0,
        seeds=seeds,
        rows=(),
        scale=scale,
    )
