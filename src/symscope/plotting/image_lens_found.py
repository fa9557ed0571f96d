"""Two translations found in images, as they act on the data, and what the representation makes of samples."""

import numpy as np
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy import ndarray

from symscope.discovery.symmetrylens.result import LensResult
from symscope.plotting.lens_panels import WIDTH, draw_heat, draw_scale, subtitle
from symscope.plotting.style import DENSITY, figure_style, new_figure

SAMPLES = 4
"""Images that are drawn."""
_PIXEL, _GAP = 6, 4


def plot_images_found(
    result: LensResult, samples: Float[ndarray, "sample d"], *, seed: int, sides: tuple[int, int]
) -> Figure:
    """Draw the two generators and the representation of one seed, and images before and after.

    Parameters
    ----------
    result
        What was discovered.
    samples
        Images that the discovery has not seen, flattened.
    seed
        Index of the seed that is drawn.
    sides
        Height and width of the hidden image.
    """
    rows = result.convolutions[seed]
    with figure_style():
        figure = new_figure(WIDTH, 5.6, pad=0.07)
        figure.suptitle(f"One step of both translations found, seed {result.seeds[seed]}", x=0.01, ha="left")
        above, below = figure.subfigures(2, 1, height_ratios=[1.35, 1.0], squeeze=False)[:, 0]
        panels = above.subplots(1, 3, squeeze=False)[0]
        titles = [
            ("Generator G1", "along one axis"),
            ("Generator G2", "along the other"),
            ("Representation", "y = L x"),
        ]
        for axes, (title, line), matrix in zip(panels, titles, [*result.generators[seed], rows], strict=True):
            draw_heat(axes, matrix, limit=1.0)
            axes.set_title(title, loc="left", pad=17)
            subtitle(axes, line)
        draw_scale(above, list(panels), limit=1.0, label="entry")
        power = np.square(samples).sum(axis=1)
        chosen = samples[np.flatnonzero(power >= np.median(power))[:SAMPLES]]  # some images are nothing but noise
        left, right = below.subplots(1, 2, squeeze=False)[0]
        _draw_mosaic(left, chosen, sides, "Images as they are given")
        _draw_mosaic(right, chosen @ rows.T, sides, "The same in the representation found")
    return figure


def _draw_mosaic(axes: Axes, images: Float[ndarray, "image d"], sides: tuple[int, int], title: str) -> None:
    height, width = sides
    pitch = width * _PIXEL + _GAP
    picture = np.full((height * _PIXEL, pitch * len(images) - _GAP), np.nan)
    for number, image in enumerate(images):
        low, high = np.percentile(image, [1, 99.5])
        tile = np.clip((image - low) / ((high - low) or 1.0), 0, 1).reshape(height, width)
        picture[:, number * pitch : number * pitch + width * _PIXEL] = np.kron(tile, np.ones((_PIXEL, _PIXEL)))
    axes.imshow(picture, cmap=DENSITY, vmin=0, vmax=1.15, interpolation="none")
    axes.set_axis_off()
    axes.set_title(title, loc="left")
