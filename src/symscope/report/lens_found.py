"""The numbers of a SymmetryLens result whose truth is not known."""

from symscope.discovery.symmetrylens.result import LensResult
from symscope.evaluation.lens_agreement import LensAgreement
from symscope.report.quantities import MACHINE, Quantity, quantity_records
from symscope.report.records import Record, missing_record

_PREFIX = "symmetrylens.figure_found"


def found_records(result: LensResult, agreed: LensAgreement, *, scale: str = "") -> list[Record]:
    """Give agreement of the seeds, stationarity before and after, and the time.

    Parameters
    ----------
    result, agreed
        What was discovered, and what can be said of it.
    scale
        The size of the run in words.
    """
    label = "|cosine| of the generators of two seeds"
    if len(agreed.pairs):
        pairs = [Quantity("agreement", agreed.pairs.tolist(), "median", label)]
        count = int(result.finite.sum())
        note = f"{len(agreed.pairs)} pairs of {count} seeds, which share their samples."
        records = [
            record.model_copy(update={"n_seeds": count, "note": note})
            for record in quantity_records(_PREFIX, pairs, scale=scale)
        ]
    else:
        records = [missing_record(f"{_PREFIX}.agreement", "There are no two seeds to compare.", label=label)]
    defect = "share of the covariance that no stationary signal has"
    return records + quantity_records(
        _PREFIX,
        [
            Quantity("given", [agreed.given], "single", f"{defect}, as given"),
            Quantity("found", agreed.found.tolist(), "median", f"{defect}, in the representation", result.warnings),
            Quantity("seconds", [result.seconds], "single", "wall time, all seeds together", MACHINE, "s"),
        ],
        scale=scale,
    )
