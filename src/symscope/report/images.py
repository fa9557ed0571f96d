"""The numbers of images with two hidden translations."""

from collections.abc import Mapping, Sequence
from typing import Any

from symscope.config.images import ImagesDataset
from symscope.evaluation.images import ImageView, view_images
from symscope.io.files import PathLike
from symscope.report.found import read_found
from symscope.report.quantities import MACHINE, Quantity, quantity_records, success_rate
from symscope.report.records import Record

DISGUISES = {"translation": "no disguise", "permuted": "permuted pixels", "frequency": "sine transform"}
"""All roles that a data set with its discovery can have, in words."""
_CROP = "On the whole d x d crop, the worse of the two; up to the order of the axes, the inverse and the sign."


def read_image_views(
    lenses: Sequence[PathLike], datasets: Sequence[PathLike], experiments: Mapping[str, Mapping[str, Any]]
) -> list[ImageView]:
    """Read results and the images to look at them with; see :func:`symscope.report.found.read_found`."""
    found = read_found(lenses, datasets, experiments, roles=tuple(DISGUISES), source="images")
    return [
        view_images(one.role, one.result, ImagesDataset(**one.dataset), one.samples, **one.options) for one in found
    ]


def image_records(views: Sequence[ImageView], *, scale: str = "") -> list[Record]:
    """Give the records: agreement, commutators, success and time.

    Parameters
    ----------
    views
        The data sets with what was found in each.
    scale
        The size of the run in words.
    """
    return [
        record
        for view in views
        for record in quantity_records(
            f"symmetrylens.images.{view.role}", _quantities(view), name=_name(view), scale=scale
        )
    ]


def _name(view: ImageView) -> str:
    size = f"{view.settings.height} \N{MULTIPLICATION SIGN} {view.settings.width}"
    return f"Images of {size} pixels, {DISGUISES[view.role]}"


def _quantities(view: ImageView) -> list[Quantity]:
    score, seconds, count = view.score, view.result.seconds, len(view.result.seeds)
    criterion = f"both |cosine| \N{GREATER-THAN OR EQUAL TO} {score.success_cosine:g} and shifts by one pixel"
    built = "Both are shifts of one representation, so it is zero by construction, up to rounding."
    minimal = (score.power == 1).all(axis=1).tolist()
    seen = f"Averaged over pixels, on {len(view.samples):,} images of the test split."
    return [
        Quantity(
            "cosine", score.cosine.min(axis=1).tolist(), "median", "|cosine| of the generators with the truth", _CROP
        ),
        Quantity("commutator", score.commutator.tolist(), "median", "commutator of both generators", built),
        Quantity(
            "commutator_truth",
            score.commutator_truth.tolist(),
            "median",
            "commutator of a generator with the true shift along the other axis",
            "Frobenius norm over the product of the norms, the larger of the two.",
        ),
        Quantity("minimal", minimal, "share", "share of seeds with shifts by one pixel, not more"),
        Quantity("recovery", score.recovery.tolist(), "median", "|correlation| of recovered with hidden images", seen),
        success_rate(score.success, criterion, warnings=view.result.warnings),
        Quantity("seconds", [seconds], "single", f"wall time, all {count} seeds together", MACHINE, "s"),
        Quantity("seconds_per_seed", [seconds / count], "single", "wall time over the number of seeds", MACHINE, "s"),
    ]
