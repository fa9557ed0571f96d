"""The numbers of the scaling of SymmetryLens: agreement and time for each length, and the power law of the time."""

from collections.abc import Sequence

from symscope.evaluation.lens_scaling import ScalingPoint, fit_power_law, fitted_points
from symscope.report.lens import BASES
from symscope.report.records import Record, summarise_seeds

_CROP = "On the whole n x n crop, with the generator or its inverse, whichever fits better."
_LOAD = "Of all threads; it depends on the machine."


def scaling_records(points: Sequence[ScalingPoint], *, scale: str = "") -> list[Record]:
    """Give ``symmetrylens.scaling.BASIS.nLENGTH.{cosine,seconds}`` and, of all lengths, ``...BASIS.exponent``.

    ``...BASIS.longest.{length,cosine}`` repeat what stands at the largest n.

    Parameters
    ----------
    points
        Ensembles, by basis and length.
    scale
        The size of the run in words.
    """
    records = []
    for point in points:
        identifier = f"symmetrylens.scaling.{point.basis}.n{point.length}"
        name = f"{BASES.get(point.basis, point.basis)}, n = {point.length}"
        for key, values, label, note, unit in (
            ("cosine", point.cosine, "|cosine| with the truth", _CROP, ""),
            ("seconds", point.seconds, "processor time of a seed", _LOAD, "s"),
        ):
            records.append(
                summarise_seeds(
                    f"{identifier}.{key}",
                    values.tolist(),
                    statistic="median",
                    scale=scale,
                    unit=unit,
                    label=f"{name}: {label}",
                    note=note,
                )
            )
    for basis in dict.fromkeys(point.basis for point in points):
        some = [point for point in points if point.basis == basis]
        name, longest = BASES.get(basis, basis), max(some, key=lambda point: point.length)
        records.append(
            summarise_seeds(
                f"symmetrylens.scaling.{basis}.longest.length",
                [longest.length],
                statistic="single",
                scale=scale,
                label=f"{name}: largest number of components",
            )
        )
        records.append(
            summarise_seeds(
                f"symmetrylens.scaling.{basis}.longest.cosine",
                longest.cosine.tolist(),
                statistic="median",
                scale=scale,
                label=f"{name}: |cosine| with the truth on the longest signals",
                note=_CROP,
            )
        )
        law = fit_power_law(some)
        if law is None:
            continue
        lengths = ", ".join(str(point.length) for point in fitted_points(some))
        records.append(
            summarise_seeds(
                f"symmetrylens.scaling.{basis}.exponent",
                [law.exponent],
                statistic="single",
                scale=scale,
                label=f"{name}: power of n by which the time grows",
                note=f"A line through the logarithms of all seeds at n = {lengths}.",
            )
        )
    return records
