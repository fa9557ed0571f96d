"""The numbers of a discovery, from its scores."""

from collections.abc import Mapping, Sequence

import numpy as np

from symscope.evaluation.discovery import DiscoveryScore
from symscope.report.records import PublishedValue, Record, summarise_seeds


def discovery_records(
    prefix: str,
    score: DiscoveryScore,
    metric_cosines: Sequence[float],
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
        |cosine| of each seed's fitted metric with the true one.
    published, scale
        As in :func:`symscope.report.records.summarise_seeds`.
    """
    succeeded = (
        f"{int(score.success.sum())} of {len(score.seeds)} seeds succeed (mean cosine \N{GREATER-THAN OR EQUAL TO} "
        f"{score.success_cosine:g})."
    )
    rows = {
        "span_cosine": (score.span_cosine, "median", "Mean cosine of the principal angles"),
        "worst_angle_cosine": (score.principal_cosines.min(axis=1), "median", "Cosine of the worst principal angle"),
        "metric_cosine": (np.asarray(metric_cosines), "median", "|cosine| of the fitted metric"),
        "closure_error": (score.closure_error, "median", "Share of the brackets outside the span"),
        "success_rate": (score.success.astype(np.float64), "mean", "Share of seeds that succeed"),
    }
    return [
        summarise_seeds(
            f"{prefix}.{key}",
            [float(v) for v in values],
            statistic="median" if statistic == "median" else "mean",
            published=published,
            scale=scale,
            label=label,
            note=succeeded if key == "success_rate" else "",
        )
        for key, (values, statistic, label) in rows.items()
    ]
