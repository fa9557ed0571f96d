"""The page of one experiment, and the files beside it: what was found in any data by any method."""

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from symscope.config.discovery import MetricFit, TruthSettings
from symscope.discovery.result import Discovery
from symscope.discovery.symmetrylens.result import LensResult
from symscope.errors import DataError
from symscope.io.atomic import atomic_path
from symscope.io.files import PathLike, path_list
from symscope.io.generators import read_discovery
from symscope.io.lens import read_lens
from symscope.io.samples import read_split
from symscope.plotting.search import plot_search
from symscope.plotting.style import figure_style, new_figure, save_figure
from symscope.provenance import provenance
from symscope.report.entries import TargetText, make_entry
from symscope.report.experiment_data import DataFacts, describe_data
from symscope.report.experiment_files import write_generators_json, write_generators_latex
from symscope.report.experiment_generators import tell_generators
from symscope.report.experiment_lens import tell_lens
from symscope.report.experiment_methods import method_title
from symscope.report.experiment_records import About
from symscope.report.identity import Identity, read_identity
from symscope.report.page import file_link, render_report
from symscope.report.records import write_records
from symscope.report.told import Told

LENS_SAMPLES = 20_000
"""Held-out samples that a page about a translation looks at, at most."""


def report_experiment(inputs: Mapping[str, Any], outputs: Mapping[str, PathLike], settings: Mapping[str, Any]) -> None:
    """Write everything about one experiment.

    Parameters
    ----------
    inputs
        Paths: `found`, the discovery; `samples`, what it saw; `identity`, what the tests said, and `summary`, what the ingestion
        counted, or empty lists; and `provenance`, how the steps were made.
    outputs
        Paths of `page`, `hdf5`, `json`, `tex`, `svg`, `pdf`, `search_svg`, `search_pdf` and `numbers`.
    settings
        Plain values: `name`; `dataset`, its name; `about` with `truth`, `method`, `sampling` and `dataset`; `metric`; `agreement`;
        `finds`; `tasks`; `scale`; `words`; and `command`, which remakes the page.
    """
    identity = next(map(read_identity, path_list(inputs["identity"])), None)
    told, facts = _tell(inputs, identity, settings)
    sentence = told.sentence if identity is None else identity.sentence
    method = method_title(settings["about"]["method"]["name"])
    with atomic_path(outputs["hdf5"]) as aside:
        shutil.copyfile(inputs["found"], aside)
    write_generators_json(outputs["json"], told, experiment=settings["name"], sentence=sentence, method=method)
    write_generators_latex(
        outputs["tex"],
        told,
        told.records,
        experiment=settings["name"],
        sentence=sentence,
        name=Path(outputs["tex"]).name,
    )
    write_records(told.records, outputs["numbers"])
    figure = told.figure if told.figure is not None else _nothing()
    save_figure(figure, outputs["svg"], outputs["pdf"])
    save_figure(plot_search(told.search), outputs["search_svg"], outputs["search_pdf"])
    _render(told, facts, identity, inputs=inputs, outputs=outputs, settings=settings, method=method)


def _tell(inputs: Mapping[str, Any], identity: Identity | None, settings: Mapping[str, Any]) -> tuple[Told, DataFacts]:
    about = settings["about"]
    prefix = f"experiment.{settings['name']}"
    found: Discovery | LensResult
    found = read_lens(inputs["found"]) if settings["finds"] == "lens" else read_discovery(inputs["found"])
    facts = describe_data(
        inputs["samples"],
        dataset=settings["dataset"],
        settings=about["dataset"],
        words=settings["words"],
        size=None if isinstance(found, LensResult) else found.generators.shape[-1],
        summary=next(iter(path_list(inputs["summary"])), None),
    )
    if isinstance(found, LensResult):
        x = read_split(inputs["samples"], "test", stop=LENS_SAMPLES).x
        if len(x) < 4:
            raise DataError(
                f"{inputs['samples']} has {len(x)} test samples, and the page of an experiment looks at least at 4; give the "
                "dataset a larger test split"
            )
        samples = x.reshape(len(x), -1)
        told = tell_lens(
            found, samples, prefix=prefix, dataset=about["dataset"], truth=about["truth"], scale=settings["scale"]
        )
        return told, facts
    known = About(
        prefix=prefix,
        components=facts.components,
        truth=TruthSettings(**about["truth"]) if about["truth"] else None,
        metric=MetricFit(**settings["metric"]),
        agreement=settings["agreement"],
        discrete=about["method"].get("coefficients", {}).get("law") == "integer_grid",
        tasks=tuple(settings["tasks"]),
        scale=settings["scale"],
    )
    return tell_generators(found, known, identity), facts


def _render(
    told: Told,
    facts: DataFacts,
    identity: Identity | None,
    *,
    inputs: Mapping[str, Any],
    outputs: Mapping[str, PathLike],
    settings: Mapping[str, Any],
    method: str,
) -> None:
    name, page = settings["name"], Path(outputs["page"])
    texts = _texts(told)
    entries = []
    for text, files in zip(texts, _files(outputs), strict=False):
        steps = path_list(inputs["provenance"]) if text.name == "found" else []
        entries.append(make_entry(text, files=files, provenance=steps, command=settings["command"]))
    labels = {"hdf5": "HDF5", "json": "JSON", "tex": "LaTeX", "svg": "SVG", "pdf": "PDF", "numbers": "Numbers (JSON)"}
    render_report(
        entries,
        told.records,
        provenance(step="this page", settings={}) | {"scale": settings["scale"]},
        page,
        title=name.replace("_", " "),
        lead=f"What {method} finds in {settings['dataset'].replace('_', ' ')}: {settings['words']}.",
        template="experiment.html.jinja",
        more={
            "experiment": name,
            "identity": identity,
            "sentence": told.sentence,
            "notes": told.notes,
            "data": facts,
            "command": settings["command"],
            "downloads": [file_link(label, Path(outputs[key]), page.parent) for key, label in labels.items()],
        },
    )


def _texts(told: Told) -> list[TargetText]:
    found = TargetText(
        name="found",
        title="What was found, as pictures",
        kind="figure",
        category="Results",
        caption=told.caption,
        alt=told.alt,
        highlights=told.highlights,
    )
    if not told.search.panels:
        return [found]
    search = TargetText(
        name="search",
        title="How it was found",
        kind="figure",
        category="Results",
        order=200,
        caption=_search_caption(told),
        alt="Curves over the steps of the training." if told.search.history else "Singular values.",
    )
    return [found, search]


def _search_caption(told: Told) -> str:
    search, words = told.search, []
    if search.spectrum is not None:
        words.append("Singular values of the linear system: small ones, apart from the others, are symmetries.")
    if search.whole is not None:
        words.append("Dots are those of all events, bars those of the parts, the dashed line is the threshold.")
    if "loss" in search.tried:
        words.append("The loss at each scale of the generator that was tried, one line for each seed.")
    if search.moving:
        words.append("Logged quantities of each seed, and their median.")
    still = [name.replace("_", " ") for name in search.history if name not in search.moving]
    if still:
        words.append(f"Not drawn because nothing changes: {', '.join(still)}.")
    return " ".join(words)


def _files(outputs: Mapping[str, PathLike]) -> Sequence[Mapping[str, PathLike]]:
    return (
        {"svg": outputs["svg"], "pdf": outputs["pdf"], "hdf5": outputs["hdf5"]},
        {"svg": outputs["search_svg"], "pdf": outputs["search_pdf"]},
    )


def _nothing() -> Figure:
    """Draw that there is nothing to draw."""
    with figure_style():
        figure = new_figure(9.6, 1.0)
        figure.text(0.01, 0.5, "Nothing was found.", va="center")
    return figure
