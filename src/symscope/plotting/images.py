"""Images with two hidden translations: as they are given, unscrambled, and moved by the generators found in them."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure
from matplotlib.lines import Line2D
from matplotlib.ticker import NullFormatter
from numpy import ndarray

from symscope.evaluation.images import ImageView, commutator_norm, hidden_pair, moved_images, recovered_images
from symscope.plotting.lens_panels import COLORS, WIDTH, draw_heat, draw_scale, spare, subtitle
from symscope.plotting.primitives import cosine_text
from symscope.plotting.style import DENSITY, GREY, figure_style, new_figure

DISGUISES = {"translation": "No disguise", "permuted": "Permuted pixels", "frequency": "Sine transform"}
IMAGES = 4
"""Images drawn of each data set."""
STEPS = 2
"""Largest power of each generator in the picture of moved images."""
_PIXEL = 6
"""Pixels of the picture for one of an image, so that viewers that smooth pictures keep its edges."""
_GAP = 4
"""Pixels of the picture between two images."""
_AXES = ("down", "right")
_MARKERS = ("o", "s")


def plot_lens_images(views: Sequence[ImageView]) -> Figure:
    """Draw images, the two generators, what they do to one image, and the agreement of all seeds.

    Generators are in the order, the direction and the sign of the truth, which the data cannot tell. Their panels and the
    moved image are those of the first data set with a disguise, or of the first one.

    Parameters
    ----------
    views
        The data sets in order, at most three.

    Returns
    -------
    Figure
        9.6 inches wide.
    """
    view = next((one for one in views if one.role != "translation"), views[0])
    heights = [2.75, 3.9, 3.75]
    with figure_style():
        figure = new_figure(WIDTH, sum(heights) + 0.35, pad=0.06)
        figure.suptitle("Two translations, found in images whose pixels are hidden", x=0.01, ha="left")
        top, middle, bottom = figure.subfigures(3, 1, height_ratios=heights, squeeze=False)[:, 0]
        _draw_samples(top, views)
        _draw_generators(middle, view)
        _draw_motion(bottom, view, views)
    return figure


def _draw_samples(block: SubFigure, views: Sequence[ImageView]) -> None:
    panels = block.subplots(1, max(3, len(views)), squeeze=False)[0]
    for panel in panels[len(views) :]:
        spare(panel)
    for panel, view in zip(panels, views, strict=False):
        given = _choose(view)
        rows = (given, recovered_images(view, view.shown, given), given @ view.representation.T)
        _draw_mosaic(panel, np.stack([_stretched(row) for row in rows]), view.sides)
        panel.set_title(DISGUISES[view.role], fontsize=9.5, pad=16)
        recovery = view.score.recovery[view.shown]
        subtitle(panel, f"seed {view.result.seeds[view.shown]}, |correlation| {recovery:.3f}")
    height = _pitch(views[0].sides[0])
    panels[0].set_yticks([height * (row + 0.5) for row in range(3)], ["as given", "recovered", "hidden"])


def _draw_generators(block: SubFigure, view: ImageView) -> None:
    seed, u = view.shown, view.representation
    pair = hidden_pair(view, seed)
    block.suptitle(
        f"{DISGUISES[view.role]}: the two generators of seed {view.result.seeds[seed]}",
        x=0.01,
        ha="left",
        fontsize=10.5,
    )
    grid = block.subplots(2, 5, squeeze=False)
    differences = pair - view.truth
    commutators = pair @ view.truth[::-1] - view.truth[::-1] @ pair
    limit = float(max(np.abs(differences).max(), np.abs(commutators).max())) or 1.0
    for axis, name in enumerate(_AXES):
        draw_heat(grid[axis][0], u.T @ pair[axis] @ u, limit=1.0)
        draw_heat(grid[axis][1], pair[axis], limit=1.0)
        draw_heat(grid[axis][2], view.truth[axis], limit=1.0)
        draw_heat(grid[axis][3], differences[axis], limit=limit)
        draw_heat(grid[axis][4], commutators[axis], limit=limit)
        grid[axis][0].set_ylabel(f"G{axis + 1}: one pixel {name}", fontsize=8.5)
        subtitle(grid[axis][1], f"|cosine| {cosine_text(float(view.score.cosine[seed, axis]))}")
        size = commutator_norm(pair[axis], view.truth[1 - axis])
        subtitle(grid[axis][4], f"[G{axis + 1}, S{2 - axis}], relative size {size:.4f}", size=7.0)
    titles = ("On the data", "Disguise undone", "Truth S", "Found \N{MINUS SIGN} true", "Commutator")
    for panel, title in zip(grid[0], titles, strict=True):
        panel.set_title(title, fontsize=9.5, pad=16)
    for panels, reach, label in ((grid[:, :3], 1.0, "entry"), (grid[:, 3:], limit, "entry, enlarged")):
        draw_scale(block, panels.ravel().tolist(), limit=reach, label=label)


def _draw_motion(block: SubFigure, view: ImageView, views: Sequence[ImageView]) -> None:
    found, true, dots = block.subplots(1, 3, squeeze=False, width_ratios=[1, 1, 0.8])[0]
    image = _central(view)
    steps = [f"{step:+d}".replace("-", "\N{MINUS SIGN}").replace("+0", "0") for step in range(-STEPS, STEPS + 1)]
    for panel, pair, title in (
        (found, hidden_pair(view, view.shown), "One image, moved by what was found"),
        (true, view.truth, "Moved by the true shifts"),
    ):
        _draw_mosaic(panel, moved_images(pair, image, most=STEPS), view.sides)
        panel.set_title(title, fontsize=9.5)
        panel.set_xticks([_pitch(view.sides[1]) * (column + 0.5) for column in range(len(steps))], steps)
        panel.set_yticks([_pitch(view.sides[0]) * (row + 0.5) for row in range(len(steps))], steps)
        panel.set_xlabel("steps to the right", fontsize=8.5)
    found.set_ylabel("steps down", fontsize=8.5)
    _draw_dots(dots, views)


def _draw_dots(panel: Axes, views: Sequence[ImageView]) -> None:
    """Draw the distance of each generator from its truth, for all seeds."""
    for place, view in enumerate(views):
        count = len(view.result.seeds)
        spread = (np.arange(count) - (count - 1) / 2) * min(0.06, 0.24 / count)
        for axis, marker in enumerate(_MARKERS):
            left = np.clip(1 - view.score.cosine[:, axis], 1e-6, None)
            panel.plot(
                place + (axis - 0.5) * 0.36 + spread,
                left,
                marker,
                color=COLORS[view.role],
                markersize=4.5,
                alpha=0.8,
            )
    panel.set_yscale("log")
    panel.yaxis.set_minor_formatter(NullFormatter())
    worst = max(float(1 - view.score.cosine.min()) for view in views)
    nearest = max(1e-6, min(float(1 - view.score.cosine.max()) for view in views))
    panel.set_ylim(0.4 * nearest, 20 * max(worst, 1 - views[0].score.success_cosine))
    panel.axhline(1 - views[0].score.success_cosine, color=GREY, linewidth=0.8, linestyle="--")
    panel.set_xlim(-0.6, len(views) - 0.4)
    panel.set_xticks(range(len(views)), [DISGUISES[view.role] for view in views], rotation=20, ha="right")
    panel.set_ylabel("1 \N{MINUS SIGN} |cosine|", fontsize=8.5)
    panel.set_title("All seeds", fontsize=9.5)
    panel.tick_params(labelsize=7.5)
    panel.grid(axis="y")
    marks = [
        Line2D([], [], color=GREY, marker=marker, linestyle="", markersize=4.5, label=name)
        for name, marker in zip(_AXES, _MARKERS, strict=True)
    ]
    panel.legend(handles=marks, loc="upper left", fontsize=7.5, ncols=2)


def _choose(view: ImageView, count: int = IMAGES) -> Float[ndarray, "chosen d"]:
    """Take the first images that have at least the median power: some of the others are only noise."""
    power = np.square(view.samples).sum(axis=1)
    return np.asarray(view.samples[np.flatnonzero(power >= np.median(power))[:count]])


def _central(view: ImageView) -> Float[ndarray, " d"]:
    """Take the hidden image, of those with at least the median power, with the largest part of it in the middle."""
    hidden = _choose(view, 100) @ view.representation.T
    row, column = (np.abs(place - place.mean()) for place in np.divmod(np.arange(hidden.shape[1]), view.sides[1]))
    inside = (row <= view.sides[0] / 5) & (column <= view.sides[1] / 5)
    power = np.square(hidden)
    return np.asarray(hidden[np.argmax(power[:, inside].sum(axis=1) / power.sum(axis=1))])


def _stretched(images: Float[ndarray, "image d"]) -> Float[ndarray, "image d"]:
    """Bring the values of a row of images to the range from 0 to 1, apart from the few largest."""
    low, high = np.nanpercentile(images, [1, 99.5])
    return np.asarray(np.clip((images - low) / ((high - low) or 1.0), 0, 1))


def _pitch(side: int) -> int:
    return side * _PIXEL + _GAP


def _draw_mosaic(panel: Axes, images: Float[ndarray, "row column d"], sides: tuple[int, int]) -> None:
    """Draw images as tiles of one picture, dark where they are bright; NaN and the gaps stay grey."""
    rows, columns = images.shape[:2]
    picture = np.full((rows * _pitch(sides[0]), columns * _pitch(sides[1])), np.nan)
    for row in range(rows):
        for column in range(columns):
            tile = np.kron(images[row, column].reshape(sides), np.ones((_PIXEL, _PIXEL)))
            top, left = row * _pitch(sides[0]) + _GAP // 2, column * _pitch(sides[1]) + _GAP // 2
            picture[top : top + tile.shape[0], left : left + tile.shape[1]] = tile
    low, high = np.nanmin(picture), np.nanmax(picture)
    height, width = picture.shape
    panel.set_facecolor("#CBD2DA")
    panel.imshow(picture, cmap=DENSITY, vmin=low, vmax=high, interpolation="none", extent=(0.0, width, height, 0.0))
    panel.set_xticks([])
    panel.set_yticks([])
    panel.tick_params(length=0, labelsize=8)
    for spine in panel.spines.values():
        spine.set_visible(False)
