"""Images of handwritten digits, each turned once about its middle by a random angle.

Convention: an image is (channel, height, width) with intensities 0 to 1, rows from top to bottom. Coordinates of the image
plane are (x, y) in [-1, 1]^2, x to the right and y downwards, the middle of the image at the origin, as in
:func:`symscope.discovery.actions.act_on_images`; an image turned by an angle a shows at p what was at R(a) p.
"""

import logging
from dataclasses import replace
from pathlib import Path

import numpy as np
from jaxtyping import Float, Float32, Int
from numpy import ndarray
from scipy.ndimage import gaussian_filter, map_coordinates
from sklearn.datasets import load_digits

from symscope.config.digits import DigitsDataset
from symscope.config.splits import SPLIT_NAMES
from symscope.data.splits import quotas_by_fractions
from symscope.errors import DataError
from symscope.io.files import PathLike
from symscope.io.idx import read_idx_pair
from symscope.io.samples import SamplesHeader, SamplesWriter, count_samples, iterate_split, read_header
from symscope.provenance import provenance

logger = logging.getLogger(__name__)

_BLOCK = 4096
"""Images made at a time, to bound the memory."""


def make_digits(settings: DigitsDataset, output: PathLike, *, seed: int) -> dict[str, int]:
    """Turn handwritten digits and write one samples file: x (n, 1, size, size) float32, y (n,) class numbers.

    No two splits have images of the same original. Each split is in random order.

    Parameters
    ----------
    settings
        The dataset's block of the configuration.
    output
        The samples file; it appears whole or not at all.
    seed
        Decides the splits, the angles and the order.

    Returns
    -------
    dict
        Number of images of each split.

    Raises
    ------
    DataError
        Where a file cannot be read or is not what it should be; where a split is left without images.
    """
    images, labels = original_digits(settings)
    rng = np.random.default_rng(seed)
    quotas = quotas_by_fractions(len(images), {split: settings.fractions[split] for split in SPLIT_NAMES})
    if not min(quotas.values()):
        empty = next(split for split, count in quotas.items() if not count)
        raise DataError(f"split '{empty}' has no images; give more originals or a larger fraction")
    rows = np.split(rng.permutation(len(images)), np.cumsum(list(quotas.values())))
    header = SamplesHeader(
        feature_names=tuple(f"column {column + 1}" for column in range(settings.size)),
        units="",
        x_action=settings.action,
        y_action="trivial",
        provenance=provenance(step="make_digits", settings=settings.model_dump(mode="json"), seeds=[seed]),
    )
    counts = {}
    with SamplesWriter(output, header) as writer:
        for place, split in enumerate(SPLIT_NAMES):
            chosen = rng.permutation(np.repeat(rows[place], settings.copies))
            angles = np.deg2rad(rng.uniform(-settings.max_angle, settings.max_angle, len(chosen)))
            for start in range(0, len(chosen), _BLOCK):
                part = slice(start, start + _BLOCK)
                writer.append(split, turned(images[chosen[part]], angles[part], settings), labels[chosen[part]])
            counts[str(split)] = len(chosen)
    logger.info("%s: %s images of %d originals", Path(output), counts, len(images))
    return counts


def build_images(dataset: PathLike, output: PathLike, *, n_samples: int | None, seed: int) -> dict[str, int]:
    """Copy images and classes of each split, all or a random part of the training split.

    Parameters
    ----------
    dataset
        Samples file with images x (n, channel, height, width).
    output
        Samples file to write; it appears whole or not at all.
    n_samples
        Images of the training split, drawn at random without repetition; also the most that are taken of the other splits.
        None takes all.
    seed
        Decides which; their order is that of the dataset.

    Returns
    -------
    dict
        Number of images of each split.

    Raises
    ------
    DataError
        Where the dataset holds no images, or fewer than wanted.
    """
    header = read_header(dataset)
    if header.x_action not in ("image_grid", "image_grid_cubic"):
        raise DataError(f"{dataset} holds samples on which '{header.x_action}' acts; name a dataset of images")
    made = provenance(step="build_images", settings={"n_samples": n_samples}, seeds=[seed])
    written = {}
    with SamplesWriter(output, replace(header, provenance={**made, "input": header.provenance})) as writer:
        for number, (split, available) in enumerate(count_samples(dataset).items()):
            if split == "train" and n_samples is not None and n_samples > available:
                raise DataError(
                    f"{dataset}: {n_samples} images are wanted and the split 'train' has {available}; lower 'n_samples' or "
                    "give more images"
                )
            written[split] = available if n_samples is None else min(n_samples, available)
            taken = np.zeros(available, bool)
            taken[np.random.default_rng([seed, number]).choice(available, size=written[split], replace=False)] = True
            for place, piece in enumerate(iterate_split(dataset, split, step=_BLOCK)):
                part = taken[place * _BLOCK : place * _BLOCK + piece.n]
                writer.append(split, piece.x[part], piece.y[part])
    return written


def original_digits(settings: DigitsDataset) -> tuple[Float32[ndarray, "n height width"], Int[ndarray, " n"]]:
    """Give the images that are turned, intensities 0 to 1, and their classes."""
    if settings.files is None:
        bundled = load_digits()
        return np.asarray(bundled.images / 16.0, np.float32), np.asarray(bundled.target, np.int64)
    pairs = [
        read_idx_pair(Path(images), Path(labels), sha256=settings.files.sha256)
        for images, labels in zip(settings.files.images, settings.files.labels, strict=True)
    ]
    shapes = {images.shape[1:] for images, _ in pairs}
    if len(shapes) > 1:
        found = " and ".join(f"{height} x {width}" for height, width in sorted(shapes))
        raise DataError(f"the files of images hold images of {found} pixels; give files of one size")
    images = np.concatenate([images for images, _ in pairs])
    return images.astype(np.float32) / 255.0, np.concatenate([labels for _, labels in pairs]).astype(np.int64)


def turned(
    images: Float[ndarray, "n height width"], angles: Float[ndarray, " n"], settings: DigitsDataset
) -> Float32[ndarray, "n 1 size size"]:
    """Turn each image by its angle [radians] and draw it at its size; one interpolation does both.

    Parameters
    ----------
    images
        Originals, intensities 0 to 1; a side longer than the other is the one that fills `digit_size`.
    angles
        The picture shows at p what the upright one has at R(a) p with R = exp(a [[0, -1], [1, 0]]).
    settings
        Sizes and interpolation.
    """
    height, width = images.shape[1:]
    scale = settings.digit_size / max(height, width)
    if scale < 1:
        images = gaussian_filter(images, sigma=(0.0, *(2 * ((1 / scale - 1) / 2,))))
    middle = (np.arange(settings.size) - (settings.size - 1) / 2) / scale
    down, right = np.meshgrid(middle, middle, indexing="ij")
    cosine, sine = np.cos(angles)[:, None, None], np.sin(angles)[:, None, None]
    rows = sine * right + cosine * down + (height - 1) / 2
    columns = cosine * right - sine * down + (width - 1) / 2
    order = 3 if settings.interpolation == "cubic" else 1
    margin = 2  # so that the edge of an image falls to black over one pixel and splines see no jump beside it
    drawn = np.empty((len(images), 1, settings.size, settings.size), np.float32)
    for image, place, row, column in zip(
        np.pad(images, ((0, 0), *2 * ((margin, margin),))), drawn, rows, columns, strict=True
    ):
        place[0] = map_coordinates(image, [row + margin, column + margin], order=order, mode="constant")
    return np.clip(drawn, 0.0, 1.0)
