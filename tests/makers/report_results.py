"""Results as a run would give them, made from random numbers, to look at figures and report without a run."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from symscope.plotting.fidelity import plot_jets_fidelity
from symscope.plotting.generators import plot_generators_and_metric
from symscope.plotting.roc import plot_roc_curves
from symscope.plotting.style import save_figure
from symscope.plotting.training import plot_training_history
from symscope.plotting.transformations import azimuth_sector, plot_transformed_marginals
from symscope.report.entries import TargetText, read_entries, read_target, write_entry
from symscope.report.page import render_report
from symscope.report.records import (
    Record,
    collect_summary,
    load_published,
    missing_record,
    summarise_seeds,
    write_records,
)
from symscope.report.tables import make_table, write_table
from symscope.report.tagging import tagging_records

RESOURCES = Path(__file__).parents[2] / "resources"
ETA = np.diag([1.0, -1.0, -1.0, -1.0])
LABELS = ("rotation x", "rotation y", "rotation z", "boost x", "boost y", "boost z", "dilatation")


def lorentz_and_dilatation() -> np.ndarray:
    basis = np.zeros((7, 4, 4))
    for axis in range(3):
        i, j = [(2, 3), (3, 1), (1, 2)][axis]
        basis[axis, i, j], basis[axis, j, i] = -1, 1
        basis[3 + axis, 0, axis + 1] = basis[3 + axis, axis + 1, 0] = 1
    basis[6] = np.eye(4)
    return basis


def discovery(rng: np.random.Generator, n_seeds: int = 8) -> dict:
    truth = lorentz_and_dilatation()
    mixing = np.stack([np.eye(7)[rng.permutation(7)] for _ in range(n_seeds)]) * rng.uniform(0.7, 1.3, (n_seeds, 7, 1))
    mixing += 0.08 * rng.normal(size=(n_seeds, 7, 7))
    spread = 0.02 * 10 ** rng.uniform(0, 0.7, size=(n_seeds, 1, 1, 1))
    generators = np.einsum("sct,tij->scij", mixing, truth) + spread * rng.normal(size=(n_seeds, 7, 4, 4))
    flat = truth.reshape(7, 16) / np.linalg.norm(truth.reshape(7, 16), axis=1, keepdims=True)
    principal = np.stack([np.linalg.svd(np.linalg.qr(g.reshape(7, 16).T)[0].T @ flat.T)[1] for g in generators])
    unit = generators.reshape(n_seeds, 7, 16) / np.linalg.norm(
        generators.reshape(n_seeds, 7, 16), axis=2, keepdims=True
    )
    overlaps = unit @ flat.T
    basis = np.linalg.qr(generators.reshape(n_seeds, 7, 16).transpose(0, 2, 1))[0]
    readable = np.einsum("sak,sbk,tb->sta", basis, basis, truth.reshape(7, 16))
    closest = np.abs(overlaps).argmax(axis=2)
    metrics = ETA + 0.03 * rng.normal(size=(n_seeds, 4, 4))
    metrics = -(metrics + metrics.transpose(0, 2, 1)) / 2
    return {
        "generators": generators,
        "metrics": metrics,
        "span_cosines": principal.mean(axis=1),
        "principal_cosines": np.clip(principal, 0, 1),
        "metric_cosines": np.einsum("sij,ij->s", metrics, ETA) / (2 * np.linalg.norm(metrics, axis=(1, 2))),
        "readings": [[LABELS[i] for i in seed] for seed in closest],
        "reading_cosines": np.take_along_axis(overlaps, closest[:, :, None], axis=2)[..., 0],
        "readable": readable.reshape(n_seeds, 7, 4, 4),
        "readable_cosines": np.linalg.norm(readable, axis=2) / np.linalg.norm(truth.reshape(7, 16), axis=1),
        "readable_labels": LABELS,
    }


def jets(rng: np.random.Generator, n: int = 4000) -> dict:
    labels = (np.arange(n) % 2).astype(np.uint8)
    top = labels == 1
    mass = np.where(top, rng.normal(172, 18, n), rng.gamma(3.2, 26, n)).clip(5)
    pt = 550 + 100 * rng.random(n) ** 1.6
    leading = pt * np.where(top, rng.beta(2.2, 9, n), rng.beta(2, 6, n))
    logit = rng.normal(np.where(top, 2.6, -3.0), 1.8)
    azimuth, eta = rng.uniform(-np.pi, np.pi, n), rng.normal(0, 0.9, n).clip(-2, 2)
    momenta = leading[:, None] * np.stack([np.cosh(eta), np.cos(azimuth), np.sin(azimuth), np.sinh(eta)], axis=1)
    multiplicity = rng.poisson(np.where(top, 49, 39) * rng.gamma(16, 1 / 16, n))
    scores = 1 / (1 + np.exp(-logit))
    return {
        "labels": labels,
        "mass": mass,
        "pt": pt,
        "multiplicity": multiplicity,
        "leading_pt": leading,
        "scores": scores,
        "momenta": momenta,
    }


def transform(momenta: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    angle, rapidity = rng.normal(0, 1, len(momenta)), rng.normal(0, 0.3, len(momenta))
    energy, px, py, pz = momenta.T
    px, py = np.cos(angle) * px - np.sin(angle) * py, np.sin(angle) * px + np.cos(angle) * py
    return np.stack(
        [
            np.cosh(rapidity) * energy + np.sinh(rapidity) * pz,
            px,
            py,
            np.sinh(rapidity) * energy + np.cosh(rapidity) * pz,
        ],
        axis=1,
    )


PROVENANCE = {
    "version": "0.1.0",
    "python": "3.11.2",
    "seconds": 47.31,
    "seeds": [0, 1, 2, 3, 4, 5, 6, 7],
    "command": "snakemake --cores 4 liegan_figure_5",
    "settings": {
        "method": {"name": "liegan", "channels": 7, "regulariser": "cosine", "weight": 1.0, "learning_rate": 1e-3},
        "device": "cpu",
    },
    "packages": {"torch": "2.13.0", "numpy": "2.4.6"},
    "machine": "2 cores, x86_64",
}


NAMES = ("liegan_figure_5", "liegan_figure_6", "liegan_table_3", "jets_fidelity")
SCALE = "20,000 jets, 100 epochs"
TAGGER_SCALE = "default: 12,000 training jets, 8 epochs, hidden 16, 3 layers, 16 constituents"
NO_WEIGHTS = "The weights of the published network are not there."
EXTRA = (
    TargetText(
        name="history",
        title="Training of the discovery",
        kind="figure",
        category="Discovery",
        order=25,
        caption="Losses over steps.",
        alt="Loss curves of eight seeds.",
    ),
    TargetText(
        name="taggers_roc",
        title="ROC curves of the taggers",
        kind="figure",
        category="Taggers",
        order=35,
        caption="Background rejection against signal efficiency; bands span the seeds.",
        alt="Four ROC curves.",
    ),
)
PUBLISHED = load_published(RESOURCES / "published.yaml")


def generators_figure(found: dict) -> Figure:
    marks = {key: PUBLISHED[f"liegan.figure_5.{key}"].value for key in ("span_cosine", "metric_cosine")}
    labels = {key: PUBLISHED[f"liegan.figure_5.{key}"].label for key in marks}
    return plot_generators_and_metric(**found, published=marks, published_labels=labels)


def fidelity_figure(sample: dict, auc: float | None) -> Figure:
    arrays = {key: value for key, value in sample.items() if key != "momenta"}
    return plot_jets_fidelity(
        **(arrays if auc is not None else arrays | {"scores": None}),
        why_no_scores=NO_WEIGHTS,
        auc=auc,
        published_auc=PUBLISHED["jets.fidelity.auc"].value,
    )


def history_figure(rng: np.random.Generator) -> Figure:
    steps = np.arange(0, 5000, 50)
    decay = np.exp(-steps / 900)[None] * rng.uniform(0.6, 1.4, (8, 1))
    history = {
        "discriminator_loss": 0.69 - 0.2 * decay + 0.01 * rng.normal(size=(8, len(steps))),
        "generator_loss": 0.69 + 0.4 * decay + 0.01 * rng.normal(size=(8, len(steps))),
        "channel_overlap": 1.5 * decay + 0.005 * rng.random(size=(8, len(steps))),
    }
    return plot_training_history(history, steps)


def roc_figure(sample: dict, rng: np.random.Generator) -> Figure:
    widths = {"LorentzNet": 0.05, "LieGNN": 0.06, "LorentzNet (w/o)": 0.2, "EGNN": 0.3}
    n = len(sample["labels"])
    scores = {name: [sample["scores"] + width * rng.normal(size=n) for _ in range(3)] for name, width in widths.items()}
    return plot_roc_curves(scores, sample["labels"])


def discovery_records(found: dict, rng: np.random.Generator) -> list[Record]:
    quantities = {
        "span_cosine": ("Span cosine with so(1,3) plus dilatation", found["span_cosines"]),
        "metric_cosine": ("|cosine| of metric with Minkowski's", np.abs(found["metric_cosines"])),
        "closure_error": ("Bracket closure error", [*rng.uniform(0.02, 0.05, 7), float("nan")]),
    }
    share = Record(id="liegan.figure_5.success_rate", value=1.0, note="8 of 8 seeds succeed (mean cosine ≥ 0.98).")
    return [share] + [
        summarise_seeds(
            f"liegan.figure_5.{key}", list(values), statistic="median", published=PUBLISHED, scale=SCALE, label=label
        )
        for key, (label, values) in quantities.items()
    ]


def fidelity_record(auc: float | None) -> Record:
    label = "AUC of the published LorentzNet"
    if auc is None:
        return missing_record("jets.fidelity.auc", NO_WEIGHTS, published=PUBLISHED, label=label)
    return summarise_seeds(
        "jets.fidelity.auc", [auc], statistic="single", published=PUBLISHED, scale="4,000 jets", label=label
    )


def tagger_runs(rng: np.random.Generator) -> dict[str, list[dict[str, Any]]]:
    """Three seeds of three models; EGNN was not run."""
    models = {"lorentznet": (0.975, 2e-6), "lorentznet_wo": (0.97, 0.8), "liegnn": (0.973, 0.02)}
    return {
        name: [
            {
                "accuracy": quality - 0.06 + 0.003 * rng.normal(),
                "auc": quality - 0.02 + 0.002 * rng.normal(),
                "rejection_30": 3000.0 if name == "liegnn" and seed == 1 else 1500 + 700 * rng.random(),
                "rejection_50": 1250 * (quality - 0.8) + 39 * rng.normal(),
                "bound_30": name == "liegnn" and seed == 1,
                "bound_50": False,
                "n_background": 3000,
                "n_parameters": 224_000,
                "jets_per_second": 17_260 + 900 * rng.normal(),
                "invariance": {
                    "boost_with_beams": {
                        "median_logit": error * rng.uniform(0.7, 1.4),
                        "max_logit": 30 * error * rng.uniform(0.7, 1.4),
                        "logit_spread": 4.0,
                    },
                    "boost_beams_fixed": {"median_logit": 2.0, "max_logit": 9.0, "logit_spread": 4.0},
                },
            }
            for seed in range(3)
        ]
        for name, (quality, error) in models.items()
    }


def write_table_files(folder: Path, target: TargetText, records: list[Record]) -> dict[str, Path]:
    files = {kind: folder / "tables" / f"{target.name}.{kind}" for kind in ("csv", "tex", "html", "json")}
    assert target.table is not None
    write_table(make_table(records, target.table, target.title), **files)
    return files


def write_results(folder: Path, *, with_scores: bool = True, only: str | None = None) -> Path:
    """Write figures, tables, records, entries, summary and page; return the page."""
    rng = np.random.default_rng(7)
    targets = {name: read_target(RESOURCES / "targets" / f"{name}.yaml") for name in NAMES}
    targets |= {target.name: target for target in EXTRA}
    found, sample = discovery(rng), jets(rng)
    moved = transform(sample["momenta"], rng)
    signal = sample["labels"] == 1
    auc = float((sample["scores"][signal][:, None] > sample["scores"][~signal]).mean()) if with_scores else None
    figures: dict[str, Callable[[], Figure]] = {
        "liegan_figure_5": lambda: generators_figure(found),
        "liegan_figure_6": lambda: plot_transformed_marginals(
            sample["momenta"], moved, azimuth_sector(sample["momenta"])
        ),
        "jets_fidelity": lambda: fidelity_figure(sample, auc),
        "history": lambda: history_figure(rng),
        "taggers_roc": lambda: roc_figure(sample, rng),
    }
    layout = targets["liegan_table_3"].table
    table = tagging_records(tagger_runs(rng), layout, published=PUBLISHED, scale=TAGGER_SCALE)
    records = {
        "liegan_figure_5": discovery_records(found, rng),
        "jets_fidelity": [fidelity_record(auc)],
        "liegan_table_3": table,
    }
    entries = []
    for name in [name for name in targets if only in {None, name}]:
        files = {kind: folder / "figures" / f"{name}.{kind}" for kind in ("svg", "pdf")}
        if name in figures:
            save_figure(figures[name](), **files)
        else:
            files = write_table_files(folder, targets[name], records[name])
        entries.append(folder / "targets" / f"{name}.json")
        steps = [{"step": "discover_symmetry", **PROVENANCE}, {"step": "fit_metric", "seconds": 0.04}]
        write_entry(entries[-1], targets[name], files=files, provenance=steps)
    for name, values in records.items():
        write_records(values, folder / "records" / f"{name}.json")
    summary = collect_summary(sorted((folder / "records").glob("*.json")), folder / "summary.json")
    page = folder / "report" / "index.html"
    render_report(
        read_entries(entries),
        summary,
        PROVENANCE,
        page,
        title="The Lorentz group, found in top-quark jets",
        lead=(
            "A machine looked at jets from proton collisions, labelled top or QCD, and was told nothing of relativity. "
            "This page shows the symmetry that it found, the metric that follows, and taggers built on it."
        ),
        links={"summary.json": folder / "summary.json"},
    )
    return page
