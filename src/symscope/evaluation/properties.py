"""One row of a property study: a network trained with one symmetry as augmentation, and tested."""

import os
from collections.abc import Mapping

from symscope.config.properties import PropertyStudy
from symscope.discovery.result import Discovery
from symscope.errors import DataError
from symscope.io.samples import SamplesHeader, Split
from symscope.training.properties import evaluate_properties, train_properties
from symscope.training.symmetry import seed_symmetries, truth_generators

TARGET_NAMES = ("homo", "lumo")
"""Short names of the targets, as they stand in records."""


def study_row(
    model: str,
    *,
    study: PropertyStudy,
    splits: Mapping[str, Split],
    header: SamplesHeader,
    discovery: Discovery | None,
    device: str = "auto",
    checkpoint: str | os.PathLike[str] | None = None,
    source: str = "",
) -> list[dict[str, float]]:
    """Train all seeds of a row on the training molecules and measure them on the test molecules.

    Parameters
    ----------
    model
        Name of the row.
    study
        The study's block of the configuration.
    splits, header
        Samples of atoms, and what their file says of the targets.
    discovery
        What the experiment that the row names has found; None where it names none.
    device, checkpoint, source
        As in :func:`symscope.training.properties.train_properties`.

    Returns
    -------
    list
        See :func:`symscope.training.properties.evaluate_properties`.

    Raises
    ------
    DataError
        Where the samples are no atoms.
    ConfigError
        Where the symmetry of the row is not given.
    """
    scales = header.provenance.get("target_std")
    if scales is None:
        raise DataError("the samples do not say the standard deviation of their targets; build them from molecules")
    symmetry = seed_symmetries(study.models[model], truth=study.truth, discovery=discovery, seeds=study.seeds)
    trained = train_properties(
        splits["train"],
        splits["val"],
        network=study.network,
        augmentation=study.augmentation,
        generators=symmetry.generators,
        settings=study.training,
        select=study.select,
        seeds=study.seeds,
        device=device,
        checkpoint=checkpoint,
        source=source,
    )
    return evaluate_properties(
        trained,
        splits["test"],
        target_std=scales,
        names=TARGET_NAMES,
        truth=None if study.truth is None else truth_generators(study.truth),
        augmentation=study.augmentation,
        settings=study.evaluation,
    )
