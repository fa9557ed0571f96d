"""The learned generators and the metric that they leave invariant (LieGAN paper, Figure 5)."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from jaxtyping import Float
from matplotlib.figure import Figure, SubFigure
from matplotlib.lines import Line2D
from numpy import ndarray

from symscope.evaluation.discovery import DiscoveryScore
from symscope.plotting.primitives import draw_matrix, draw_seeds, median_seed, nines, set_nines_axis
from symscope.plotting.style import BLUE, GREEN, GREY, INK, ORANGE, figure_style, new_figure
from symscope.report.records import Record

COLUMNS = 4
ROW_HEIGHT = 2.75  # inches
REFERENCED = {"span_cosine": "mean", "metric_cosine": "metric"}
PAD = 0.09  # inches around each panel


def plot_generators_and_metric(
    generators: Float[ndarray, "seed channel d d"],
    metrics: Float[ndarray, "seed d d"],
    *,
    span_cosines: Float[ndarray, " seed"],
    principal_cosines: Float[ndarray, "seed angle"],
    metric_cosines: Float[ndarray, " seed"],
    readings: Sequence[Sequence[str]],
    reading_cosines: Float[ndarray, "seed channel"],
    readable: Float[ndarray, "seed known d d"] | None = None,
    readable_cosines: Float[ndarray, "seed known"] | None = None,
    readable_labels: Sequence[str] = (),
    components: Sequence[str] = ("E", "px", "py", "pz"),
    seeds: Sequence[int] | None = None,
    shown: int | None = None,
    published: Mapping[str, float] | None = None,
    published_labels: Mapping[str, str] | None = None,
) -> Figure:
    """Draw the generators of one seed, the same span in a readable basis, and the agreement of all seeds.

    Parameters
    ----------
    generators
        Learned algebra elements L of every seed, as learned.
    metrics
        Fitted invariant bilinear forms; overall sign and scale are not determined and are fixed here for display
        (first diagonal entry positive, Frobenius norm that of the identity).
    span_cosines, principal_cosines
        Mean of, and all, cosines of the principal angles between the learned span and the true one.
    metric_cosines
        Cosine between each metric and Minkowski's; the absolute value is shown.
    readings, reading_cosines
        For each seed and channel the name of the closest known element (such as "boost x") and the cosine with it.
    readable, readable_cosines, readable_labels
        For each seed the elements of its span that are closest to the known ones, the cosines between the two, and the
        names of the known ones. The middle part is left out without them.
    components
        Names of the d components.
    seeds
        The seeds' numbers for the labels; by default 0, 1, 2, ...
    shown
        Index of the seed whose matrices are drawn; by default the one with the median span cosine.
    published
        Values to be marked by a dashed line: keys ``span_cosine`` and ``metric_cosine``.
    published_labels
        What each of these is called, by default "published".

    Returns
    -------
    Figure
        9.6 inches wide.
    """
    shown = median_seed(span_cosines) if shown is None else shown
    names = list(seeds) if seeds is not None else list(range(len(generators)))
    published = published or {}
    with figure_style():
        n_rows = -(-(generators.shape[1] + 1) // COLUMNS)
        readable_rows = 0 if readable is None else -(-readable.shape[1] // COLUMNS)
        figure = new_figure(9.6, ROW_HEIGHT * (n_rows + readable_rows) + 3.4, pad=PAD)
        heights = [ROW_HEIGHT * n_rows, *([ROW_HEIGHT * readable_rows] if readable_rows else []), 3.4]
        learned, *middle, agreement = figure.subfigures(len(heights), 1, height_ratios=heights, squeeze=False)[:, 0]
        _draw_learned(
            learned,
            generators[shown],
            _normalised_metric(metrics[shown]),
            titles=[f"{index + 1}  {reading}" for index, reading in enumerate(readings[shown])],
            cosines=np.abs(reading_cosines[shown]),
            components=components,
        )
        chosen = f"seed {names[shown]}, the median of {len(names)}" if len(names) > 1 else f"seed {names[shown]}"
        learned.suptitle(f"Generators as learned ({chosen}) and the fitted metric", x=0.01, ha="left")
        if readable is not None and readable_cosines is not None:
            _draw_readable(
                middle[0], readable[shown], readable_cosines[shown], labels=readable_labels, components=components
            )
            middle[0].suptitle("The same span, in the basis of known elements", x=0.01, ha="left")
        ordered = -np.sort(-principal_cosines, axis=1)
        _draw_agreement(
            agreement,
            ordered,
            span_cosines,
            np.abs(metric_cosines),
            shown=shown,
            published=published,
            labels=published_labels or {},
        )
        agreement.suptitle(f"Agreement with the truth, {len(names)} seed{'s' * (len(names) != 1)}", x=0.01, ha="left")
    return figure


def plot_scored_discovery(
    generators: Float[ndarray, "seed channel d d"],
    metrics: Float[ndarray, "seed d d"],
    score: DiscoveryScore,
    metric_cosines: Sequence[float] | Float[ndarray, " seed"],
    records: Iterable[Record] = (),
    *,
    components: Sequence[str] = ("E", "px", "py", "pz"),
) -> Figure:
    """Draw a discovery with the scores that :func:`symscope.evaluation.discovery.score_discovery` gave it.

    Parameters
    ----------
    generators, metrics, metric_cosines, components
        As in :func:`plot_generators_and_metric`.
    score
        The scores; its median seed is the one that is drawn.
    records
        The discovery's numbers. Published values among those whose ids end in ``span_cosine`` and ``metric_cosine`` are
        marked by dashed lines.
    """
    quoted = {record.id.rpartition(".")[2]: record for record in records if record.published is not None}
    published = {key: record.published for key, record in quoted.items() if record.published is not None}
    return plot_generators_and_metric(
        generators,
        metrics,
        span_cosines=score.span_cosine,
        principal_cosines=score.principal_cosines,
        metric_cosines=np.asarray(metric_cosines, dtype=np.float64),
        readings=[[score.canonical_names[index] for index in channels] for channels in score.reading],
        reading_cosines=score.reading_cosine,
        readable=score.readable,
        readable_cosines=score.readable_cosine,
        readable_labels=score.canonical_names,
        components=components,
        seeds=score.seeds,
        shown=score.best,
        published={key: published[key] for key in REFERENCED if key in published},
        published_labels={key: record.published_label for key, record in quoted.items()},
    )


def _draw_learned(
    block: SubFigure,
    generators: Float[ndarray, "channel d d"],
    metric: Float[ndarray, "d d"],
    *,
    titles: Sequence[str],
    cosines: Float[ndarray, " channel"],
    components: Sequence[str],
) -> None:
    grid = block.add_gridspec(-(-(len(generators) + 1) // COLUMNS), COLUMNS)
    for index, matrix in enumerate(generators):
        axes = block.add_subplot(grid[index // COLUMNS, index % COLUMNS])
        subtitle = f"cosine {cosines[index]:.4f}"
        draw_matrix(axes, matrix, components=components, title=titles[index], subtitle=subtitle)
    axes = block.add_subplot(grid[-1, -1])
    draw_matrix(axes, metric, components=components, title="Metric J", subtitle="sign and scale fixed")


def _draw_readable(
    block: SubFigure,
    matrices: Float[ndarray, "known d d"],
    cosines: Float[ndarray, " known"],
    *,
    labels: Sequence[str],
    components: Sequence[str],
) -> None:
    grid = block.add_gridspec(-(-len(matrices) // COLUMNS), COLUMNS)
    for index, matrix in enumerate(matrices):
        axes = block.add_subplot(grid[index // COLUMNS, index % COLUMNS])
        label = labels[index] if index < len(labels) else f"element {index + 1}"
        draw_matrix(axes, matrix, components=components, title=label, subtitle=f"cosine {cosines[index]:.4f}")


def _draw_agreement(
    block: SubFigure,
    principal: Float[ndarray, "seed angle"],
    span: Float[ndarray, " seed"],
    metric: Float[ndarray, " seed"],
    *,
    shown: int,
    published: Mapping[str, float],
    labels: Mapping[str, str],
) -> None:
    n_angles = principal.shape[1]
    left, middle, right = block.subplots(1, 3, gridspec_kw={"width_ratios": [n_angles, 2.2, 2.2]})
    draw_seeds(left, nines(principal), shown=shown)
    left.set_xticks(range(n_angles), [str(angle + 1) for angle in range(n_angles)])
    left.set_xlabel("principal angle, best to worst")
    left.set_ylabel("cosine")
    left.set_title("Generators: each principal angle")
    set_nines_axis(left, principal)
    for axes, values, title, key, color in (
        (middle, span, "Mean of angles", "span_cosine", BLUE),
        (right, metric, "Metric", "metric_cosine", GREEN),
    ):
        draw_seeds(axes, nines(values[:, None]), shown=shown, width=0.4, color=color)
        references = np.array([published[key]] if key in published else [], dtype=np.float64)
        for height in nines(references):
            axes.axhline(height, color=ORANGE, linestyle="--", linewidth=1.4)
        axes.set_title(title)
        axes.set_xlim(-0.8, 0.8)
        axes.set_xticks([])
        axes.set_xlabel(f"median {np.nanmedian(values):.4f}")
        set_nines_axis(axes, np.concatenate([values, references]))
    marks = [
        Line2D([], [], linestyle="", marker="o", color=GREY, label="one seed"),
        Line2D(
            [],
            [],
            linestyle="",
            marker="o",
            markersize=8,
            markerfacecolor="none",
            color=ORANGE,
            label="seed shown above",
        ),
        Line2D([], [], color=INK, linewidth=2, label="median"),
    ]
    names = {key: labels.get(key, "published") for key in REFERENCED if key in published}
    if names:
        one = len(set(names.values())) == 1
        text = next(iter(names.values())) if one else "; ".join(f"{REFERENCED[key]}: {names[key]}" for key in names)
        marks.append(Line2D([], [], color=ORANGE, linestyle="--", label=text))
    block.legend(handles=marks, loc="outside lower center", ncols=len(marks))


def _normalised_metric(metric: Float[ndarray, "d d"]) -> Float[ndarray, "d d"]:
    norm = float(np.linalg.norm(metric)) or 1.0
    sign = -1.0 if metric[0, 0] < 0 else 1.0
    return np.asarray(metric * (sign * np.sqrt(len(metric)) / norm))
