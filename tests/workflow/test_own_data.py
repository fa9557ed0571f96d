"""Data of the user's own, from a file to what the report says of them: the worked examples of the documentation."""

import json

import h5py
import numpy as np

from symscope.config.signals import SignalsDataset
from symscope.data.signals import make_signals
from symscope.groups import known_algebra, span_cosine
from symscope.io.generators import read_discovery
from symscope.report.records import read_records
from tests.makers.own_files import central_orbits, write_muons
from tests.workflow.conftest import Checkout

ONE_BLOCK = """
experiments:
  dimuon:
    data:
      files: data/*.root
      tree: Events
      selection: nMuon >= 2 & max(Muon_pt) > 20
      vectors: {pt: Muon_pt, eta: Muon_eta, phi: Muon_phi, mass: Muon_mass, objects: 2, order_by: Muon_pt}
      units: GeV
    methods: [null_space, {name: liegan, discriminator: {hidden: 16}, optimisation: {steps: 50}}]
    truth:
      algebra: so(1,3)+dilatation
  orbits:
    data:
      source: trajectories
      files: data/orbits.h5
      columns: [x, y, px, py]
    truth: {algebra: so(2), copies: 2}
"""


def test_muons_of_a_root_file_and_trajectories_from_one_block_each(checkout: Checkout) -> None:
    """A configuration that holds nothing else: ragged muons like those of NanoAOD, and an HDF5 file of trajectories."""
    rng = np.random.default_rng(11)
    (checkout.folder / "data").mkdir()
    for name in ("a", "b"):
        write_muons(checkout.folder / "data" / f"{name}.root", 2500, rng)
    with h5py.File(checkout.folder / "data" / "orbits.h5", "w") as file:
        file["states"] = central_orbits(300, 12, rng)
    (checkout.folder / "config" / "config.yaml").write_text(ONE_BLOCK)
    found = {name: f"results/discovery/{name}/generators.h5" for name in ("dimuon_null_space", "orbits")}
    checkout.snakemake("--cores", "1", *found.values())
    results = checkout.folder / "results"
    dimuon, orbits = (read_discovery(checkout.folder / path) for path in found.values())
    whole = dimuon.null_space["whole"]
    assert len(whole) == 7
    assert span_cosine(whole, known_algebra("so(1,3)+dilatation")) > 0.999
    turn = np.kron(np.eye(2), known_algebra("so(2)")[0])
    assert len(orbits.null_space["whole"]) == 1
    assert span_cosine(orbits.null_space["whole"], turn[None]) > 0.999
    read = json.loads((results / "data" / "dimuon" / "dataset.json").read_text())
    assert read["read"] == 5000
    assert read["kept"] == read["selected"] == sum(read["splits"].values()) > 4000
    assert read["coordinates"]["vectors.mass"][0] > 0.1


def test_a_matrix_of_ones_own_is_looked_at_without_a_truth(checkout: Checkout) -> None:
    """From a text table with names, by a block laid over the default configuration, to a figure and its numbers."""
    signals = SignalsDataset(length=7, representation="permuted", samples={"train": 3000, "val": 1, "test": 1})
    rows = make_signals(signals, 3000, rng=np.random.default_rng(4))
    (checkout.folder / "data").mkdir()
    np.savetxt(checkout.folder / "data" / "traces.csv", rows, delimiter=",", header="a,b,c,d,e,f,g", comments="")
    (checkout.folder / "config" / "mine.yaml").write_text(
        "experiments: {my_traces: {data: {source: matrix, files: data/traces.csv, components: 7}, seeds: [0, 1],\n"
        "  method: {name: symmetrylens_fast, draft_samples: 500, search_samples: 200, starts: 2}}}\n"
        "report: {targets: {symmetrylens_figure_found: {experiment: my_traces}}}\n"
    )
    checkout.snakemake("--cores", "1", "symmetrylens_figure_found", "--configfile", "config/mine.yaml")
    results = checkout.folder / "results"
    assert (results / "figures" / "symmetrylens_figure_found.svg").is_file()
    records = read_records(results / "numbers" / "symmetrylens_figure_found.json")
    values = {record.id.rpartition(".")[2]: record.value for record in records}
    assert None not in values.values()
    assert values["found"] < values["given"]
