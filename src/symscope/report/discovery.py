"""The numbers of a discovery, from its scores."""

from collections.abc import Mapping, Sequence

from symscope.evaluation.discovery import DiscoveryScore
from symscope.report.quantities import Quantity, quantity_records, success_rate
from symscope.report.records import PublishedValue, Record

METRIC = "|cosine| of the fitted metric"


def discovery_records(
    prefix: str,
    score: DiscoveryScore,
    metric_cosines: Sequence[float] | None = None,
    *,
    published: Mapping[str, PublishedValue],
    scale: str,
) -> list[Record]:
    """Give the records of one discovery: medians over its seeds, and how many seeds succeeded.

    Parameters
    ----------
    prefix
        First part of the ids, such as ``liegan.figure_5``.
    score
        Agreement of the learned spans with the truth.
    metric_cosines
        |cosine| of each seed's fitted metric with the true one; None where no metric was fitted.
    published, scale
        As in :func:`symscope.report.records.summarise_seeds`.
    """
    worst = score.principal_cosines.min(axis=1)
    criterion = f"mean cosine \N{GREATER-THAN OR EQUAL TO} {score.success_cosine:g}"
    quantities = [
        Quantity("span_cosine", score.span_cosine.tolist(), "median", "mean cosine of the principal angles"),
        Quantity("worst_angle_cosine", worst.tolist(), "median", "cosine of the worst principal angle"),
        *([] if metric_cosines is None else [Quantity("metric_cosine", metric_cosines, "median", METRIC)]),
        Quantity("closure_error", score.closure_error.tolist(), "median", "share of the brackets outside the span"),
        success_rate(score.success, criterion),
    ]
    return quantity_records(prefix, quantities, published=published, scale=scale)
