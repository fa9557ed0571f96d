"""The numbers of a SymmetryLens result whose truth is not known."""

from symscope.discovery.symmetrylens.result import LensResult
from symscope.evaluation.lens_agreement import LensAgreement
from symscope.report.records import Record, missing_record, summarise_seeds

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
    pairs = agreed.pairs.tolist()
    label = "|cosine| of the generators of two seeds"
    if pairs:
        agree = summarise_seeds(f"{_PREFIX}.agreement", pairs, statistic="median", label=label, scale=scale)
    else:
        agree = missing_record(f"{_PREFIX}.agreement", "There are no two seeds to compare.", label=label)
    defect = "share of the covariance that no stationary signal has"
    return [
        agree,
        summarise_seeds(
            f"{_PREFIX}.given", [agreed.given], statistic="single", label=f"{defect}, as given", scale=scale
        ),
        summarise_seeds(
            f"{_PREFIX}.found",
            agreed.found.tolist(),
            statistic="median",
            label=f"{defect}, in the representation",
            scale=scale,
        ),
        summarise_seeds(
            f"{_PREFIX}.seconds",
            [result.seconds],
            statistic="single",
            label="time, all seeds together",
            unit="s",
            scale=scale,
        ),
    ]
