"""How generator and group convolution matrix of SymmetryLens form during the training: a film strip."""

from typing import Any

import numpy as np
from jaxtyping import Int
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import ConnectionPatch
from numpy import ndarray

from symscope.errors import DataError
from symscope.evaluation.lens_views import LensView, hidden_convolution, on_hidden_axis, snapshot_cosines
from symscope.plotting.lens_panels import WIDTH, draw_heat, heading
from symscope.plotting.style import BLUE, GREEN, GREY, ORANGE, SKY, figure_style, new_figure

FRAMES = 6
"""Snapshots in the strip, the first and the last one included."""


def choose_frames(count: int, frames: int = FRAMES) -> Int[ndarray, " frame"]:
    """Choose evenly among snapshots, first and last included."""
    return np.unique(np.linspace(0, count - 1, min(frames, count)).round().astype(np.int64))


def plot_lens_dynamics(view: LensView) -> Figure:
    """Draw snapshots of the median seed's generator and convolution matrix on the hidden axis, and every seed's cosine.

    Direction, sign and place are those in which the final result fits the truth, for all frames.

    Parameters
    ----------
    view
        The ensemble; it must have snapshots.

    Returns
    -------
    Figure
        9.6 inches wide.

    Raises
    ------
    DataError
        Where the result has no snapshots.
    """
    cosines = snapshot_cosines(view)
    result, seed = view.result, view.shown
    if result.snapshot_generators is None or result.snapshot_convolutions is None:
        raise DataError(f"the result of '{view.role}' has no snapshots; set the method's 'snapshots' above zero")
    frames = choose_frames(cosines.shape[1])
    generators = on_hidden_axis(view, result.snapshot_generators)[seed]
    truths = (view.truth, np.eye(view.settings.length))
    strip_height = 2 * (WIDTH / (len(frames) + 1) - 0.25 + 0.3) + 0.6
    with figure_style():
        figure = new_figure(WIDTH, strip_height + 2.9, pad=0.05)
        figure.suptitle(
            f"What seed {result.seeds[seed]} has learned at each stage, on the hidden axis "
            f"({heading(view).lower()}, {view.settings.length} components)",
            x=0.01,
            ha="left",
        )
        strip, bottom = figure.subfigures(2, 1, height_ratios=[strip_height, 2.8], squeeze=False)[:, 0]
        grid = strip.subplots(2, len(frames) + 1, squeeze=False)
        for column, frame in enumerate(frames):
            draw_heat(grid[0][column], generators[frame], limit=1.0)
            matrix = hidden_convolution(view, seed, result.snapshot_convolutions[seed, frame])
            draw_heat(grid[1][column], matrix, limit=1.0)
            grid[0][column].set_title(_name(view, int(frame)), fontsize=9, loc="center")
        for panel, truth in zip(grid[:, -1], truths, strict=True):
            draw_heat(panel, truth, limit=1.0)
        grid[0][-1].set_title("truth", fontsize=9, loc="center", color=GREEN)
        grid[0][0].set_ylabel("generator", fontsize=9)
        grid[1][0].set_ylabel("convolution", fontsize=9)
        axes = bottom.subplots(1, 1)
        _draw_cosines(axes, view, cosines, frames)
        for column, frame in enumerate(frames):
            _connect(figure, grid[1][column], axes, float(_places(view)[frame]))
    return figure


def _draw_cosines(axes: Axes, view: LensView, cosines: Any, frames: Int[ndarray, " frame"]) -> None:
    place = _places(view)
    others = [index for index in range(len(cosines)) if index != view.shown]
    axes.plot(place, cosines[others].T, color=SKY, linewidth=1.0, alpha=0.8)
    axes.plot(place, cosines[view.shown], color=BLUE, linewidth=2)
    axes.plot(place[frames], cosines[view.shown][frames], linestyle="", marker="o", color=ORANGE, zorder=5)
    axes.axhline(view.score.success_cosine, color=GREEN, linestyle=":", linewidth=1.6)
    axes.set_ylim(0, 1.03)
    axes.set_ylabel("|cosine| with the truth")
    axes.grid(axis="y")
    steps = view.result.snapshot_steps
    if view.result.snapshot_labels:
        axes.set_xticks(place, [label.replace(" ", "\n") for label in view.result.snapshot_labels])
        axes.set_xlabel("stage")
    else:
        chosen = frames if steps[-1] else frames[:1]
        axes.set_xticks(place[chosen], [f"{steps[frame]:,}" for frame in chosen])
        axes.set_xlabel("step (the axis runs with its square root)")
    marks = [
        Line2D([], [], color=BLUE, linewidth=2, label="seed in the strip"),
        Line2D([], [], linestyle="", marker="o", color=ORANGE, label="frame"),
        Line2D([], [], color=SKY, linewidth=1.0, label="other seeds"),
        Line2D([], [], color=GREEN, linestyle=":", label="success"),
    ]
    axes.figure.legend(handles=marks, loc="outside lower center", ncols=len(marks))


def _places(view: LensView) -> Any:
    """Where snapshots stand on the axis of the steps: evenly for stages, with the square root for steps."""
    steps = np.asarray(view.result.snapshot_steps, dtype=np.float64)
    return np.arange(len(steps), dtype=np.float64) if view.result.snapshot_labels else np.sqrt(steps)


def _name(view: LensView, frame: int) -> str:
    labels = view.result.snapshot_labels
    return labels[frame] if labels else f"step {view.result.snapshot_steps[frame]:,}"


def _connect(figure: Figure, panel: Axes, axes: Axes, place: float) -> None:
    """Draw a thin line from a frame to its place on the axis below."""
    line = ConnectionPatch(
        xyA=(0.5, -0.18),
        coordsA=panel.transAxes,
        xyB=(place, 1.03),
        coordsB=axes.transData,
        color=GREY,
        linewidth=0.6,
        alpha=0.7,
    )
    figure.add_artist(line)
