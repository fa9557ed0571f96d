"""The numbers of discoveries on rotated digits: the rotation, and how far a learned law of angles reaches."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from symscope.evaluation.discovery import DiscoveryScore
from symscope.report.records import PublishedValue, Record, summarise_seeds


def digits_records(
    prefix: str,
    rotation: DiscoveryScore,
    ranges: Mapping[str, tuple[float, Float[ndarray, " seed"]]],
    upright: DiscoveryScore | None,
    *,
    published: Mapping[str, PublishedValue],
    scale: str,
) -> list[Record]:
    """Give the records of a figure of rotated digits.

    Parameters
    ----------
    prefix
        First part of the ids, such as ``liegan.figure_11``.
    rotation
        Agreement of every seed with the rotation about the middle of the image.
    ranges
        By the end of the id, such as ``angle_range``: the largest angle of the data and the learned one of every seed
        [degrees].
    upright
        The same as `rotation` on images that were not turned; None where this was not tried.
    published, scale
        As in :func:`symscope.report.records.summarise_seeds`.
    """
    common: dict[str, Any] = {"published": published, "scale": scale}
    least = f"|cosine| \N{GREATER-THAN OR EQUAL TO} {rotation.success_cosine:g}"
    records = [
        summarise_seeds(
            f"{prefix}.rotation_cosine",
            [float(value) for value in rotation.span_cosine],
            statistic="median",
            label="|cosine| with the rotation about the middle of the image, 3 \N{MULTIPLICATION SIGN} 3 matrices",
            note="Translation, stretch and shear count as errors.",
            **common,
        ),
        summarise_seeds(
            f"{prefix}.success_rate",
            [float(value) for value in rotation.success],
            label="Share of seeds that find the rotation",
            note=f"{int(rotation.success.sum())} of {len(rotation.seeds)} seeds succeed ({least}).",
            **common,
        ),
    ]
    if upright is not None:
        found = int(upright.success.sum())
        records.append(
            summarise_seeds(
                f"{prefix}.upright.rotation_cosine",
                [float(value) for value in upright.span_cosine],
                statistic="median",
                label="Control, digits that were not turned: |cosine| with the rotation",
                note=f"{found} of {len(upright.seeds)} seeds reach {upright.success_cosine:g}.",
                **common,
            )
        )
    for end, (largest, learned) in ranges.items():
        records.append(
            summarise_seeds(
                f"{prefix}.{end}",
                [float(value) for value in learned],
                statistic="median",
                unit="degrees",
                label=f"Learned range of the angle, digits turned by up to {largest:g} degrees",
                note=f"{np.median(learned) / largest:.2f} times the range of the data." if largest > 0 else "",
                **common,
            )
        )
    return records
