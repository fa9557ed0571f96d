"""The numbers of a tagger's evaluation, as the columns of Table 3."""

from collections.abc import Mapping, Sequence
from typing import Any


def tagging_columns(runs: Mapping[str, Sequence[Mapping[str, Any]]]) -> dict[str, list[dict[str, float | None]]]:
    """Pick the columns of the table from evaluations, for each model one mapping a seed.

    The invariance error is the largest median change of the logits, in units of their spread over the jets, under
    rotations and boosts that take the beams along.
    """
    return {model: [_columns(run) for run in seeds] for model, seeds in runs.items()}


def _columns(run: Mapping[str, Any]) -> dict[str, float | None]:
    together = [error for name, error in run["invariance"].items() if "fixed" not in name]
    return {
        **{key: run[key] for key in ("accuracy", "auc", "rejection_30", "rejection_50", "jets_per_second")},
        "parameters": float(run["n_parameters"]),
        "invariance_error": max(error["median_logit"] / error["logit_spread"] for error in together),
    }
