"""Data of the user's own, from a file to what the report says of them."""

import numpy as np

from symscope.config.signals import SignalsDataset
from symscope.data.signals import make_signals
from symscope.report.records import read_records
from tests.workflow.conftest import Checkout


def test_a_matrix_of_ones_own_is_looked_at_without_a_truth(checkout: Checkout) -> None:
    """From a text table with names to a figure, with all that a user sees of it."""
    signals = SignalsDataset(length=7, representation="permuted", samples={"train": 3000, "val": 1, "test": 1})
    rows = make_signals(signals, 3000, rng=np.random.default_rng(4))
    (checkout.folder / "data").mkdir()
    np.savetxt(checkout.folder / "data" / "traces.csv", rows, delimiter=",", header="a,b,c,d,e,f,g", comments="")
    (checkout.folder / "config" / "mine.yaml").write_text(
        "datasets: {traces: {source: matrix, files: {all: [data/traces.csv]}, components: 7}}\n"
        "experiments: {my_traces: {dataset: traces, sampling: {take: rows}, seeds: [0, 1],\n"
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
