"""The numbers of a calibration study: how often each statement about symmetry is wrong, and how small a breaking is noticed."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Bool, Float
from numpy import ndarray

from symscope.evaluation.calibration.result import FIVE_SIGMA, CalibrationResult, HeldOut, LawResult, optimum
from symscope.report.records import Record, missing_record
from symscope.report.tables import TableLayout

PREFIX = "calibration"
SMALL = 1e-3
"""The breaking for which the events that are needed are quoted."""


def calibration_records(result: CalibrationResult, *, scale: str = "") -> list[Record]:
    """Give the share of wrong statements for each law and over all, and the power.

    Parameters
    ----------
    result
        What the study found.
    scale
        The size of the run in words.

    Returns
    -------
    list
        ``calibration.false_positive_rate``, ``false_alarm_rate``, ``bound_coverage``, ``coverage``, ``five_sigma_events``,
        ``calibration.<law>.*``, ``calibration.power.*`` and ``calibration.two_sample.<law>.*``. The spread of a share is its
        binomial standard error.
    """
    level = result.level
    none = [law for law in result.laws if law.dimension == 0]
    some = [law for law in result.laws if law.dimension > 0]
    records = [
        *_shares(
            "false_positive_rate",
            [law.certificate < level for law in none],
            f"Symmetry certified where there is none, after the search; nominal {level:g}",
            "Data without a symmetry; delta is the true defect of the generator that was found",
        ),
        *_shares(
            "false_alarm_rate",
            [law.exact < level for law in some],
            f"True dimension rejected, after the search; nominal {level:g}",
            "Data with a symmetry",
        ),
        *_shares(
            "bound_coverage",
            [law.bound >= law.defect for law in result.laws],
            f"Upper bound of the defect above the truth; nominal {1 - level:g} or more",
            "All data sets",
        ),
        *_shares(
            "coverage",
            [law.region > level for law in result.laws if len(law.region)],
            f"True generators inside their region of confidence; nominal {1 - level:g}",
            "Laws whose algebra is a part of the search space",
        ),
    ]
    for law in result.laws:
        records += _law_records(law, level)
    records += _power_records(result)
    for test in result.held_out:
        records += _held_out_records(test, level)
    return [record.model_copy(update={"scale": scale}) for record in records]


def complete_table(records: Sequence[Record], layout: TableLayout) -> list[Record]:
    """Add a record without value for each cell of a law that was not part of the study."""
    known = {record.id for record in records}
    cells = [
        (f"{layout.prefix}.{row.key}.{column.key}", f"{row.label}: {column.label}")
        for row in layout.rows
        for column in layout.columns
        if row.has(column.key)
    ]
    why = "This law was not part of the study."
    return [*records, *(missing_record(key, why, label=label) for key, label in cells if key not in known)]


def _law_records(law: LawResult, level: float) -> list[Record]:
    key, name = law.key, law.label
    exact = "false_alarms" if law.dimension else "noticed"
    what = "true dimension rejected" if law.dimension else "exact symmetry of any generator rejected"
    records = [
        _single(f"{key}.dimension", float(law.dimension), f"{name}: dimension of its algebra"),
        *_shares(f"{key}.{exact}", [law.exact < level], f"{name}: {what}"),
        *_shares(
            f"{key}.certified", [law.certificate < level], f"{name}: certified below the true defect of what was found"
        ),
        *_shares(f"{key}.bound_coverage", [law.bound >= law.defect], f"{name}: bound above the truth"),
        _single(f"{key}.bound", float(np.median(law.bound)), f"{name}: median upper bound of the defect", unit="1/rad"),
    ]
    if not law.dimension:
        records.append(
            _single(f"{key}.smallest_defect", law.smallest_defect, f"{name}: smallest true defect", unit="1/rad")
        )
        records += _shares(
            f"{key}.undercut", [law.undercut < level], f"{name}: certified below the smallest defect of all generators"
        )
    if len(law.region):
        records += _shares(f"{key}.coverage", [law.region > level], f"{name}: true generators inside their region")
    return records


def _power_records(result: CalibrationResult) -> list[Record]:
    power = result.power
    records = [
        _single(
            "five_sigma_events",
            power.five_sigma / SMALL**2,
            f"Events at which a breaking of {SMALL:g} is found at five standard deviations in half of the data sets",
            note="Prediction, from integrals over the law; the measured power is compared with the same prediction.",
        ),
        _single(
            "five_sigma_optimum",
            optimum(FIVE_SIGMA) / SMALL**2,
            "The same for a test that knows the law, but not the sign of the breaking (Fisher information)",
        ),
    ]
    for size in dict.fromkeys(power.breaking.tolist()):
        place = int(np.flatnonzero(power.breaking == size)[-1])
        sets, events = int(power.sets[place]), int(power.events[place])
        key = f"power.breaking_{size:g}".replace("power.breaking_0.", "power.breaking_0_").replace("-", "m")
        about = f"Breaking {size:g}, {events:,} events"
        detected = np.arange(sets) < power.detected[place]
        squared, error = float(power.squared[place]), float(power.squared_error[place])
        ratio = squared / float(power.defect[place]) ** 2
        records += [
            *_shares(f"{key}.noticed", [detected], f"{about}: noticed"),
            _single(f"{key}.predicted", float(power.predicted[place]), f"{about}: predicted share"),
            _single(
                f"{key}.ratio",
                ratio,
                f"{about}: measured over injected squared defect",
                std=error / float(power.defect[place]) ** 2,
            ),
        ]
    return records


def _held_out_records(test: HeldOut, level: float) -> list[Record]:
    key, name = f"two_sample.{test.key}", f"Two-sample test, {test.label} turned about the third axis"
    return [
        *_shares(f"{key}.rejected", [test.p_value < level], f"{name}: told apart"),
        _single(
            f"{key}.auc",
            float(test.auc.mean()),
            f"{name}: mean AUC",
            std=float(test.auc.std(ddof=1)),
            note=f"{len(test.auc):,} data sets; the spread is that of the data sets.",
        ),
    ]


def _shares(key: str, found: Sequence[Bool[ndarray, "..."]], label: str, about: str = "") -> list[Record]:
    """Give the share of data sets with its binomial error; nothing where there are none."""
    if not found:
        return []
    each = np.concatenate(found)
    value = float(each.mean())
    note = f"{int(each.sum()):,} of {len(each):,} data sets; the spread is the binomial error."
    return [
        Record(
            id=f"{PREFIX}.{key}",
            value=value,
            std=float(np.sqrt(value * (1.0 - value) / len(each))),
            label=label,
            note=f"{about}: {note}" if about else note,
            statistic="share",
        )
    ]


def _single(key: str, value: float, label: str, *, unit: str = "", std: float | None = None, note: str = "") -> Record:
    return Record(id=f"{PREFIX}.{key}", value=float(value), std=std, label=label, unit=unit, note=note)


def uniform_band(trials: int, level: Float[ndarray, "n"]) -> Float[ndarray, "n"]:
    """Half width of the 95 % band of a share around its nominal value, for a number of data sets."""
    return np.asarray(1.96 * np.sqrt(level * (1.0 - level) / trials))
