"""The numbers of the comparison of generated jets with the reference dataset."""

from collections.abc import Mapping

import numpy as np

from symscope.evaluation.fidelity import Fidelity
from symscope.report.records import PublishedValue, Record, missing_record, summarise_seeds

WHY_NO_SCORES = (
    "The weights of the published LorentzNet are not part of symscope; set fidelity.published_weights to the path of its "
    "checkpoint."
)


def fidelity_records(fidelity: Fidelity, *, published: Mapping[str, PublishedValue], scale: str) -> list[Record]:
    """Give the score of the published network on generated jets, and medians of the spectra of each class."""
    records = []
    for key, name, value in (("auc", "AUC", fidelity.auc), ("accuracy", "accuracy", fidelity.accuracy)):
        identifier, label = f"jets.fidelity.{key}", f"Published LorentzNet on our jets: {name}"
        if value is None:
            records.append(missing_record(identifier, WHY_NO_SCORES, published=published, label=label))
            continue
        record = summarise_seeds(identifier, [value], statistic="single", published=published, scale=scale, label=label)
        note = f"{len(fidelity.labels):,} jets; the spread is the statistical error of this number of jets"
        updates = (
            {"std": fidelity.auc_std, "note": note} if key == "auc" else {"note": f"{len(fidelity.labels):,} jets"}
        )
        records.append(record.model_copy(update=updates))
    for name, value in (("top", 1), ("qcd", 0)):
        chosen = fidelity.labels == value
        for key, unit in (("mass", "GeV"), ("multiplicity", "")):
            record = summarise_seeds(
                f"jets.fidelity.{name}.median_{key}",
                [float(np.median(getattr(fidelity.spectra, key)[chosen]))],
                statistic="single",
                published=published,
                scale=scale,
                unit=unit,
                label=f"Median {key} of {'QCD' if name == 'qcd' else name} jets",
            )
            records.append(record)
    return records
