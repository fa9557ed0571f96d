"""What is fuzzed: every reader, with a small valid file of its kind."""

import dataclasses
import gzip
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import h5py
import numpy as np
import pyarrow as pa
import torch
from pyarrow import parquet

from symscope.config.columns import ColumnFiles
from symscope.config.discovery import MetricFit
from symscope.config.downloads import load_dataset_card
from symscope.config.jet_datasets import RootColumns
from symscope.config.molecules import Qm9Dataset
from symscope.config.project import read_project
from symscope.config.taggers import TaggerNetwork
from symscope.config.trajectory_datasets import TrajectoryReading
from symscope.data.columns import ingest_columns
from symscope.data.jets.cards import load_detector_card, load_generation_card
from symscope.data.molecules.names import read_names, write_names
from symscope.data.molecules.qm9 import read_qm9
from symscope.discovery.result import Discovery
from symscope.evaluation.calibration.result import CalibrationResult, HeldOut, LawResult, PowerScanResult
from symscope.evaluation.discrete_outcome import DiscreteOutcome
from symscope.evaluation.fidelity import Fidelity, JetSpectra
from symscope.evaluation.zoo import KNOWLEDGE, ZooTrial
from symscope.groups import fit_ensemble_metric, known_algebra
from symscope.io.adaptor import read_adaptor, write_adaptor
from symscope.io.calibration import read_calibration, write_calibration
from symscope.io.checkpoints import read_checkpoint, write_checkpoint
from symscope.io.discrete import read_discrete, write_discrete
from symscope.io.evaluations import (
    read_evaluations,
    read_predictor_evaluations,
    read_property_evaluations,
    write_evaluation,
    write_predictor_evaluations,
    write_property_evaluation,
)
from symscope.io.fidelity import read_fidelity, write_fidelity
from symscope.io.generators import read_discovery, write_discovery
from symscope.io.idx import read_idx_pair
from symscope.io.jets_hdf5 import iterate_pmu, iterate_reference_table
from symscope.io.lens import read_lens, write_lens
from symscope.io.matrices import read_matrix
from symscope.io.metrics import read_metrics, write_metrics
from symscope.io.molecules import Molecules, read_molecules, write_molecules
from symscope.io.root import iterate_jets_root
from symscope.io.root_writer import write_jets_root
from symscope.io.samples import SamplesHeader, SamplesWriter, count_samples, iterate_split, read_header, read_split
from symscope.io.trajectories import read_provenance, read_trajectories, write_trajectories
from symscope.io.zoo import read_zoo, write_zoo
from symscope.models.kinematics import metric_tensor
from symscope.models.lorentznet import LorentzNet
from symscope.models.published import load_published_lorentznet
from symscope.provenance import write_provenance
from symscope.report.entries import read_entries, read_target, write_entry
from symscope.report.records import Record, load_published, read_records, write_records
from symscope.report.tables import read_table
from symscope.training.adaptor import AdaptorResult
from symscope.training.predictor_result import TrainedPredictor, read_predictor, write_predictor
from symscope.training.tagger_result import TrainedTagger, build_network, read_tagger, write_tagger
from tests.makers.jet_files import random_jets, root_branches, write_pmu, write_reference, write_root
from tests.makers.lens_results import lens_like, signals_settings
from tests.makers.own_files import write_events
from tests.makers.qm9_files import write_qm9
from tests.makers.trajectory_files import COLUMNS, random_trajectories, write_csv, write_hdf5, write_npz
from tests.unit.test_idx import CLASSES, PICTURES, idx_bytes
from tests.unit.test_published_lorentznet import published_state

REPOSITORY = Path(__file__).resolve().parents[2]


class Subject(NamedTuple):
    """One kind of file."""

    make: Callable[[Path], Any]
    """Writes a small valid one into a folder; the first file of the folder by name is damaged, or one by chance."""
    read: Callable[[Path], Any]
    """Reads it from the folder and returns what it says."""
    share: float = 1.0
    """How many inputs it gets, relative to the others."""


def digest(value: Any) -> str:
    """Tell whether two values that were read are the same."""
    return hashlib.sha256(repr(_plain(value)).encode()).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, torch.Tensor):
        value = value.detach().numpy()
    if isinstance(value, np.ndarray):
        return (value.dtype.str, value.shape, hashlib.sha256(np.ascontiguousarray(value).data).hexdigest())
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, torch.nn.Module):
        value = value.state_dict()
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return [_plain(item) for item in value]
    if hasattr(value, "model_dump"):
        return value.model_dump()
    return value


EVENTS = ColumnFiles.model_validate({"files": "unused", "vectors": {"columns": ["x", "y", "z"]}, "step_events": 20})


def _events(suffix: str) -> Callable[[Path], None]:
    columns = {name: np.random.default_rng(5).normal(size=60) for name in "xyz"}
    return lambda folder: write_events(folder / f"a{suffix}", columns)


def _read_events(suffix: str) -> Callable[[Path], Any]:
    def read(folder: Path) -> Any:
        ingest_columns([folder / f"a{suffix}"], settings=EVENTS, output=folder / "out.h5", seed=5)
        return [read_split(folder / "out.h5", split) for split in ("train", "val", "test")]

    return read


def _rng() -> np.random.Generator:
    return np.random.default_rng(5)


def _jets() -> Any:
    return random_jets(_rng(), 12, mean=5, least=0)


def _npz_matrix(folder: Path) -> None:
    np.savez(folder / "a.npz", x=_rng().normal(size=(9, 4)))


def _packed_npz(folder: Path) -> None:
    np.savez_compressed(folder / "a.npz", x=np.round(_rng().normal(size=(40, 4)), 1))


def _hdf5_matrix(folder: Path) -> None:
    with h5py.File(folder / "a.h5", "w") as file:
        file.create_dataset("x", data=_rng().normal(size=(9, 4)), chunks=(4, 4), compression="gzip")


def _plain_hdf5_matrix(folder: Path) -> None:
    with h5py.File(folder / "a.h5", "w") as file:
        file["x"] = _rng().normal(size=(9, 4))


def _parquet(folder: Path) -> None:
    values = _rng().normal(size=(30, 3))
    parquet.write_table(pa.table({name: values[:, i] for i, name in enumerate("abc")}), folder / "a.parquet")


def _csv_matrix(folder: Path) -> None:
    np.savetxt(folder / "a.csv", _rng().normal(size=(9, 3)), delimiter=",", header="a,b,c", comments="")


TRAJECTORIES = TrajectoryReading(columns=tuple(COLUMNS), trajectory_column="trajectory", time_column="time")


def _own_trajectories(folder: Path) -> None:
    states = random_trajectories(_rng(), n=3)
    about = {"feature_names": COLUMNS, "provenance": {"step": "x"}, "numbers": {"drift": np.zeros(3)}}
    write_trajectories(folder / "a.h5", states, times=0.5 * np.arange(6), **about)


def _trajectories_hdf5(folder: Path) -> None:
    write_hdf5(folder / "a.h5", random_trajectories(_rng(), n=3), names=COLUMNS, times=0.5 * np.arange(6))


def _samples(folder: Path) -> None:
    header = SamplesHeader(("E", "px", "py", "pz"), "GeV", "vector", "trivial", {"step": "x"})
    batch = _jets()
    with SamplesWriter(folder / "a.h5", header) as writer:
        for split in ("train", "val", "test"):
            writer.append(split, batch.momenta, batch.labels, batch.counts)


def _read_samples(folder: Path) -> Any:
    path = folder / "a.h5"
    splits = [read_split(path, split) for split in count_samples(path)]
    return [read_header(path), splits, list(iterate_split(path, "train", step=5))]


def _unsealed(make: Callable[[Path], Any]) -> Callable[[Path], None]:
    """The same content as other programs would write it, without a checksum, so that the reader is on its own."""

    def write(folder: Path) -> None:
        make(folder)
        (path,) = folder.glob("*.h5")
        with h5py.File(path) as file, h5py.File(folder / "b.h5", "w") as copy:
            for name in file:
                file.copy(name, copy)
            copy.attrs.update(dict(file.attrs))
        (folder / "b.h5").replace(path)

    return write


def _discovery(folder: Path) -> None:
    generators = np.repeat(known_algebra("so(1,3)")[None], 2, axis=0)
    found = Discovery(
        generators=generators,
        seeds=(0, 1),
        history={"loss": np.zeros((2, 3))},
        history_steps=np.arange(3),
        history_generators=np.zeros((2, 3, 6, 4, 4), np.float32),
        coefficient_parameters={"width": np.ones((2, 6))},
        settings={"name": "liegan"},
        seconds=1.5,
        steps=3,
    )
    write_discovery(folder / "a.h5", found)


def _lens(folder: Path) -> None:
    write_lens(folder / "a.h5", lens_like(_rng(), signals_settings("gaussian_translation", length=5), n_seeds=2))


def _metrics(folder: Path) -> None:
    generators = np.repeat(known_algebra("so(1,3)")[None], 2, axis=0)
    write_metrics(folder / "a.h5", fit_ensemble_metric(generators, settings=MetricFit()))


def _molecules(folder: Path) -> None:
    found = Molecules(
        positions=_rng().normal(size=(5, 3)),
        numbers=np.array([8, 1, 1, 7, 1], np.uint8),
        counts=np.array([3, 2]),
        energies=_rng().normal(size=(2, 2)),
        names=("O", "N"),
        failures=(("C", "no reason"),),
    )
    write_molecules(folder / "a.h5", found)


def _calibration(folder: Path) -> None:
    some = np.linspace(0, 1, 4)
    arrays = dict.fromkeys(("exact", "certificate", "undercut", "bound", "defect", "region"), some)
    whole = dict.fromkeys(("events", "sets", "detected"), np.arange(4))
    names = ("breaking", "predicted", "defect", "squared", "squared_error", "curve_events", "curve")
    study = CalibrationResult(
        laws=(LawResult(key="a", label="A", dimension=1, smallest_defect=0.1, **arrays),),
        power=PowerScanResult(**dict.fromkeys(names, some), **whole, half=1.0, five_sigma=2.0),
        held_out=(HeldOut(key="a", label="A", auc=some, error=some, p_value=some),),
        level=0.05,
        events=100,
        seconds=3.0,
    )
    write_calibration(folder / "a.h5", study)


def _fidelity(folder: Path) -> None:
    some, whole = np.linspace(1, 2, 6), np.arange(6)
    spectra = JetSpectra(mass=some, pt=some, multiplicity=whole, leading_pt=some)
    write_fidelity(folder / "a.h5", Fidelity(whole % 2, spectra, some / 3, 0.9, 0.01, 0.8))


def _idx(pack: Callable[[bytes], bytes]) -> Callable[[Path], None]:
    def write(folder: Path) -> None:
        (folder / "images").write_bytes(pack(idx_bytes(PICTURES)))
        (folder / "labels").write_bytes(pack(idx_bytes(CLASSES)))

    return write


def _checkpoint(folder: Path) -> None:
    layer = torch.nn.Linear(3, 2)
    optimizer = torch.optim.AdamW(layer.parameters())
    layer(torch.ones(1, 3)).sum().backward()
    optimizer.step()
    state = {"step": 3, "tensors": [torch.arange(6.0)], "optimizers": [optimizer.state_dict()], "seconds": 1.5}
    write_checkpoint(folder / "a.checkpoint", state, run="one")


def _tagger(folder: Path) -> None:
    settings = TaggerNetwork(hidden=4, layers=1)
    network = LorentzNet(settings, metric_tensor("minkowski"), rng=torch.Generator().manual_seed(0))
    metric = np.diag([1.0, -1, -1, -1]).tolist()
    about = {"network": settings.model_dump(), "include_momenta": False, "metric": metric, "training": {}, "seed": 1}
    write_tagger(folder / "a.pt", TrainedTagger(**about, state_dict=network.state_dict(), best_epoch=2))


def _read_tagger(folder: Path) -> Any:
    trained = read_tagger(folder / "a.pt")
    build_network(trained)
    return trained


def _predictor(folder: Path) -> None:
    trained = TrainedPredictor(
        model={"name": "mlp"},
        training={},
        seeds=[0, 1],
        past=1,
        future=2,
        frame=[torch.eye(2, dtype=torch.float64)],
        visited=None,
        generators=None,
        elements=None,
        state_dict={"weight": torch.ones(2, 3)},
        history_steps=[1],
        history={"train_mse": [[0.1], [0.2]]},
        ranks=None,
        n_parameters=[3, 3],
        seconds=1.0,
        steps=2,
    )
    write_predictor(folder / "a.pt", trained)


def _published(old: bool) -> Callable[[Path], None]:
    """Weights as others publish them, in either of torch's formats."""

    def write(folder: Path) -> None:
        torch.save(published_state(hidden=4, layers=1), folder / "a.pt", _use_new_zipfile_serialization=not old)

    return write


def _adaptor(folder: Path) -> None:
    scores = np.full((4, 2, 2), 0.5)
    result = AdaptorResult(
        models=("true", "learned", "raw", "mlp"),
        sizes=(10, 20),
        seeds=(0, 1),
        accuracy=scores,
        auc=scores,
        parameters={"raw": 3},
        lens_seeds=(0, 1),
        n_test=5,
        n_classes=2,
        seconds=1.0,
    )
    write_adaptor(folder / "a.json", result)


def _zoo(folder: Path) -> None:
    found = dict.fromkeys(KNOWLEDGE, ((("so(3)", "su(2)"),),))
    trial = ZooTrial(algebras=("so(3)",), synonyms=(("su(2)",),), levels=(100.0,), found=found)
    write_zoo(folder / "a.json", trial)


def _discrete(folder: Path) -> None:
    write_discrete(folder / "a.json", [DiscreteOutcome("cyclic.k7", 0, "right", (0.3, 0.4), (1e-9,))])


def _records(folder: Path) -> None:
    write_records(
        [Record(id="a.b", value=1.5, std=0.1, n_seeds=3), Record(id="a.c", value=None, note="no")], folder / "a.json"
    )


def _entry(folder: Path) -> None:
    write_provenance(folder / "p.json", step="fit", settings={"a": 1}, seeds=[3], seconds=1.0)
    target = read_target(REPOSITORY / "resources" / "targets" / "liegan_figure_5.yaml")
    write_entry(folder / "a.json", target, files={"svg": "a.svg"}, provenance=[folder / "p.json"])


def _read_entry(folder: Path) -> Any:
    target = read_target(REPOSITORY / "resources" / "targets" / "liegan_figure_5.yaml")
    made = write_entry(folder / "made.json", target, files={"svg": "a.svg"}, provenance=[folder / "p.json"])
    return [read_entries([folder / "a.json"]), made]


def _table(folder: Path) -> None:
    layout = {"prefix": "a.b", "rows": [{"key": "r", "label": "R"}], "columns": [{"key": "c", "label": "C"}]}
    (folder / "a.json").write_text(json.dumps({"title": "T", "layout": layout, "cells": [[None]]}))


def _copy(source: str, name: str) -> Callable[[Path], Any]:
    return lambda folder: (folder / name).write_bytes((REPOSITORY / source).read_bytes())


def _config(folder: Path) -> Any:
    text = (folder / "a.yaml").read_bytes()
    try:
        words = text.decode("utf-8")
    except UnicodeDecodeError:
        words = text.decode("latin-1")
    return read_project(words, source="a.yaml", folder=REPOSITORY)


def _qm9(folder: Path) -> None:
    write_qm9(folder, ["C", "CO", "C#N"])


ROOT = RootColumns()

SUBJECTS: dict[str, Subject] = {
    "ROOT of jets": Subject(
        lambda f: write_root(f / "a.root", root_branches(_jets()), per_basket=5),
        lambda f: list(iterate_jets_root([f / "a.root"], settings=ROOT, step_jets=7)),
        2.0,
    ),
    "ROOT of ours": Subject(
        lambda f: write_jets_root(f / "a.root", _jets()),
        lambda f: list(iterate_jets_root([f / "a.root"], settings=ROOT, step_jets=7)),
    ),
    "HDF5 of the reference dataset": Subject(
        lambda f: write_reference(f / "a.h5", random_jets(_rng(), 6, mean=5)),
        lambda f: list(iterate_reference_table([f / "a.h5"], step_jets=4)),
        2.0,
    ),
    "HDF5 of energies and momenta": Subject(
        lambda f: write_pmu(f / "a.h5", _jets()), lambda f: list(iterate_pmu([f / "a.h5"], step_jets=7)), 2.0
    ),
    "HDF5 of a matrix": Subject(_plain_hdf5_matrix, lambda f: read_matrix(f / "a.h5")),
    "HDF5 of a packed matrix": Subject(_hdf5_matrix, lambda f: read_matrix(f / "a.h5")),
    "HDF5 of trajectories": Subject(_trajectories_hdf5, lambda f: read_trajectories(f / "a.h5", TRAJECTORIES)),
    "HDF5 of our trajectories": Subject(
        _own_trajectories,
        lambda f: [read_provenance(f / "a.h5"), read_trajectories(f / "a.h5", TRAJECTORIES)],
    ),
    "ROOT of events": Subject(_events(".root"), _read_events(".root"), 2.0),
    "HDF5 of events": Subject(_events(".h5"), _read_events(".h5")),
    "Parquet of events": Subject(_events(".parquet"), _read_events(".parquet")),
    "npz of events": Subject(_events(".npz"), _read_events(".npz")),
    "CSV of events": Subject(_events(".csv"), _read_events(".csv")),
    "samples": Subject(_samples, _read_samples, 0.5),
    "samples without a seal": Subject(_unsealed(_samples), _read_samples, 2.0),
    "generators": Subject(_discovery, lambda f: read_discovery(f / "a.h5")),
    "generators without a seal": Subject(_unsealed(_discovery), lambda f: read_discovery(f / "a.h5"), 2.0),
    "lens": Subject(_lens, lambda f: read_lens(f / "a.h5"), 0.5),
    "lens without a seal": Subject(_unsealed(_lens), lambda f: read_lens(f / "a.h5")),
    "metrics": Subject(_metrics, lambda f: read_metrics(f / "a.h5"), 0.5),
    "metrics without a seal": Subject(_unsealed(_metrics), lambda f: read_metrics(f / "a.h5")),
    "molecules": Subject(_molecules, lambda f: read_molecules(f / "a.h5"), 0.5),
    "molecules without a seal": Subject(_unsealed(_molecules), lambda f: read_molecules(f / "a.h5")),
    "calibration": Subject(_calibration, lambda f: read_calibration(f / "a.h5"), 0.5),
    "calibration without a seal": Subject(_unsealed(_calibration), lambda f: read_calibration(f / "a.h5")),
    "fidelity": Subject(_fidelity, lambda f: read_fidelity(f / "a.h5"), 0.5),
    "fidelity without a seal": Subject(_unsealed(_fidelity), lambda f: read_fidelity(f / "a.h5")),
    "IDX": Subject(_idx(bytes), lambda f: read_idx_pair(f / "images", f / "labels")),
    "IDX, gzip": Subject(_idx(gzip.compress), lambda f: read_idx_pair(f / "images", f / "labels")),
    "npz of a matrix": Subject(_npz_matrix, lambda f: read_matrix(f / "a.npz")),
    "packed npz of a matrix": Subject(_packed_npz, lambda f: read_matrix(f / "a.npz")),
    "npy of a matrix": Subject(
        lambda f: np.save(f / "a.npy", _rng().normal(size=(9, 4))), lambda f: read_matrix(f / "a.npy")
    ),
    "npz of trajectories": Subject(
        lambda f: write_npz(f / "a.npz", random_trajectories(_rng(), n=3), times=0.5 * np.arange(6)),
        lambda f: read_trajectories(f / "a.npz", TRAJECTORIES),
    ),
    "CSV of a matrix": Subject(_csv_matrix, lambda f: read_matrix(f / "a.csv")),
    "CSV of trajectories": Subject(
        lambda f: write_csv(f / "a.csv", random_trajectories(_rng(), n=3)),
        lambda f: read_trajectories(f / "a.csv", TRAJECTORIES),
    ),
    "Parquet of a matrix": Subject(_parquet, lambda f: read_matrix(f / "a.parquet"), 2.0),
    "SDF and tables of QM9": Subject(
        _qm9, lambda f: read_qm9(Qm9Dataset(folder=str(f), molecules={"train": 1, "val": 1, "test": 1})), 0.5
    ),
    "list of molecules": Subject(
        lambda f: write_names(f / "a.smi", ["CCO", "c1ccccc1"]), lambda f: read_names(f / "a.smi"), 0.5
    ),
    "checkpoint": Subject(_checkpoint, lambda f: read_checkpoint(f / "a.checkpoint", run="one"), 2.0),
    "trained tagger": Subject(_tagger, _read_tagger),
    "trained predictor": Subject(_predictor, lambda f: read_predictor(f / "a.pt")),
    "published weights": Subject(_published(old=False), lambda f: load_published_lorentznet(f / "a.pt")),
    "published weights, old format": Subject(
        _published(old=True), lambda f: load_published_lorentznet(f / "a.pt"), 2.0
    ),
    "JSON of an adaptor study": Subject(_adaptor, lambda f: read_adaptor(f / "a.json")),
    "JSON of a trial of names": Subject(_zoo, lambda f: read_zoo(f / "a.json")),
    "JSON of discrete symmetries": Subject(_discrete, lambda f: read_discrete(f / "a.json")),
    "JSON of an evaluation": Subject(
        lambda f: write_evaluation(f / "a.json", {"auc": 0.9, "curve": [1.0, 2.0]}, model="egnn", seed=1),
        lambda f: read_evaluations([f / "a.json"]),
    ),
    "JSON of predictor evaluations": Subject(
        lambda f: write_predictor_evaluations(f / "a.json", {"mlp": [{"mse": 0.1, "seed": 0}]}),
        lambda f: read_predictor_evaluations(f / "a.json"),
    ),
    "JSON of property evaluations": Subject(
        lambda f: write_property_evaluation(f / "a.json", [{"homo": 1.0, "lumo": 2.0}], model="none"),
        lambda f: read_property_evaluations([f / "a.json"]),
    ),
    "JSON of records": Subject(_records, lambda f: read_records(f / "a.json")),
    "JSON of entries and provenance": Subject(_entry, _read_entry),
    "JSON of a table": Subject(_table, lambda f: read_table(f / "a.json")),
    "YAML of published numbers": Subject(
        _copy("resources/published.yaml", "a.yaml"), lambda f: load_published(f / "a.yaml"), 0.1
    ),
    "YAML of a target": Subject(
        _copy("resources/targets/liegan_table_3.yaml", "a.yaml"), lambda f: read_target(f / "a.yaml")
    ),
    "YAML of a generator card": Subject(
        _copy("resources/cards/pythia_top_tagging.yaml", "a.yaml"), lambda f: load_generation_card(f / "a.yaml")
    ),
    "YAML of a detector card": Subject(
        _copy("resources/cards/detector_atlas.yaml", "a.yaml"), lambda f: load_detector_card(f / "a.yaml")
    ),
    "YAML of a download": Subject(
        _copy("resources/reference_dataset.yaml", "a.yaml"), lambda f: load_dataset_card(f / "a.yaml")
    ),
    "YAML of a configuration": Subject(_copy("config/config.yaml", "a.yaml"), _config, 0.3),
}
