"""The numbers of a discovery of generators, of any data and method."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from symscope.config.discovery import MetricFit, TruthSettings
from symscope.discovery.result import Discovery
from symscope.evaluation.agreement import Answer
from symscope.evaluation.discovery import score_discovery
from symscope.groups.forms import fit_ensemble_metric, metric_cosine
from symscope.report.discovery import discovery_records
from symscope.report.entries import Highlight
from symscope.report.identity import Identity
from symscope.report.quantities import MACHINE
from symscope.report.records import Record, summarise_seeds, text_record


@dataclass(frozen=True, kw_only=True)
class About:
    """What is known of an experiment besides its result."""

    prefix: str
    """First part of the ids of its numbers, `experiment.NAME`."""
    components: tuple[str, ...]
    """Names of the components that matrices act on; empty where they are not known."""
    truth: TruthSettings | None
    """The known algebra."""
    metric: MetricFit
    """How invariant forms are fitted."""
    agreement: float
    """Cosine with the answer from which a seed agrees with it."""
    discrete: bool
    """Whether the coefficients are whole numbers, so that the exponential and its powers are the symmetries."""
    tasks: tuple[str, ...]
    """Names of the tasks that were learned together; empty for one."""
    scale: str
    """Size of the run in words."""


def answer_records(
    discovery: Discovery, answer: Answer, about: About, identity: Identity | None, agreeing: int
) -> list[Record]:
    """Give the numbers of the answer: how many generators, which algebra, how many seeds agree, how held-out events like it."""
    parts = "parts of the events" if answer.solved else "seeds"
    known: dict[str, Any] = {"scale": about.scale}
    name = "none" if answer.algebra is None else answer.algebra.name
    reason = "" if answer.algebra is None else f"{answer.algebra.reason[:1].upper()}{answer.algebra.reason[1:]}."
    given = "" if answer.solved else "The number of generators of a trained method is a setting and no result."
    records = [
        summarise_seeds(
            f"{about.prefix}.dimension",
            [len(answer.generators)],
            statistic="single",
            label="Generators that are independent",
            note=given,
            **known,
        )
    ]
    if not about.discrete:
        records.append(text_record(f"{about.prefix}.algebra", name, label="Algebra", note=reason, **known))
    if len(discovery.seeds) > 1:
        note = f"Their span has at least the cosine {about.agreement:g} with the answer."
        words = f"{agreeing} of {len(discovery.seeds)}"
        label = f"{parts[:1].upper()}{parts[1:]} that agree"
        records.append(text_record(f"{about.prefix}.agreement", words, label=label, note=note, **known))
    if identity is not None and identity.rows:
        holding = [row.statement for row in identity.rows if row.verdict == "hold"]
        nearly = [f"{row.statement} (nearly)" for row in identity.rows if row.verdict == "nearly"]
        told = ", ".join(holding + nearly) or "none of those asked"
        records.append(text_record(f"{about.prefix}.holds", told, label="Statements that are symmetric", **known))
    if identity is not None and identity.auc is not None:
        note = "0.5: a classifier cannot tell events that were held out from others that the generators moved; 1: it always can."
        record = summarise_seeds(
            f"{about.prefix}.auc", [identity.auc], statistic="single", label="Held-out AUC", note=note, **known
        )
        records.append(record.model_copy(update={"std": identity.auc_error}))
    return records


def truth_records(discovery: Discovery, about: About) -> list[Record]:
    """Compare all seeds with the known algebra, and their forms with its own; nothing where there is none."""
    truth = about.truth
    if truth is None:
        return []
    score = score_discovery(discovery, truth)
    cosines = None
    if truth.metric is not None and not np.iscomplexobj(discovery.generators):
        fitted = fit_ensemble_metric(discovery.generators, settings=about.metric)
        cosines = [metric_cosine(metric, np.array(truth.metric)) for metric in fitted.metric]
    records = discovery_records(about.prefix, score, cosines, published={}, scale=about.scale)
    return [record.model_copy(update={"label": f"Truth: {_lower(record.label)}"}) for record in records]


def _lower(label: str) -> str:
    return label[:1].lower() + label[1:]


def seconds_record(discovery: Discovery, about: About) -> Record:
    """Give the time of the discovery."""
    count = len(discovery.seeds)
    what = "parts and the whole" if "whole" in discovery.null_space else "seeds together"
    return summarise_seeds(
        f"{about.prefix}.seconds",
        [discovery.seconds],
        statistic="single",
        label=f"Wall time of the discovery, {'all ' if count > 1 else ''}{count} {what if count > 1 else 'seed'}",
        note=MACHINE,
        unit="s",
        scale=about.scale,
    )


def highlights_of(records: Sequence[Record], about: About) -> tuple[Highlight, ...]:
    """Choose the numbers that are set large."""
    shown = {
        "algebra": "Algebra found",
        "dimension": "Independent generators",
        "agreement": "Seeds, or parts of the events, that agree",
        "auc": "Held-out AUC, 0.5 where moved events look alike",
        "span_cosine": "Cosine with the truth",
        "metric_cosine": "|cosine| of the fitted metric with the true one",
    }
    there = {record.id: record for record in records}
    ids = {key: f"{about.prefix}.{key}" for key in shown}
    return tuple(Highlight(record=ids[key], label=label) for key, label in shown.items() if ids[key] in there)
