"""The numbers of discoveries on orbits: how well each method's ensemble agrees with the rotation, and what it implies."""

from collections.abc import Mapping, Sequence

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from symscope.config.discovery import TruthSettings
from symscope.discovery.result import Discovery
from symscope.evaluation.constraints import GAP, THRESHOLDS, Threshold
from symscope.evaluation.discovery import DiscoveryScore, score_discovery
from symscope.evaluation.rotations import found_angles
from symscope.report.format import format_published
from symscope.report.quantities import MACHINE, Quantity, quantity_records, success_rate
from symscope.report.records import PublishedValue, Record

METHODS = {
    "liegan": "LieGAN",
    "liegan_es": "LieGAN-ES",
    "augerino": "Augerino+",
    "augerino_tuned": "Augerino+, tuned",
    "symmetrygan": "SymmetryGAN",
    "symmetrygan_free": "SymmetryGAN, \u03bb = 0",
    "liegan_published": "LieGAN, as published",
}
"""What each role is called; what stands after a comma is a variant."""


def compared_records(
    prefix: str,
    discoveries: Mapping[str, Discovery],
    truths: Mapping[str, TruthSettings],
    *,
    published: Mapping[str, PublishedValue],
    scale: str,
) -> list[Record]:
    """Give the records of several methods' ensembles that were to find the same rotation.

    Parameters
    ----------
    prefix
        First part of the ids, such as ``liegan.figure_3``; the role follows.
    discoveries, truths
        Ensembles and what they are compared with, by role.
    published, scale
        As in :func:`symscope.report.records.summarise_seeds`.
    """
    return [
        record
        for role, discovery in discoveries.items()
        for record in rotation_records(
            f"{prefix}.{role}",
            score_discovery(discovery, truths[role]),
            seconds=discovery.seconds,
            method=METHODS.get(role, role),
            angles=found_angles(discovery, truths[role]),
            published=published,
            scale=scale,
        )
    ]


def rotation_records(
    prefix: str,
    score: DiscoveryScore,
    *,
    seconds: float,
    method: str,
    angles: Float[ndarray, " seed"] | None = None,
    published: Mapping[str, PublishedValue],
    scale: str,
) -> list[Record]:
    """Give the records of one ensemble that was to find a rotation.

    Parameters
    ----------
    prefix
        First part of the ids, such as ``liegan.figure_3.liegan``.
    score
        Agreement of every seed with the truth.
    seconds
        Wall time of the training, all seeds together.
    method
        The method's name for a reader.
    angles
        Where the method learns a group element: the angle by which each seed's turns the data [degrees].
    published, scale
        As in :func:`symscope.report.records.summarise_seeds`.
    """
    criterion = f"|cosine| \N{GREATER-THAN OR EQUAL TO} {score.success_cosine:g}"
    time = f"training time, all {len(score.seeds)} seeds together"
    quantities = [
        Quantity("cosine", score.span_cosine.tolist(), "median", "|cosine| with the rotation"),
        success_rate(score.success, criterion),
        Quantity("seconds", [seconds], "single", time, MACHINE, "s"),
    ]
    if angles is not None:
        quantities.append(Quantity("angle", angles.tolist(), "median", "angle of the learned element", unit="degrees"))
    return quantity_records(prefix, quantities, name=method, published=published, scale=scale)


def spectrum_records(
    prefix: str,
    learned: Float[ndarray, "seed k"],
    truth: Float[ndarray, " k"],
    gap_ranks: Float[ndarray, " seed"],
    thresholds: Sequence[Threshold] = THRESHOLDS,
    *,
    published: Mapping[str, PublishedValue],
    scale: str,
) -> list[Record]:
    """Give the records of a constraint's singular values: how many count as zero, and how far those of the truth fall.

    Parameters
    ----------
    prefix
        First part of the ids, such as ``liegan.figure_7``.
    learned, truth
        Singular values relative to the largest, falling, of every seed and of the known generator.
    gap_ranks
        Number of values of every seed below the widest gap of its spectrum.
    thresholds
        The records are ``<prefix>.learned.rank_<key>`` and ``<prefix>.truth.rank_<key>`` for each.
    published, scale
        As in :func:`symscope.report.records.summarise_seeds`.
    """
    mine, true = [], []
    for threshold in thresholds:
        value = format_published(threshold.value).replace(" ", "\N{NO-BREAK SPACE}")
        label = f"equivariant maps from V to V at a threshold of {value}"
        counts = np.where(np.isnan(learned).any(axis=1), np.nan, (learned < threshold.value).sum(axis=1))
        mine.append(Quantity(f"rank_{threshold.key}", counts.tolist(), "median", label))
        true.append(Quantity(f"rank_{threshold.key}", [(truth < threshold.value).sum()], "single", label))
    label = f"equivariant maps from V to V, threshold in the widest gap between {GAP[0]:g} and {GAP[1]:g}"
    mine.append(Quantity("rank_gap", gap_ranks.tolist(), "median", label))
    zeros = int((truth < min(threshold.value for threshold in thresholds)).sum())
    if zeros:
        label = f"largest of the {zeros} singular values that vanish for the truth, relative to the largest"
        mine.append(Quantity("residual", learned[:, -zeros].tolist(), "median", label))
    return [
        *quantity_records(f"{prefix}.learned", mine, name="Learned", published=published, scale=scale),
        *quantity_records(f"{prefix}.truth", true, name="Truth", published=published, scale=scale),
    ]
