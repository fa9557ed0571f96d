"""The numbers of a tagger's evaluation, as the columns and records of Table 3."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from symscope.report.records import PublishedValue, Record
from symscope.report.tables import TableLayout, summarise_runs

Runs = Mapping[str, Sequence[Mapping[str, Any]]]

REJECTIONS = {"rejection_30": "bound_30", "rejection_50": "bound_50"}
NOTES = {
    "invariance_error": (
        "Median over jets and over random rotations and boosts, beams transformed along, of the change of the logit, in "
        "units of its spread over the jets; the worse of rotations and boosts."
    ),
    "invariance_max": "The same as the median invariance error, but for the jet and transformation that change most.",
    "jets_per_second": "Wall-clock speed, best of three passes; it depends on the machine and on what else runs on it.",
}


def tagging_records(
    runs: Runs, layout: TableLayout, *, published: Mapping[str, PublishedValue] | None = None, scale: str = ""
) -> list[Record]:
    """Make the records of the taggers' table, each with what a reader must know to judge it.

    A rejection of which a seed gives only a lower bound, because no background jet passed, is a lower bound itself. The
    notes of rejections say how many background jets pass, hence how large the binomial error is, which the spread over
    seeds on the same test jets does not hold.

    Parameters
    ----------
    runs
        Model to its evaluations, one for each seed (:func:`symscope.io.evaluations.read_evaluations`).
    layout, published, scale
        As in :func:`symscope.report.tables.summarise_runs`.
    """
    places = {
        f"{layout.prefix}.{row.key}.{column.key}": (row.key, column.key)
        for row in layout.rows
        for column in layout.columns
    }
    records = []
    for record in summarise_runs(tagging_columns(runs), layout, published=published, scale=scale):
        model, key = places[record.id]
        if record.value is None:
            records.append(record)
        elif key in REJECTIONS:
            n_bounds, note = _passing(runs[model], key)
            updates = {"is_bound": n_bounds > 0, "note": f"{note} {record.note}".strip()}
            records.append(record.model_copy(update=updates))
        else:
            records.append(record.model_copy(update={"note": f"{NOTES.get(key, '')} {record.note}".strip()}))
    return records


def tagging_columns(runs: Runs) -> dict[str, list[dict[str, float | None]]]:
    """Pick the columns of the table from evaluations, for each model one mapping a seed.

    The invariance errors are the median and the largest change of the logits over jets and transformations, in units of
    the logits' spread over the jets, under rotations and boosts that take the beams along; of the two families, the
    worse one counts.
    """
    return {model: [_columns(run) for run in seeds] for model, seeds in runs.items()}


def _columns(run: Mapping[str, Any]) -> dict[str, float | None]:
    together = [error for name, error in run["invariance"].items() if "fixed" not in name]
    return {
        **{key: run[key] for key in ("accuracy", "auc", "rejection_30", "rejection_50", "jets_per_second")},
        "parameters": float(run["n_parameters"]),
        "invariance_error": max(error["median_logit"] / error["logit_spread"] for error in together),
        "invariance_max": max(error["max_logit"] / error["logit_spread"] for error in together),
    }


def _passing(seeds: Sequence[Mapping[str, Any]], key: str) -> tuple[int, str]:
    bounds = [bool(run[REJECTIONS[key]]) for run in seeds]
    passing = [0.0 if bound else run["n_background"] / run[key] for run, bound in zip(seeds, bounds, strict=True)]
    mean = sum(passing) / len(passing)
    note = f"At least: in {sum(bounds)} of {len(bounds)} seeds no background jet passed. " if any(bounds) else ""
    note += f"On average {mean:.1f} of {seeds[0]['n_background']:,} background jets pass the cut"
    if mean > 0:
        note += f"; the binomial error of one seed, about {100 / math.sqrt(mean):.0f} %, is not in the spread"
    return sum(bounds), f"{note}."
