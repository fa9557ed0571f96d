"""The numbers of SymmetryLens: facts about the data sets, agreement with the truth, and what each figure adds."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from symscope.config.signals import SignalsDataset
from symscope.config.targets import ELEMENTS, SHORT, SIGNALS
from symscope.errors import DataError
from symscope.evaluation.lens_elements import ElementView
from symscope.evaluation.lens_views import LensView, hidden_convolution, view_lens
from symscope.evaluation.signal_facts import measure_signals
from symscope.io.files import PathLike
from symscope.report.entries import TargetText
from symscope.report.found import read_found
from symscope.report.quantities import MACHINE, Quantity, quantity_records, success_rate
from symscope.report.records import PublishedValue, Record, missing_record, summarise_seeds
from symscope.report.tables import Table

BASES = {"gaussian": "Gaussian pulses", "legendre": "Legendre pulses"}
SYMMETRIES = {"translation": "translation", "permuted": "permuted", "frequency": "frequency shift"}
WAYS = {"published": "published way", "short": "short signals"}
"""Ways of a discovery that its role begins with, and what they are; a role without one is of the fast way."""
METHODS = {
    "symmetrygan": "Gaussian pulses, translation, SymmetryGAN",
    "symmetrygan_regularised": "Gaussian pulses, translation, SymmetryGAN with its regulariser",
}
"""Other methods, by their role."""
LENSES = (*SIGNALS, *SHORT)
"""Roles of discoveries that found a lens."""
_CROP = "On the whole d x d crop, with the generator or its inverse, whichever fits better."


def read_lens_views(
    lenses: Sequence[PathLike],
    datasets: Sequence[PathLike],
    experiments: Mapping[str, Mapping[str, Any]],
    *,
    roles: Sequence[str] = LENSES,
) -> list[LensView]:
    """Read results and the signals to look at them with; methods that find no lens are passed over.

    See :func:`symscope.report.found.read_found`.
    """
    found = read_found(lenses, datasets, experiments, roles=roles, source="signals", passed_over=ELEMENTS)
    return [view_lens(one.role, one.result, SignalsDataset(**one.dataset), one.samples, **one.options) for one in found]


def lens_id(target: str, role: str, quantity: str) -> str:
    """Give the id of a number.

    The second table has its own parts for the ways and for other methods: ``symmetrylens.table_2.gaussian.translation.cosine``,
    ``symmetrylens.published.gaussian.translation.cosine``, ``symmetrylens.symmetrygan.cosine``; elsewhere the way follows the
    target, as in ``symmetrylens.table_1.published.gaussian.translation.length``.
    """
    return f"{lens_prefix(target, role)}.{quantity}"


def lens_prefix(target: str, role: str) -> str:
    """Give the first part of the ids of an ensemble's numbers; see :func:`lens_id`."""
    if role in METHODS:
        return f"symmetrylens.{role}"
    way, basis, symmetry = _parts(role)
    place = [way] if way and target == "table_2" else [target, way]
    return ".".join(part for part in ["symmetrylens", *place, basis, symmetry] if part)


def lens_name(role: str) -> str:
    """Name a data set and the way it was worked on."""
    if role in METHODS:
        return METHODS[role]
    way, basis, symmetry = _parts(role)
    return ", ".join([BASES[basis], SYMMETRIES[symmetry], *([WAYS[way]] if way else [])])


def _parts(role: str) -> tuple[str, str, str]:
    """Take a role apart: the way or nothing, the pulses, the symmetry as the data show it."""
    first, _, rest = role.partition("_")
    way, rest = (first, rest) if first in WAYS else ("", role)
    basis, _, symmetry = rest.partition("_")
    return way, basis, symmetry


def dataset_records(
    views: Sequence[LensView],
    counts: Sequence[int],
    *,
    published: Mapping[str, PublishedValue] | None = None,
    scale: str = "",
) -> list[Record]:
    """Give the records of the table of data sets: what was asked for, and what the signals measure.

    Parameters
    ----------
    views
        The data sets.
    counts
        Signals in the train split of each.
    published, scale
        As in :func:`symscope.report.records.summarise_seeds`.
    """
    records = []
    for view, count in zip(views, counts, strict=True):
        settings = view.settings
        facts = measure_signals(view.samples, view.representation)
        values: dict[str, tuple[float | None, str, str]] = {
            "length": (settings.length, "", "components of a signal"),
            "samples": (count, "", "signals for the discovery"),
            "noise": (settings.noise, "", "noise in units of the signals' standard deviation"),
        }
        for name, what in (("amplitude", "amplitude"), ("width", "width")):
            ends = getattr(settings.basis, name, (None, None))
            unit = "steps" if name == "width" else ""
            values[f"{name}_from"] = (ends[0], unit, f"smallest {what} of a pulse")
            values[f"{name}_to"] = (ends[1], unit, f"largest {what} of a pulse")
        values |= {
            "correlation_length": (facts.correlation_length, "steps", "distance at which the correlation falls to 1/e"),
            "neighbours_given": (facts.neighbours_given, "", "correlation of neighbours in the data as given"),
            "neighbours_hidden": (facts.neighbours_hidden, "", "correlation of neighbours on the hidden axis"),
            "kurtosis": (facts.kurtosis, "", "excess kurtosis of the hidden components"),
            "condition": (facts.condition, "", "largest over smallest eigenvalue of the covariance"),
        }
        for quantity, (value, unit, what) in values.items():
            identifier, label = lens_id("table_1", view.role, quantity), f"{lens_name(view.role)}: {what}"
            if value is None or not np.isfinite(value):
                why = "These signals have no such range." if value is None else "It is not finite on these signals."
                absent = missing_record(identifier, why, published=published, label=label, applies=value is not None)
                records.append(absent)
                continue
            records.append(
                summarise_seeds(
                    identifier, [value], statistic="single", published=published, scale=scale, unit=unit, label=label
                )
            )
    return records


def agreement_records(
    views: Sequence[LensView], *, published: Mapping[str, PublishedValue] | None = None, scale: str = ""
) -> list[Record]:
    """Give the records of the table of results: agreement, success and time.

    Parameters
    ----------
    views
        The data sets with what was found in each.
    published, scale
        As in :func:`symscope.report.records.summarise_seeds`.
    """
    records: list[Record] = []
    for view in views:
        score, seconds = view.score, view.result.seconds
        count = len(score.seeds)
        inner = f"without the {score.margin} outer components at each end"
        criterion = f"|cosine| \N{GREATER-THAN OR EQUAL TO} {score.success_cosine:g} and a shift by one step"
        quantities = [
            Quantity("cosine", score.cosine.tolist(), "median", "|cosine| with the truth", _CROP),
            Quantity("rmse", score.rmse.tolist(), "median", "RMSE of the entries", _CROP),
            Quantity("interior_cosine", score.interior_cosine.tolist(), "median", f"|cosine| {inner}"),
            Quantity("interior_rmse", score.interior_rmse.tolist(), "median", f"RMSE {inner}"),
            success_rate(score.success, criterion, warnings=view.result.warnings),
            Quantity("seconds", [seconds], "single", f"wall time, all {count} seeds together", MACHINE, "s"),
            Quantity(
                "seconds_per_seed", [seconds / count], "single", "wall time over the number of seeds", MACHINE, "s"
            ),
        ]
        records += _summarise("table_2", view, quantities, published=published, scale=scale)
    return records


def lens_table(records: Iterable[Record], target: TargetText, views: Sequence[LensView | ElementView]) -> Table:
    """Put records into the cells of the target's table; rows that were not configured are left out.

    Raises
    ------
    DataError
        Where the target describes no table, or has no row for a data set.
    """
    if target.table is None:
        raise DataError(f"target {target.name} describes no table; give its rows and columns")
    roles = [view.role for view in views]
    rows = tuple(row for row in target.table.rows if row.key in roles)
    if len(rows) < len(roles):
        lost = sorted(set(roles) - {row.key for row in rows})
        raise DataError(f"the table of target {target.name} has no row {', '.join(lost)}; add it to its text")
    by_id = {record.id: record for record in records}
    short = target.table.prefix.rpartition(".")[2]
    cells = tuple(
        tuple(by_id.get(lens_id(short, row.key, column.key)) for column in target.table.columns) for row in rows
    )
    return Table(title=target.title, layout=target.table.model_copy(update={"rows": rows}), cells=cells)


def figure_records(target: str, views: Sequence[LensView], *, scale: str = "") -> list[Record]:
    """Give the numbers that a figure adds, one or two for each data set.

    Parameters
    ----------
    target
        ``figure_generators``, ``figure_errors``, ``figure_filters``, ``figure_convolution`` or ``figure_reconstruction``.
    views
        The data sets with what was found in each.
    scale
        The size of the run in words.
    """
    records = []
    for view in views:
        records += _summarise(target, view, _FIGURES[target](view), scale=scale)
    return records


def _summarise(
    target: str,
    view: LensView,
    quantities: Sequence[Quantity],
    *,
    published: Mapping[str, PublishedValue] | None = None,
    scale: str,
) -> list[Record]:
    name = lens_name(view.role)
    return quantity_records(lens_prefix(target, view.role), quantities, name=name, published=published, scale=scale)


def dynamics_records(view: LensView, *, scale: str = "") -> list[Record]:
    """Give the numbers of the film strip: where the training ends, and after how many updates."""
    ends = f"|cosine| at the end, {view.settings.length} components"
    quantities = [
        Quantity("cosine", view.score.cosine.tolist(), "median", ends),
        Quantity("steps", [view.result.steps], "single", "updates of each seed"),
    ]
    return quantity_records("symmetrylens.figure_dynamics", quantities, name=lens_name(view.role), scale=scale)


def film_view(views: Sequence[LensView]) -> LensView:
    """Choose the data set of the film strip: the first of the published way, which learns step by step, or the first."""
    return next((view for view in views if view.published), views[0])


def _minimal(view: LensView) -> list[Quantity]:
    powers = sorted(set(view.score.power[view.result.finite].tolist()))
    found = f"Steps of the shift that the generators resemble most: {', '.join(map(str, powers))}."
    label = "share of seeds with a shift by one step, not more"
    return [Quantity("minimal", (view.score.power == 1).tolist(), "share", label, found)]


def _edges(view: LensView) -> list[Quantity]:
    score, length = view.score, view.settings.length
    inside = (1 - 2 * score.margin / length) ** 2
    error = np.square(score.rmse)
    share = 1 - inside * np.divide(np.square(score.interior_rmse), error, out=np.ones_like(error), where=error > 0)
    share = np.where(view.result.finite, share, np.nan)
    label = f"share of the squared error in rows and columns of the {score.margin} outer components at each end"
    note = f"These rows and columns hold {1 - inside:.3f} of the entries."
    return [Quantity("edge_share", share.tolist(), "median", label, note)]


def _locality(view: LensView) -> list[Quantity]:
    width, share = (
        np.where(view.result.finite, values, np.nan).tolist()
        for values in (view.score.filter_width, view.score.filter_share)
    )
    covered = "number of hidden components that the filter covers"
    note = "1 / \u03a3 h\u2074 for a filter h of unit length."
    largest = "share of the filter's squared length in one hidden component"
    return [Quantity("width", width, "median", covered, note), Quantity("share", share, "median", largest)]


def _diagonal(view: LensView) -> list[Quantity]:
    shares = []
    for seed, finite in enumerate(view.result.finite):
        squares = np.square(hidden_convolution(view, seed)) if finite else np.full((1, 1), np.nan)
        shares.append(float(np.nansum(np.diagonal(squares)) / np.nansum(squares)) if finite else float("nan"))
    return [Quantity("diagonal_share", shares, "median", "share of the squared entries on the diagonal")]


def _recovery(view: LensView) -> list[Quantity]:
    label = "|correlation| of the recovered with the hidden signal"
    note = f"Averaged over components, on {len(view.samples):,} signals of the test split."
    return [Quantity("recovery", view.score.recovery.tolist(), "median", label, note)]


_FIGURES: dict[str, Callable[[LensView], list[Quantity]]] = {
    "figure_generators": _minimal,
    "figure_errors": _edges,
    "figure_filters": _locality,
    "figure_convolution": _diagonal,
    "figure_reconstruction": _recovery,
}
