"""`symscope draw` and `symscope show`: a result file as a picture and in words."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import typer
from matplotlib.figure import Figure
from numpy import ndarray

from symscope.errors import ConfigError, DataError
from symscope.io.atomic import atomic_path
from symscope.io.files import open_hdf5
from symscope.report.format import format_fixed, format_seconds

PRINTED = 8
"""Largest matrix that is printed in words."""
FORMATS = {
    "symscope-discovery": "generators of a symmetry",
    "symscope-lens": "a step of a translation",
    "symscope-metric": "invariant metrics",
    "symscope-samples": "samples",
}
"""Formats of our files, and what they hold."""
PICTURES = (".svg", ".pdf", ".png")


def draw_result(path: Path, output: Path | None, *, components: str | None, seed: int | None) -> None:
    """Draw a result; see :func:`symscope.cli.main.draw`.

    Raises
    ------
    DataError
        Where the file is no result that can be drawn.
    ConfigError
        Where the picture, the names or the seed cannot be.
    """
    target = Path(f"{path.stem}.svg") if output is None else output
    if target.suffix.lower() not in PICTURES:
        raise ConfigError(f"{target} ends in '{target.suffix}'; a picture ends in {', '.join(PICTURES)}")
    names = None if components is None else tuple(name.strip() for name in components.split(","))
    draw: Mapping[str, Callable[..., Figure]] = {
        "symscope-discovery": _draw_discovery,
        "symscope-lens": _draw_lens,
        "symscope-metric": _draw_metric,
    }
    form = result_format(path)
    if form not in draw:
        raise DataError(
            f"{path} holds {FORMATS[form]}, which is no result to draw; name a file of a discovery, a lens or a metric"
        )
    figure = draw[form](path, names, seed)
    from symscope.plotting.style import figure_style  # noqa: PLC0415

    with figure_style(), atomic_path(target) as aside:
        figure.savefig(aside, format=target.suffix[1:].lower())
    typer.echo(str(target))


def show_result(path: Path, *, matrices: bool) -> None:
    """Say what a result holds; see :func:`symscope.cli.main.show`.

    Raises
    ------
    DataError
        Where the file is none of ours.
    """
    tell: Mapping[str, Callable[[Path, bool], list[str]]] = {
        "symscope-discovery": _tell_discovery,
        "symscope-lens": _tell_lens,
        "symscope-metric": _tell_metric,
        "symscope-samples": _tell_samples,
    }
    form = result_format(path)
    typer.echo(f"{path}: {FORMATS[form]}")
    for line in tell[form](path, matrices):
        typer.echo(line)


def result_format(path: Path) -> str:
    """Tell which of our formats a file has.

    Raises
    ------
    DataError
        Where it has none.
    """
    with open_hdf5(path) as file:
        form = file.attrs.get("format")
    if form not in FORMATS:
        told = "no file of symscope" if form is None else f"a file of the format {form!r}"
        raise DataError(
            f"{path} is {told}; a result is needed, such as results/discovery/NAME/generators.h5 (of other files `symscope inspect` "
            "tells the columns)"
        )
    return str(form)


def _seed_index(path: Path, seeds: tuple[int, ...], seed: int | None) -> int | None:
    if seed is None:
        return None
    if seed not in seeds:
        raise ConfigError(f"--seed is {seed}, and {path} has the seeds {', '.join(map(str, seeds))}")
    return seeds.index(seed)


def _named(path: Path, names: tuple[str, ...] | None, size: int) -> tuple[str, ...]:
    if names is not None and len(names) != size:
        raise ConfigError(
            f"--components has {len(names)} names, and the matrices of {path} have {size} rows; give {size}"
        )
    return names or ()


def _draw_discovery(path: Path, names: tuple[str, ...] | None, seed: int | None) -> Figure:
    from symscope.evaluation.agreement import answer_of  # noqa: PLC0415 - slow, and other results do not need it
    from symscope.evaluation.experiment import seed_cosines  # noqa: PLC0415
    from symscope.io.generators import read_discovery  # noqa: PLC0415
    from symscope.plotting.matrix_blocks import Block, Panel, SeedValues, plot_matrix_blocks  # noqa: PLC0415
    from symscope.report.experiment_generators import panels_of  # noqa: PLC0415

    discovery = read_discovery(path)
    index = _seed_index(path, discovery.seeds, seed)
    answer = answer_of(discovery)
    shown = answer.generators if index is None else discovery.generators[index]
    if not len(shown) or not np.isfinite(shown).all():
        raise DataError(f"{path} has no generators to draw{'' if seed is None else f' for the seed {seed}'}")
    heading = (
        "Generators"
        if answer.solved and index is None
        else f"Generators, seed {discovery.seeds[answer.seed if index is None else index]}"
    )
    panels: list[Panel] = []
    for number, matrix in enumerate(shown):
        panels += panels_of(matrix, f"L{number + 1}" if len(shown) > 1 else "L", "")
    blocks = [Block(heading, tuple(panels), _named(path, names, shown.shape[-1]))]
    several = len(discovery.seeds) > 1 and len(set(discovery.seeds)) == len(discovery.seeds)
    values = None
    if several and index is None:
        cosines = seed_cosines(discovery, answer)
        if not answer.solved:
            cosines[answer.seed] = np.nan
        unit = "part" if answer.solved else "seed"
        values = SeedValues({"with answer": cosines}, None if answer.solved else answer.seed, unit)
    return plot_matrix_blocks(blocks, values)


def _draw_lens(path: Path, names: tuple[str, ...] | None, seed: int | None) -> Figure:
    from symscope.io.lens import read_lens  # noqa: PLC0415
    from symscope.plotting.matrix_blocks import Block, Panel, plot_matrix_blocks  # noqa: PLC0415

    result = read_lens(path)
    index = _seed_index(path, result.seeds, seed)
    if not result.finite.any():
        raise DataError(f"all {len(result.seeds)} seeds of {path} diverged, so there is nothing to draw")
    index = int(np.flatnonzero(result.finite)[0]) if index is None else index
    steps = result.generators[index].reshape(-1, *result.generators.shape[-2:])
    labels = ["G"] if len(steps) == 1 else [f"G{number + 1}" for number in range(len(steps))]
    panels = [Panel(label, "one step", step) for label, step in zip(labels, steps, strict=True)]
    panels.append(Panel("Representation", "y = L x", result.convolutions[index]))
    return plot_matrix_blocks(
        [Block(f"Translation, seed {result.seeds[index]}", tuple(panels), _named(path, names, steps.shape[-1]))]
    )


def _draw_metric(path: Path, names: tuple[str, ...] | None, seed: int | None) -> Figure:
    from symscope.io.metrics import read_metrics  # noqa: PLC0415
    from symscope.plotting.matrix_blocks import Block, Panel, plot_matrix_blocks  # noqa: PLC0415

    fitted = read_metrics(path)
    if seed is not None and not 0 <= seed < len(fitted.metric):
        raise ConfigError(f"--seed is {seed}, and {path} has metrics numbered 0 to {len(fitted.metric) - 1}")
    matrix, gap = (fitted.joint, fitted.joint_gap) if seed is None else (fitted.metric[seed], float(fitted.gap[seed]))
    panel = Panel("J", f"reliability {gap:.4f}", matrix)
    heading = "Metric of all seeds together" if seed is None else f"Metric number {seed}"
    return plot_matrix_blocks([Block(heading, (panel,), _named(path, names, len(matrix)))])


def _tell_discovery(path: Path, matrices: bool) -> list[str]:
    from symscope.evaluation.agreement import answer_of  # noqa: PLC0415
    from symscope.evaluation.experiment import seed_cosines  # noqa: PLC0415
    from symscope.io.generators import read_discovery  # noqa: PLC0415

    discovery = read_discovery(path)
    seeds, size = len(discovery.seeds), discovery.generators.shape[-1]
    lines = [
        *_method_lines(discovery.settings),
        f"matrices: {size} x {size}{', complex' if np.iscomplexobj(discovery.generators) else ''}",
    ]
    lines.append(f"seeds: {', '.join(map(str, discovery.seeds))}")
    if not discovery.finite.any():
        return [*lines, f"nothing was found: all {seeds} seeds diverged"]
    tasks = int(discovery.settings.get("tasks", 1))
    answer = answer_of(discovery)
    solved = answer.solved
    lines.append(f"generators: {len(answer.generators)}{'' if solved else f', of seed {discovery.seeds[answer.seed]}'}")
    if answer.algebra is not None:
        lines.append(f"algebra: {answer.algebra.name} ({answer.algebra.reason})")
    if seeds > 1 and tasks == 1:
        cosines = seed_cosines(discovery, answer)
        others = cosines if solved else np.delete(cosines, answer.seed)
        lines.append(
            f"cosine of the {'parts' if solved else 'other seeds'} with it: median {np.median(others):.6f}, lowest {others.min():.6f}"
        )
    if tasks > 1:
        lines.append(f"tasks: {tasks} learned together; what is said above is of the first one")
    if discovery.span.shape[0] != discovery.span.shape[1]:
        lines.append(f"the data visit {discovery.span.shape[1]} of {size} directions")
    lines.append(f"wall time: {format_seconds(discovery.seconds)}")
    if matrices and size <= PRINTED:
        for number, matrix in enumerate(answer.generators):
            lines += [f"L{number + 1}:", *_matrix_lines(matrix)]
    return lines


def _tell_lens(path: Path, matrices: bool) -> list[str]:  # noqa: ARG001 - a step is too large to print
    from symscope.io.lens import read_lens  # noqa: PLC0415

    result = read_lens(path)
    size, axes = result.generators.shape[-1], 2 if result.generators.ndim == 4 else 1
    lines = [
        *_method_lines(result.settings),
        f"components: {size}; translations: {axes}",
        f"seeds: {', '.join(map(str, result.seeds))} ({int(result.finite.sum())} did not diverge)",
        f"wall time: {format_seconds(result.seconds)}",
    ]
    for name, values in result.history.items():
        last = values[:, -1]
        if np.isfinite(last).any():
            lines.append(f"{name.replace('_', ' ')}, at the end: median {np.nanmedian(last):.6g}")
    return [*lines, *([f"warnings: {result.warnings}"] if result.warnings else [])]


def _tell_metric(path: Path, matrices: bool) -> list[str]:
    from symscope.io.metrics import read_metrics  # noqa: PLC0415

    fitted = read_metrics(path)
    values = np.linalg.eigvalsh(fitted.joint) if np.isfinite(fitted.joint).all() else np.zeros(0)
    lines = [
        f"metrics: {len(fitted.metric)}, one for each seed, and one of all together; method {fitted.method}",
        f"reliability of the joint one: {fitted.joint_gap:.6f} (1: one form fits exactly and no other does)",
        f"its signature: {int(np.sum(values > 0))} positive, {int(np.sum(values < 0))} negative",
    ]
    if matrices and len(fitted.joint) <= PRINTED:
        lines += ["J:", *_matrix_lines(fitted.joint)]
    return lines


def _tell_samples(path: Path, matrices: bool) -> list[str]:  # noqa: ARG001 - there is none
    from symscope.io.samples import count_samples, read_header, read_split  # noqa: PLC0415

    header, counts = read_header(path), count_samples(path)
    shape = read_split(path, next(iter(counts)), stop=1).x.shape[1:]
    return [
        f"events: {', '.join(f'{count:,} {split}' for split, count in counts.items())}",
        f"one event: {' x '.join(map(str, shape))} numbers{f' [{header.units}]' if header.units else ''}",
        f"components: {', '.join(header.feature_names[:20])}",
        f"a group element acts on x as '{header.x_action}', on y as '{header.y_action}'",
    ]


def _method_lines(settings: Mapping[str, Any]) -> list[str]:
    method = settings.get("method")
    name = method.get("name") if isinstance(method, Mapping) else None
    return [f"method: {name}"] if name else []


def _matrix_lines(matrix: ndarray) -> list[str]:
    texts = [[_entry(value) for value in row] for row in matrix]
    width = max(len(text) for row in texts for text in row)
    return ["  " + "  ".join(text.rjust(width) for text in row) for row in texts]


def _entry(value: Any) -> str:
    if not np.iscomplexobj(value):
        return format_fixed(float(np.real(value)), 3)
    return f"{format_fixed(float(np.real(value)), 3)} {format_fixed(float(np.imag(value)), 3)}i"
