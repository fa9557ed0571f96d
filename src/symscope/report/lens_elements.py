"""The rows of SymmetryGAN beside SymmetryLens: learned group elements, which have no filter."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from symscope.config.signals import SignalsDataset
from symscope.config.targets import ELEMENTS
from symscope.errors import DataError
from symscope.evaluation.lens_elements import ElementView, view_elements
from symscope.io.files import PathLike
from symscope.io.generators import read_discovery
from symscope.report.lens import lens_name, lens_prefix
from symscope.report.quantities import MACHINE, Quantity, quantity_records, success_rate
from symscope.report.records import PublishedValue, Record


def read_element_views(
    discoveries: Sequence[PathLike], experiments: Mapping[str, Mapping[str, Any]]
) -> list[ElementView]:
    """Read learned elements and what was hidden; the others of a target's experiments are passed over.

    Parameters
    ----------
    discoveries
        Files of the experiments in their order.
    experiments
        Role to `dataset` (the settings of the signals as plain values) and, where there is one, `truth` with
        `success_cosine`.

    Raises
    ------
    DataError
        Where the samples are the user's own, so that nothing is known about the truth.
    """
    views = []
    for (role, about), file in zip(experiments.items(), discoveries, strict=True):
        if role not in ELEMENTS:
            continue
        settings = about["dataset"]
        if settings.get("source") != "signals":
            raise DataError(
                f"the data of '{role}' come from '{settings.get('source')}', where no truth is known; this target needs "
                "a dataset with the source 'signals'"
            )
        options = {key: value for key, value in (about.get("truth") or {}).items() if key == "success_cosine"}
        views.append(view_elements(role, read_discovery(file), SignalsDataset(**settings), **options))
    return views


def element_records(
    views: Sequence[ElementView], *, published: Mapping[str, PublishedValue] | None = None, scale: str = ""
) -> list[Record]:
    """Give the records of learned elements: agreement, success and time, and what they resemble.

    Parameters
    ----------
    views
        The ensembles.
    published, scale
        As in :func:`symscope.report.records.summarise_seeds`.
    """
    records: list[Record] = []
    for view in views:
        score, count = view.score, len(view.seeds)
        most = ((view.length - 1) / view.length) ** 0.5
        crop = (
            "On the whole d x d crop, with the element or its inverse, whichever fits better; an orthogonal element reaches "
            f"{most:.3f} at most."
        )
        found = "; ".join(f"{name}: {seeds}" for name, seeds in Counter(score.readings).most_common())
        criterion = f"|cosine| on the determined rows \N{GREATER-THAN OR EQUAL TO} {view.success_cosine:g}; they resemble {found}"
        determined = Quantity(
            "determined_cosine",
            score.determined_cosine.tolist(),
            "median",
            "|cosine| on the determined rows",
            "Without the row of the component that the shift loses.",
        )
        quantities = [
            Quantity("cosine", score.cosine.tolist(), "median", "|cosine| with the truth", crop),
            Quantity("rmse", score.rmse.tolist(), "median", "RMSE of the entries", crop),
            determined,
            success_rate(score.success, criterion),
            Quantity("seconds", [view.seconds], "single", f"wall time, all {count} seeds together", MACHINE, "s"),
            Quantity(
                "seconds_per_seed", [view.seconds / count], "single", "wall time over the number of seeds", MACHINE, "s"
            ),
        ]
        name = f"{lens_name(view.role)}, {view.length} components"
        prefix = lens_prefix("table_2", view.role)
        records += quantity_records(prefix, quantities, name=name, published=published, scale=scale)
    return records
