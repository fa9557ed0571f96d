"""An orbit under the learned rotation: a film strip and an animation."""

import os
from collections.abc import Sequence
from typing import Any

import numpy as np
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy import ndarray
from PIL import Image
from scipy.linalg import expm

from symscope.errors import DataError
from symscope.evaluation.orbits import deviations
from symscope.io.atomic import atomic_path
from symscope.plotting.style import AMBER, BLUE, GREY, INK, ORANGE, PINK, figure_style, new_figure

COLORS = (BLUE, ORANGE, PINK, AMBER, INK)
FAINT = "#B9C1CB"
STRIP = (0.0, 45.0, 90.0, 180.0, 270.0)
"""Angles of the film strip [degrees]."""
FULL_TURN = tuple(float(angle) for angle in range(0, 360, 10))
"""Angles of the animation [degrees]."""


def turning_rate(generator: Float[ndarray, "d d"], span: Float[ndarray, "d r"]) -> float:
    """Fastest rate at which exp(t L) turns the data: the largest imaginary part of the eigenvalues on the span [rad/t].

    Raises
    ------
    DataError
        Where the generator turns nothing, so that no angle can be named.
    """
    inside = np.swapaxes(span, 0, 1) @ generator @ span
    rate = float(np.abs(np.linalg.eigvals(inside).imag).max())
    if rate <= 1e-9 * max(float(np.linalg.norm(inside)), np.finfo(np.float64).tiny):
        raise DataError("the learned generator turns nothing, so there is no rotation to show; look at its matrix")
    return rate


def turned_orbits(
    orbit: Float[ndarray, "time d"],
    generator: Float[ndarray, "d d"],
    span: Float[ndarray, "d r"],
    angles: Sequence[float],
) -> Float[ndarray, "angle time d"]:
    """Apply exp(t L) to every state of an orbit, t chosen so that the fastest rotation on the data turns by each angle.

    Parameters
    ----------
    orbit
        States of one trajectory.
    generator
        The learned generator L, in any scale and sign; the sign is chosen so that positions turn anticlockwise.
    span
        Orthonormal basis of the directions that the data visit.
    angles
        Angles [degrees].
    """
    backwards = generator[1, 0] - generator[0, 1] < 0
    unit = generator * ((-1.0 if backwards else 1.0) / turning_rate(generator, span))
    elements = np.stack([expm(np.radians(angle) * unit) for angle in angles])
    return np.asarray(np.einsum("aij,tj->ati", elements, orbit))


def plot_orbit_film(
    orbit: Float[ndarray, "time d"],
    turned: Float[ndarray, "angle time d"],
    angles: Sequence[float] = STRIP,
    *,
    solved: Float[ndarray, "angle time d"] | None = None,
    learned_by: str = "",
) -> Figure:
    """Draw one orbit under the learned transformations, a frame for each angle: positions above, momenta below.

    Parameters
    ----------
    orbit
        States of one trajectory, body by body as x, y, px, py.
    turned
        The states after each transformation.
    angles
        The angles [degrees], for the headings.
    solved
        What the equations of motion make of each transformed first state, at the same times; drawn thin and dashed, with
        the largest distance of a body from it in percent of the orbit's radius.
    learned_by
        Whose generator this is, such as "seed 3, the median of 8".

    Returns
    -------
    Figure
        9.6 inches wide.
    """
    with figure_style():
        figure = new_figure(9.6, 5.4, pad=0.1)
        axes = figure.subplots(2, len(turned), sharex="row", sharey="row", squeeze=False)
        for row, first in enumerate((0, 2)):
            limit = _limit([orbit, *turned, *([] if solved is None else solved)], first)
            for column, states in enumerate(turned):
                panel = axes[row, column]
                _draw_frame(panel, orbit, states, first, limit)
                if solved is not None:
                    for body in range(0, orbit.shape[1], 4):
                        path = solved[column][:, body + first : body + first + 2]
                        panel.plot(*path.T, color=INK, linewidth=0.9, linestyle=(0, (2, 2)), zorder=6)
                if row == 0:
                    panel.set_title(f"{angles[column]:g}°", loc="center", pad=6 if solved is None else 18)
                if row == 0 and solved is not None:
                    off = f"path {100 * float(deviations(states, solved[column])):.2g} % off"
                    place: dict[str, Any] = {"xycoords": "axes fraction", "textcoords": "offset points", "ha": "center"}
                    panel.annotate(
                        off if angles[column] else "as it was", (0.5, 1), (0, 5), fontsize=8.5, color=GREY, **place
                    )
            axes[row, 0].set_ylabel(("y", "$p_y$")[row])
            for panel in axes[row]:
                panel.set_xlabel(("x", "$p_x$")[row])
        marks = [Line2D([], [], color=FAINT, linewidth=3, label="as observed")]
        marks += [
            Line2D([], [], color=COLORS[body % len(COLORS)], label=f"body {body + 1}, transformed")
            for body in range(orbit.shape[1] // 4)
        ]
        marks.append(Line2D([], [], linestyle="", marker="o", markersize=5, color=GREY, label="first state"))
        if solved is not None:
            marks.append(Line2D([], [], color=INK, linewidth=0.9, linestyle=(0, (2, 2)), label="equations of motion"))
        figure.legend(handles=marks, loc="outside lower center", ncols=len(marks), columnspacing=1.2)
        by = f" ({learned_by})" if learned_by else ""
        figure.suptitle(f"One orbit under the learned rotation exp(tL){by}", x=0.01, ha="left")
    return figure


def animate_orbit(
    orbit: Float[ndarray, "time d"],
    turned: Float[ndarray, "angle time d"],
    path: str | os.PathLike[str],
    angles: Sequence[float] = FULL_TURN,
    *,
    milliseconds: int = 80,
    inches: float = 4.4,
    dpi: int = 100,
) -> None:
    """Write an animated GIF of the positions of one orbit under the learned transformations, in a loop.

    Parameters
    ----------
    orbit, turned
        As in :func:`plot_orbit_film`, one frame for each angle.
    path
        The file; it appears whole or not at all, and is the same bits for the same numbers.
    angles
        The angles [degrees], for the headings.
    milliseconds
        How long each frame stands; GIF counts in steps of ten.
    inches, dpi
        Side of the square frames, and pixels to the inch.
    """
    limit = _limit([orbit, *turned], 0)
    frames = []
    with figure_style():
        for states, angle in zip(turned, angles, strict=True):
            figure = new_figure(inches, inches)
            panel = figure.subplots(1, 1)
            _draw_frame(panel, orbit, states, 0, limit)
            panel.set_title(f"exp(tL), turned by {angle:.0f}°")
            panel.set_xlabel("x")
            panel.set_ylabel("y")
            figure.set_dpi(dpi)
            canvas: Any = figure.canvas
            canvas.draw()
            frames.append(Image.fromarray(np.asarray(canvas.buffer_rgba())[..., :3].copy()))
    palette = _palette(frames[0])
    small = [frame.quantize(palette=palette, dither=Image.Dither.NONE) for frame in frames]
    with atomic_path(path) as aside:
        small[0].save(
            aside, format="GIF", save_all=True, append_images=small[1:], duration=milliseconds, loop=0, optimize=True
        )


def _palette(image: Image.Image) -> Image.Image:
    """Choose 64 colours for all frames; those next to white become white, so that the ground is the page's."""
    colors = np.array(image.quantize(colors=64).getpalette()).reshape(-1, 3)
    colors[colors.min(axis=1) >= 244] = 255
    palette = Image.new("P", (1, 1))
    palette.putpalette(colors.ravel().tolist())
    return palette


def _limit(states: Sequence[Float[ndarray, "time d"]], first: int) -> float:
    """Half the side of a square that holds these components of all bodies, but never twice the first orbit's reach."""
    reach = [float(np.nanmax(np.abs(one.reshape(len(one), -1, 4)[..., first : first + 2]))) for one in states]
    return 1.12 * min(max(reach), 2.0 * reach[0]) or 1.0


def _draw_frame(
    panel: Axes, orbit: Float[ndarray, "time d"], states: Float[ndarray, "time d"], first: int, limit: float
) -> None:
    for body in range(orbit.shape[1] // 4):
        at = slice(4 * body + first, 4 * body + first + 2)
        color = COLORS[body % len(COLORS)]
        panel.plot(*orbit[:, at].T, color=FAINT, linewidth=3.2, solid_capstyle="round", zorder=2)
        panel.plot(*orbit[0, at], color=FAINT, marker="o", markersize=6, zorder=2)
        panel.plot(*states[:, at].T, color=color, linewidth=1.8, zorder=4)
        panel.plot(*states[0, at], color=color, marker="o", markersize=5, zorder=5)
    panel.plot(0, 0, marker="+", color=GREY, markersize=7, zorder=1)
    panel.set_xlim(-limit, limit)
    panel.set_ylim(-limit, limit)
    panel.set_aspect("equal")
    panel.locator_params(nbins=4)
