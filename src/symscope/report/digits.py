"""The numbers of discoveries on rotated digits: the rotation, and how far a learned law of angles reaches."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from symscope.config.digits import DigitsDataset
from symscope.config.discovery import TruthSettings
from symscope.errors import DataError
from symscope.evaluation.digits import RANGES, RotatedDigits, view_rotated_digits
from symscope.io.files import PathLike
from symscope.io.generators import read_discovery
from symscope.io.samples import read_split
from symscope.report.quantities import Quantity, quantity_records, success_rate
from symscope.report.records import PublishedValue, Record


def read_rotated_digits(
    discoveries: Sequence[PathLike], dataset: PathLike, experiments: Mapping[str, Mapping[str, Any]]
) -> RotatedDigits:
    """Read discoveries and the digits to show them with.

    Parameters
    ----------
    discoveries
        Files of generators, in the order of `experiments`.
    dataset
        Samples file of the digits of the role `rotation`.
    experiments
        Role to `dataset` and `truth`, as plain values.

    Raises
    ------
    DataError
        Where the samples are no rotated digits, or a file cannot be read.
    """
    strange = [role for role, about in experiments.items() if about["dataset"].get("source") != "digits"]
    if strange:
        raise DataError(
            f"the figure shows rotated digits, and '{strange[0]}' is on a dataset with the source "
            f"'{experiments[strange[0]]['dataset'].get('source')}'; name an experiment on one with the source 'digits'"
        )
    test = read_split(dataset, "test")
    return view_rotated_digits(
        {role: read_discovery(path) for role, path in zip(experiments, discoveries, strict=True)},
        {role: TruthSettings(**about["truth"]) for role, about in experiments.items()},
        {role: DigitsDataset(**about["dataset"]) for role, about in experiments.items()},
        test.x,
        test.y,
    )


def digits_records(
    prefix: str, view: RotatedDigits, *, published: Mapping[str, PublishedValue], scale: str
) -> list[Record]:
    """Give the records of a figure of rotated digits.

    Parameters
    ----------
    prefix
        First part of the ids, such as ``liegan.figure_11``.
    view
        What the figure shows.
    published, scale
        As in :func:`symscope.report.records.summarise_seeds`.
    """
    rotation = view.score
    criterion = f"|cosine| \N{GREATER-THAN OR EQUAL TO} {rotation.success_cosine:g}"
    quantities = [
        Quantity(
            "rotation_cosine",
            rotation.span_cosine.tolist(),
            "median",
            "|cosine| with the rotation about the middle of the image",
            "Of 3 \N{MULTIPLICATION SIGN} 3 matrices: translation, stretch and shear count as errors.",
        ),
        success_rate(rotation.success, criterion),
    ]
    names = {"upright": "control, digits that were not turned", "published": "published settings"}
    for role, other in view.others.items():
        found = f"{int(other.success.sum())} of {len(other.seeds)} seeds reach {other.success_cosine:g}."
        label = f"{names[role]}: |cosine| with the rotation"
        quantities.append(Quantity(f"{role}.rotation_cosine", other.span_cosine.tolist(), "median", label, found))
    for role, law in view.laws.items():
        label = f"learned range of the angle, digits turned by up to {law.largest:g} degrees"
        note = f"{np.median(law.ranges) / law.largest:.2f} times the range of the data." if law.largest > 0 else ""
        quantities.append(Quantity(RANGES[role], law.ranges.tolist(), "median", label, note, "degrees"))
    return quantity_records(prefix, quantities, published=published, scale=scale)
