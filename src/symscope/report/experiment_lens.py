"""What is told of a discovery of translations, with or without a truth."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from jaxtyping import Float
from matplotlib.figure import Figure
from numpy import ndarray

from symscope.config.images import ImagesDataset
from symscope.config.signals import SignalsDataset
from symscope.discovery.symmetrylens.result import LensResult
from symscope.evaluation.image_agreement import image_agreement, typical_of
from symscope.evaluation.images import view_images
from symscope.evaluation.lens_agreement import LensAgreement, agreement
from symscope.evaluation.lens_views import view_lens
from symscope.plotting.image_lens_found import plot_images_found
from symscope.plotting.lens_found import plot_lens_found
from symscope.plotting.search import Search
from symscope.report.entries import Highlight
from symscope.report.format import format_brief
from symscope.report.quantities import MACHINE, Quantity, quantity_records, success_rate
from symscope.report.records import Record, missing_record
from symscope.report.told import NamedMatrix, Told

DEFECT = "share of the covariance that no stationary signal has"


def tell_lens(
    result: LensResult,
    samples: Float[ndarray, "sample d"],
    *,
    prefix: str,
    dataset: Mapping[str, Any],
    truth: Mapping[str, Any] | None,
    scale: str,
) -> Told:
    """Say, draw and count what was found.

    Parameters
    ----------
    result
        What SymmetryLens found.
    samples
        Samples that it has not seen, flattened.
    prefix
        First part of the ids of its numbers.
    dataset, truth
        Settings as plain values; the truth is known of signals and images that were made here.
    scale
        Size of the run in words.
    """
    seconds = Quantity(
        "seconds", [result.seconds], "single", f"wall time, all {len(result.seeds)} seeds together", MACHINE, "s"
    )
    if not result.finite.any():
        return _told(
            f"Nothing was found: all {len(result.seeds)} seeds diverged. The losses below show where; lower the learning rates.",
            result,
            None,
            quantity_records(prefix, [seconds], scale=scale),
            prefix,
        )
    options = {key: value for key, value in (truth or {}).items() if key == "success_cosine"}
    if result.generators.ndim == 4:
        height, width = result.settings["sides"]
        sides = (int(height), int(width))
        cosines = image_agreement(result)
        seed = typical_of(cosines)
        figure = plot_images_found(result, samples, seed=seed, sides=sides)
        words = f"Both translations of images of {sides[0]} \N{MULTIPLICATION SIGN} {sides[1]} pixels, one step of each"
        quantities, known = [], _image_truth(result, samples, dataset, options)
    else:
        agreed = agreement(result, samples)
        cosines, seed = agreed.cosines, agreed.typical
        figure = plot_lens_found(result, samples, agreed)
        words = f"One step of a translation on {samples.shape[1]} components"
        quantities, known = _stationarity(agreed), _signal_truth(result, samples, dataset, options)
        change = f"; the {DEFECT} goes from {format_brief(agreed.given)} to {format_brief(float(np.nanmedian(agreed.found)))} on held-out samples"
        words += change
    pairs = cosines[np.triu_indices(len(cosines), 1)]
    pairs = pairs[np.isfinite(pairs)]
    if len(pairs):
        words += f"; median |cosine| of the generators of two seeds {np.median(pairs):.4f}"
    records = [*_agreement(prefix, pairs, int(result.finite.sum()), scale)]
    records += quantity_records(prefix, [*known, *quantities, seconds], scale=scale)
    return _told(f"{words}.", result, figure, records, prefix, seed=seed)


def _told(
    sentence: str, result: LensResult, figure: Figure | None, records: Sequence[Record], prefix: str, *, seed: int = 0
) -> Told:
    there = {record.id for record in records}
    labels = {
        "agreement": "|cosine| of the generators of two seeds",
        "cosine": "|cosine| with the truth",
        "found": f"{DEFECT[:1].upper()}{DEFECT[1:]}, in the representation",
        "success_rate": "Share of seeds that succeed",
    }
    shown = {f"{prefix}.{key}": label for key, label in labels.items() if f"{prefix}.{key}" in there}
    steps = result.generators[seed].reshape(-1, *result.generators.shape[-2:]) if figure is not None else []
    return Told(
        sentence=sentence,
        notes=(f"Warnings of the method: {result.warnings}",) if result.warnings else (),
        figure=figure,
        caption="Generator and group convolution of the seed that agrees best with the others, and samples that the discovery has not "
        "seen, before and after. The data do not tell the direction of a step, nor the sign of the filter."
        if figure is not None
        else "All seeds diverged, so there is nothing to draw.",
        alt="Matrices of the generator and of the representation, and samples before and after.",
        search=Search(
            history=result.history,
            steps=result.history_steps,
            step_label="stage" if result.snapshot_labels else "step",
        ),
        records=tuple(records),
        highlights=tuple(Highlight(record=key, label=label) for key, label in shown.items()),
        matrices=tuple(NamedMatrix("steps", "", matrix) for matrix in steps),
        components=(),
        facts={"seeds": list(result.seeds), "typical_seed": int(result.seeds[seed])},
    )


def _agreement(prefix: str, pairs: Float[ndarray, " pair"], seeds: int, scale: str) -> list[Record]:
    label = "|cosine| of the generators of two seeds"
    if not len(pairs):
        return [
            missing_record(
                f"{prefix}.agreement", "There are no two seeds to compare.", label=f"{label[:1].upper()}{label[1:]}"
            )
        ]
    records = quantity_records(prefix, [Quantity("agreement", pairs.tolist(), "median", label)], scale=scale)
    note = f"{len(pairs)} pairs of {seeds} seeds, which share their samples."
    return [record.model_copy(update={"n_seeds": seeds, "note": note}) for record in records]


def _stationarity(agreed: LensAgreement) -> list[Quantity]:
    return [
        Quantity("given", [agreed.given], "single", f"{DEFECT}, as given"),
        Quantity("found", agreed.found.tolist(), "median", f"{DEFECT}, in the representation"),
    ]


def _signal_truth(
    result: LensResult, samples: ndarray, dataset: Mapping[str, Any], options: Mapping[str, float]
) -> list[Quantity]:
    if dataset.get("source") != "signals":
        return []
    score = view_lens("truth", result, SignalsDataset(**dataset), samples, **options).score
    criterion = f"|cosine| \N{GREATER-THAN OR EQUAL TO} {score.success_cosine:g} and a shift by one step"
    return [
        Quantity(
            "cosine", score.cosine.tolist(), "median", "|cosine| with the truth", "With the generator or its inverse."
        ),
        Quantity("rmse", score.rmse.tolist(), "median", "root mean square difference of the entries to the truth"),
        Quantity(
            "recovery", score.recovery.tolist(), "median", "|correlation| of the recovered with the hidden signal"
        ),
        success_rate(score.success, criterion),
    ]


def _image_truth(
    result: LensResult, samples: ndarray, dataset: Mapping[str, Any], options: Mapping[str, float]
) -> list[Quantity]:
    if dataset.get("source") != "images":
        return []
    score = view_images("truth", result, ImagesDataset(**dataset), samples, **options).score
    criterion = f"both |cosines| \N{GREATER-THAN OR EQUAL TO} {score.success_cosine:g} and shifts by one pixel"
    worse = score.cosine.min(axis=1)
    return [
        Quantity("cosine", worse.tolist(), "median", "|cosine| with the truth", "The worse of the two axes."),
        Quantity("recovery", score.recovery.tolist(), "median", "|correlation| of the recovered with the hidden image"),
        success_rate(score.success, criterion),
    ]
