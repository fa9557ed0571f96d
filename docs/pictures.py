"""Pictures that explain an idea each, drawn from small computations with the package itself at every build.

`python docs/pictures.py FOLDER` draws them on their own.
"""

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy import ndarray
from scipy.linalg import expm

from symscope.config.density import DensitySearch, WaveSettings
from symscope.config.discovery import MetricFit
from symscope.config.null_space import NullSpaceEngine
from symscope.config.signals import SignalsDataset
from symscope.data.hidden_axis import hidden_representation, true_generator
from symscope.discovery.nullspace.discover import discover_null_space
from symscope.discovery.nullspace.streams import array_blocks
from symscope.evaluation.certainty.density_symmetry import density_symmetry
from symscope.groups import fit_metric, known_algebra
from symscope.plotting.primitives import draw_matrix
from symscope.plotting.style import AMBER, BLUE, DIVERGING, GREEN, GREY, INK, ORANGE, figure_style, new_figure

ROTATION = np.array([[0.0, -1.0], [1.0, 0.0]])
BOOST = np.array([[0.0, 1.0], [1.0, 0.0]])
MINUS = "\N{MINUS SIGN}"


def draw_all(folder: Path) -> None:
    """Draw every picture as an SVG file in the folder."""
    for draw in PICTURES:
        with figure_style():
            figure = draw()
            figure.savefig(folder / f"{draw.__name__}.svg", metadata={"Date": None}, dpi=130)


def statements() -> Figure:
    """Show one set of events, one turn, and four questions about it."""
    rng = np.random.default_rng(1)
    count, turn = 700, np.deg2rad(70)
    label = rng.random(count) < 0.5
    # Denser to the right: 1 + cos, by rejection.
    angle = rng.uniform(-np.pi, np.pi, 8 * count)
    angle = angle[rng.random(angle.size) < (1 + np.cos(angle)) / 2][:count]
    events = np.where(label, 2.0, 1.0)[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    moved = events @ expm(turn * ROTATION).T
    figure = new_figure(9.6, 3.5)
    left, middle, right = figure.subplots(1, 3, width_ratios=[1, 1, 1.25])
    for axes, points, title in ((left, events, "Events"), (middle, moved, "Turned by 70°")):
        for chosen, colour in ((label, BLUE), (~label, ORANGE)):
            axes.scatter(*points[chosen].T, s=7, color=colour, alpha=0.6, linewidths=0)
        _plane(axes, 2.5)
        axes.set_title(title)
    radius = np.linalg.norm(moved, axis=1)
    off = np.abs(radius[:, None] - [1.0, 2.0]).min(axis=1).max()
    same = float(((radius > 1.5) == label).mean())
    told = [
        ("Support: the set on which they lie", f"kept: at most {off:.2f} off the circles", GREEN),
        ("Label: its colour, from the place", f"kept for {100 * same:.0f} % of the events", GREEN),
        (
            "Density: how many lie where",
            f"changed: {_share_right(events)} on the right, then {_share_right(moved)}",
            ORANGE,
        ),
        ("Law of place and label together", "changed, because the density is part of it", ORANGE),
    ]
    for k, (question, answer, colour) in enumerate(told):
        right.text(0, 0.93 - 0.25 * k, question, fontsize=10, fontweight="bold", va="top")
        right.text(0, 0.84 - 0.25 * k, answer, fontsize=10, color=colour, va="top")
    right.set_axis_off()
    return figure


def _share_right(points: ndarray) -> str:
    return f"{100 * (points[:, 0] > 0).mean():.0f} %"


def flows() -> Figure:
    """Show generators as velocities, and group elements as the points that they lead to."""
    figure = new_figure(9.6, 4.0, pad=0.2)
    shown = (
        ("Rotation", ROTATION, (1.3, 0.2), "angle"),
        ("Boost", BOOST, (1.2, -1.0), "rapidity"),
        ("Dilatation", np.eye(2), (0.3, 0.22), "logarithm of the scale"),
    )
    grid = np.stack(np.meshgrid(np.linspace(-2, 2, 9), np.linspace(-2, 2, 9)), axis=-1).reshape(-1, 2)
    for axes, (name, generator, start, unit) in zip(figure.subplots(1, 3), shown, strict=True):
        velocity = grid @ generator.T
        axes.quiver(*grid.T, *velocity.T, color="#B9C3CF", angles="xy", scale_units="xy", scale=7, width=0.006)
        times = np.linspace(0, 1.2, 5)
        path = np.array([expm(t * generator) @ start for t in np.linspace(0, 1.2, 60)])
        places = np.array([expm(t * generator) @ start for t in times])
        axes.plot(*path.T, color=BLUE)
        axes.scatter(*places.T, color=[ORANGE, *[BLUE] * 4], s=34, zorder=3)
        axes.annotate("x", places[0], (6, -12), textcoords="offset points", color=ORANGE, fontweight="bold")
        axes.annotate("exp(t L) x", places[-1], (7, 1), textcoords="offset points", color=BLUE)
        _plane(axes, 2.3)
        rows = "\n".join("(" + " ".join(f"{v:2.0f}".replace("-", MINUS) for v in row) + ")" for row in generator)
        axes.set_title(name, pad=36)
        beside = {"xycoords": "axes fraction", "textcoords": "offset points", "fontsize": 9}
        axes.annotate("L =", (0, 1), (0, 13), color=GREY, **beside)
        axes.annotate(rows, (0, 1), (24, 6), family="DejaVu Sans Mono", **beside)
        axes.annotate(f"t: {unit}", (0, 1), (78, 13), color=GREY, **beside)
    return figure


def adversary() -> Figure:
    """Show how well a discriminator tells moved events from others, for every direction between a rotation and a boost."""
    rng = np.random.default_rng(3)
    events, others = rng.normal(size=(2, 8000, 2))
    weights = 0.6 * rng.normal(size=len(others))
    degrees = np.arange(-90, 91, 10)

    def moved(degree: float) -> ndarray:
        generator = np.cos(np.deg2rad(degree)) * ROTATION + np.sin(np.deg2rad(degree)) * BOOST
        return np.asarray(np.einsum("nij,nj->ni", expm(weights[:, None, None] * generator), others))

    figure = new_figure(9.6, 3.5)
    left, middle, right = figure.subplots(1, 3, width_ratios=[1, 1, 1.3])
    for axes, degree, colour, title in (
        (left, 0, BLUE, "Moved by a rotation"),
        (middle, 90, ORANGE, "Moved by a boost"),
    ):
        look = {"s": 6, "alpha": 0.5, "linewidths": 0, "rasterized": True}
        axes.scatter(*events[:900].T, color=GREY, label="data", **look)
        axes.scatter(*moved(degree)[:900].T, color=colour, label="moved", **look)
        _plane(axes, 4)
        axes.set_title(title)
        axes.legend(loc="upper left", markerscale=2.5, handletextpad=0.1, borderpad=0, ncols=2)
    area = np.array([_separation(events, moved(degree)) for degree in degrees])
    right.plot(degrees, area, color=INK)
    right.scatter([0, 90], [_separation(events, moved(d)) for d in (0, 90)], color=[BLUE, ORANGE], s=42, zorder=3)
    right.axhline(0.5, color=GREY, linewidth=0.9, linestyle="--")
    right.set_xticks([-90, -45, 0, 45, 90], [f"{MINUS}boost", "", "rotation", "", "boost"])
    right.set_ylabel("area under the ROC curve")
    right.set_title("What the discriminator can do")
    right.annotate("cannot tell", (88, 0.5), (0, 3), textcoords="offset points", ha="right", fontsize=9, color=GREY)
    return figure


def _separation(first: ndarray, second: ndarray) -> float:
    """Area under the ROC curve of the best sum of 80 waves between two samples, on the halves that did not fit it."""
    points = np.concatenate([first, second])
    phase = points @ np.random.default_rng(4).normal(size=(2, 40))
    features = np.concatenate([np.ones((len(points), 1)), np.cos(phase), np.sin(phase)], axis=1)
    truth = np.repeat([0.0, 1.0], [len(first), len(second)])
    fitted = np.arange(len(points)) % 2 == 0
    score = features[~fitted] @ np.linalg.lstsq(features[fitted], truth[fitted])[0]
    moved = truth[~fitted] == 1
    rank = np.argsort(np.argsort(score)) + 1.0
    positive, negative = moved.sum(), (~moved).sum()
    return float((rank[moved].sum() - positive * (positive + 1) / 2) / (positive * negative))


def lens() -> Figure:
    """Show a translation that a permutation hides, and what it looks like when it is found."""
    settings = SignalsDataset(length=17, representation="permuted")
    disguise = hidden_representation(settings)
    given = true_generator(settings)
    place = np.arange(17)
    figure = new_figure(9.6, 3.1)
    panels = figure.subplots(1, 4, width_ratios=[1.15, 1.15, 1, 1])
    for k, colour in enumerate((BLUE, ORANGE, GREEN)):
        pulse = np.exp(-((place - 4 - 3 * k) ** 2) / 2.6)
        for axes, signal in ((panels[0], pulse), (panels[1], disguise.T @ pulse)):
            axes.plot(place, signal - 1.35 * k, color=colour, marker="o", markersize=3, linewidth=1.1)
    for axes, title in ((panels[0], "One pulse, moved"), (panels[1], "As the data are given")):
        axes.set_title(title)
        axes.set_yticks([])
        axes.set_xlabel("component")
        axes.spines["left"].set_visible(False)
    for axes, matrix, title in (
        (panels[2], given, "One step G, as given"),
        (panels[3], disguise @ given @ disguise.T, "G without the disguise"),
    ):
        axes.imshow(matrix, cmap=DIVERGING, vmin=-1.25, vmax=1.25, interpolation="nearest")
        axes.set_title(title)
        axes.set_xticks([])
        axes.set_yticks([])
    return figure


def null_space() -> Figure:
    """Show singular values of a linear system for the generators of a function, without and with noise, and what lies in its null space."""
    rng = np.random.default_rng(5)
    x = rng.normal(size=(20_000, 1, 3))
    square = x[:, 0, 0] ** 2 + x[:, 0, 1] ** 2 - x[:, 0, 2] ** 2
    figure = new_figure(9.6, 3.3)
    left, *others = figure.subplots(1, 4, width_ratios=[1.9, 1, 1, 1])
    whole: ndarray = np.zeros(0)
    for noise, colour, mark, words in ((0.0, BLUE, "o", "exact values"), (0.05, AMBER, "s", "values with 5 % noise")):
        y = (square + noise * square.std() * rng.normal(size=len(x)))[:, None]
        method = NullSpaceEngine(degree=4, least_fit=0.9)
        found = discover_null_space(
            array_blocks(x, y, method.block), x_action="vector", y_action="trivial", method=method, seeds=[0]
        )
        values = np.maximum(found.null_space["singular_values"], 1e-10)
        left.semilogy(np.arange(1, 10), values, mark, color=colour, label=words, markersize=6)
        if not noise:
            whole = found.null_space["whole"]
    left.set_xticks(range(1, 10))
    left.set_xlabel("direction among all 3 \N{MULTIPLICATION SIGN} 3 matrices")
    left.set_ylabel("change of f")
    left.set_title(f"y = x₁² + x₂² {MINUS} x₃²")
    left.legend(loc="center right")
    left.axvspan(0.5, 3.5, color=BLUE, alpha=0.08, linewidth=0)
    left.annotate(
        "symmetries",
        (2, 1),
        (0, -14),
        xycoords=("data", "axes fraction"),
        textcoords="offset points",
        ha="center",
        color=BLUE,
    )
    for k, (axes, generator) in enumerate(zip(others, whole, strict=True)):
        draw_matrix(
            axes, generator / np.abs(generator).max(), components=["x₁", "x₂", "x₃"], title=f"L{'₁₂₃'[k]}", decimals=1
        )
    return figure


def metric() -> Figure:
    """Show a form that a generator leaves invariant, and one that it does not."""
    rng = np.random.default_rng(7)
    learned = known_algebra("so(1,2)") + 0.02 * rng.normal(size=(3, 3, 3))
    form = fit_metric(learned, settings=MetricFit()).metric
    form = form / form[0, 0]
    figure = new_figure(9.6, 3.6)
    left, middle, right = figure.subplots(1, 3, width_ratios=[1, 1, 1])
    draw_matrix(left, form, components=["E", "px", "py"], title="J, fitted to three noisy generators")
    grid = np.stack(np.meshgrid(np.linspace(-2.4, 2.4, 121), np.linspace(-2.4, 2.4, 121)), axis=-1)
    for axes, chosen, title in (
        (middle, form[:2, :2], "Fitted: a boost keeps pᵀJp"),
        (right, np.eye(2), "Euclidean: it does not"),
    ):
        value = np.einsum("...i,ij,...j->...", grid, chosen, grid)
        axes.contour(
            grid[..., 0],
            grid[..., 1],
            value,
            levels=[-3, -1.5, -0.4, 0.4, 1.5, 3],
            colors="#B9C3CF",
            linewidths=1,
            linestyles="solid",
        )
        for start, colour in (((1.2, -0.9), BLUE), ((0.9, -1.35), ORANGE)):
            path = np.array([expm(t * BOOST) @ start for t in np.linspace(0, 1.5, 50)])
            axes.plot(*path.T, color=colour, linewidth=2.2)
            axes.annotate("", path[-1], path[-6], arrowprops={"arrowstyle": "-|>", "color": colour, "linewidth": 1.6})
        _plane(axes, 2.3)
        axes.set_xlabel("E")
        axes.set_ylabel("px", rotation=0, labelpad=8)
        axes.set_title(title)
    return figure


def certainty() -> Figure:
    """Show what can be certified about a rotation, against the number of events: for an exact symmetry and for two broken ones."""
    settings = DensitySearch(search="so(2)", observables=WaveSettings(number=12))
    counts = np.geomspace(300, 50_000, 8).astype(int)
    figure = new_figure(9.6, 3.7)
    left, right = figure.subplots(1, 2, width_ratios=[1, 1])
    for axes, index in ((left, 0), (right, 1)):
        for share, colour, words in (
            (0.0, BLUE, "exactly round"),
            (0.1, AMBER, "axes differ by 10 %"),
            (0.3, ORANGE, "axes differ by 30 %"),
        ):
            told = []
            for k, count in enumerate(counts):
                rng = np.random.default_rng([11, k])
                points = rng.normal(size=(count, 2)) * [1 + share / 2, 1 - share / 2]
                answer = density_symmetry(points, settings=settings, seed=k)
                told.append((answer.bounds[0], answer.p_values[0]))
            axes.plot(
                counts, np.maximum(np.array(told)[:, index], 1e-30), "o-", color=colour, label=words, markersize=4
            )
        axes.set_xscale("log")
        axes.set_yscale("log")
        axes.set_xlabel("events")
    left.set_ylabel("bound on the defect per radian")
    left.set_title("Certified: it is broken by less than this")
    right.set_ylabel("p-value of exact symmetry")
    right.set_title("Rejected: it is not exact")
    right.set_ylim(1e-8, 3)
    right.axhline(0.05, color=GREY, linestyle="--", linewidth=0.9)
    right.annotate(
        "level 0.05", (counts[-1], 0.05), (0, -12), textcoords="offset points", ha="right", fontsize=9, color=GREY
    )
    left.legend(loc="upper right")
    return figure


def _plane(axes: Axes, size: float) -> None:
    axes.set_xlim(-size, size)
    axes.set_ylim(-size, size)
    axes.set_aspect("equal")
    axes.set_xticks([])
    axes.set_yticks([])
    for side in ("top", "right", "bottom", "left"):
        axes.spines[side].set_visible(True)
        axes.spines[side].set_color("#D5DBE2")


PICTURES: tuple[Callable[[], Figure], ...] = (statements, flows, adversary, lens, null_space, metric, certainty)

if __name__ == "__main__":
    draw_all(Path(sys.argv[1]))
